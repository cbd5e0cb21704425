namespace Cli.Gateway;

/// <summary>The gateway did not answer, or answered what was not asked for.</summary>
internal sealed class GatewayException(string message, Exception? inner = null) : CliException(message, inner);
