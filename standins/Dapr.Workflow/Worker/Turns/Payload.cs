namespace Dapr.Workflow.Worker.Turns;

/// <summary>What goes along with a call.</summary>
/// <param name="Value">The value.</param>
/// <param name="Text">Serialized; null where that is done only if it is needed.</param>
internal readonly record struct Payload(object? Value, string? Text);
