namespace Sidecar.Components.PubSubRabbitMq;

/// <summary>The broker is away, or went away before it confirmed; the message may be published again.</summary>
public sealed class RabbitUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
