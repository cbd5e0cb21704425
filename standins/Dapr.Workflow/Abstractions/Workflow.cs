namespace Dapr.Workflow;

/// <summary>A workflow, of whatever input and output.</summary>
public interface IWorkflow
{
    /// <summary>What the workflow takes.</summary>
    Type InputType { get; }

    /// <summary>What the workflow returns.</summary>
    Type OutputType { get; }

    /// <summary>Runs the workflow from its start; see <see cref="Workflow{TInput, TOutput}"/>.</summary>
    /// <param name="context">The instance's history and its means to act.</param>
    /// <param name="input">The input, of type <see cref="InputType"/>.</param>
    Task<object?> RunAsync(WorkflowContext context, object? input);
}

/// <summary>
/// A workflow: code that survives every crash because it is run again from its start, with the recorded results of what
/// it awaited before. Therefore it must do the same on every run: time, ids, timers, and everything that acts or reads
/// from outside comes from its <see cref="WorkflowContext"/>.
/// </summary>
/// <typeparam name="TInput">What it takes.</typeparam>
/// <typeparam name="TOutput">What it returns.</typeparam>
public abstract class Workflow<TInput, TOutput> : IWorkflow
{
    /// <inheritdoc />
    Type IWorkflow.InputType => typeof(TInput);

    /// <inheritdoc />
    Type IWorkflow.OutputType => typeof(TOutput);

    /// <inheritdoc />
    async Task<object?> IWorkflow.RunAsync(WorkflowContext context, object? input) =>
        await RunAsync(context, (TInput)input!);

    /// <summary>Runs the workflow from its start.</summary>
    /// <param name="context">The instance's history and its means to act.</param>
    /// <param name="input">The input; null where none was given.</param>
    public abstract Task<TOutput> RunAsync(WorkflowContext context, TInput input);
}
