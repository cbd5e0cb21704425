namespace Dapr.Workflow.Abstractions
{
    /// <summary>An activity, of whatever input and output.</summary>
    public interface IWorkflowActivity
    {
        /// <summary>What the activity takes.</summary>
        Type InputType { get; }

        /// <summary>What the activity returns.</summary>
        Type OutputType { get; }

        /// <summary>Runs the activity.</summary>
        /// <param name="context">Who calls.</param>
        /// <param name="input">The input, of type <see cref="InputType"/>.</param>
        Task<object?> RunAsync(WorkflowActivityContext context, object? input);
    }
}

namespace Dapr.Workflow
{
    /// <summary>
    /// A step of a workflow that acts on the world. It runs at least once: after a crash or a lost connection the same
    /// call comes again, with the same <see cref="WorkflowActivityContext.TaskExecutionKey"/>. Each call has its own
    /// scope of services.
    /// </summary>
    /// <typeparam name="TInput">What it takes.</typeparam>
    /// <typeparam name="TOutput">What it returns.</typeparam>
    public abstract class WorkflowActivity<TInput, TOutput> : Abstractions.IWorkflowActivity
    {
        /// <inheritdoc />
        Type Abstractions.IWorkflowActivity.InputType => typeof(TInput);

        /// <inheritdoc />
        Type Abstractions.IWorkflowActivity.OutputType => typeof(TOutput);

        /// <inheritdoc />
        public async Task<object?> RunAsync(WorkflowActivityContext context, object? input) =>
            await RunAsync(context, (TInput)input!);

        /// <summary>Runs the activity.</summary>
        /// <param name="context">Who calls.</param>
        /// <param name="input">The input; null where none was given.</param>
        public abstract Task<TOutput> RunAsync(WorkflowActivityContext context, TInput input);
    }

    /// <summary>Who calls an activity.</summary>
    public abstract class WorkflowActivityContext
    {
        /// <summary>Made by the worker.</summary>
        protected WorkflowActivityContext()
        {
        }

        /// <summary>The activity's name, as it was called.</summary>
        public abstract Abstractions.TaskIdentifier Identifier { get; }

        /// <summary>
        /// The same for every delivery of this call; a retry has another one, and after continue-as-new it comes again.
        /// </summary>
        public abstract string TaskExecutionKey { get; }

        /// <summary>The workflow instance that calls.</summary>
        public abstract string InstanceId { get; }
    }
}
