using Dapr.Workflow.Abstractions;

namespace Dapr.Workflow.Worker;

/// <summary>
/// The workflows and activities that a worker knows. Names are told apart without case; of two registrations of one
/// name the first one holds.
/// </summary>
public interface IWorkflowsFactory
{
    /// <summary>Registers a workflow.</summary>
    /// <typeparam name="TWorkflow">The workflow.</typeparam>
    /// <param name="name">Its name; by default that of the class.</param>
    void RegisterWorkflow<TWorkflow>(string? name = null)
        where TWorkflow : class, IWorkflow;

    /// <summary>Registers a function as a workflow.</summary>
    /// <typeparam name="TInput">What it takes.</typeparam>
    /// <typeparam name="TOutput">What it returns.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="implementation">The function.</param>
    void RegisterWorkflow<TInput, TOutput>(string name, Func<WorkflowContext, TInput, Task<TOutput>> implementation);

    /// <summary>Registers an activity.</summary>
    /// <typeparam name="TActivity">The activity.</typeparam>
    /// <param name="name">Its name; by default that of the class.</param>
    void RegisterActivity<TActivity>(string? name = null)
        where TActivity : class, IWorkflowActivity;

    /// <summary>Registers a function as an activity.</summary>
    /// <typeparam name="TInput">What it takes.</typeparam>
    /// <typeparam name="TOutput">What it returns.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="implementation">The function.</param>
    void RegisterActivity<TInput, TOutput>(
        string name, Func<WorkflowActivityContext, TInput, Task<TOutput>> implementation);

    /// <summary>Makes a workflow; false where the name is not registered or the workflow cannot be made.</summary>
    /// <param name="identifier">Its name.</param>
    /// <param name="serviceProvider">Where its services come from.</param>
    /// <param name="workflow">The workflow.</param>
    /// <param name="activationException">Why it cannot be made; null where the name is not registered.</param>
    bool TryCreateWorkflow(
        TaskIdentifier identifier,
        IServiceProvider serviceProvider,
        out IWorkflow? workflow,
        out Exception? activationException);

    /// <summary>Makes an activity; false where the name is not registered or the activity cannot be made.</summary>
    /// <param name="identifier">Its name.</param>
    /// <param name="serviceProvider">Where its services come from.</param>
    /// <param name="activity">The activity.</param>
    /// <param name="activationException">Why it cannot be made; null where the name is not registered.</param>
    bool TryCreateActivity(
        TaskIdentifier identifier,
        IServiceProvider serviceProvider,
        out IWorkflowActivity? activity,
        out Exception? activationException);
}
