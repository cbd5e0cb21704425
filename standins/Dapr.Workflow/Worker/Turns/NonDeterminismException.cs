namespace Dapr.Workflow.Worker.Turns;

/// <summary>
/// The code does not do again what the history says it has done. The instance fails with it: a repetition would end the same way.
/// </summary>
internal sealed class NonDeterminismException(string message) : Exception(message)
{
    /// <summary>What clients and parents see as the error's type; the name that the JavaScript SDK uses.</summary>
    public const string ErrorType = "NonDeterminismError";
}
