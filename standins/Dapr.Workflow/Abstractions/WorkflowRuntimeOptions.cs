using Dapr.Workflow.Abstractions;
using Dapr.Workflow.Worker;

namespace Dapr.Workflow;

/// <summary>What a worker offers.</summary>
public sealed class WorkflowRuntimeOptions
{
    private const string NoLongerUsed =
        "This property is obsolete and no longer does anything - please use the options on the Dapr runtime instead. "
        + "This property will be removed in a future SDK release.";

    private readonly List<Action<IWorkflowsFactory>> registrations = [];

    /// <summary>Without effect.</summary>
    [Obsolete(NoLongerUsed)]
    public int MaxConcurrentWorkflows
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 100;

    /// <summary>Without effect.</summary>
    [Obsolete(NoLongerUsed)]
    public int MaxConcurrentActivities
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 100;

    /// <summary>Registers a function as a workflow.</summary>
    /// <typeparam name="TInput">What it takes.</typeparam>
    /// <typeparam name="TOutput">What it returns.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="implementation">The function.</param>
    public void RegisterWorkflow<TInput, TOutput>(
        string name, Func<WorkflowContext, TInput, Task<TOutput>> implementation)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(implementation);
        registrations.Add(factory => factory.RegisterWorkflow(name, implementation));
    }

    /// <summary>Registers a workflow.</summary>
    /// <typeparam name="TWorkflow">The workflow.</typeparam>
    /// <param name="name">Its name; by default that of the class.</param>
    public void RegisterWorkflow<TWorkflow>(string? name = null)
        where TWorkflow : class, IWorkflow =>
        registrations.Add(factory => factory.RegisterWorkflow<TWorkflow>(name));

    /// <summary>Registers a function as an activity.</summary>
    /// <typeparam name="TInput">What it takes.</typeparam>
    /// <typeparam name="TOutput">What it returns.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="implementation">The function.</param>
    public void RegisterActivity<TInput, TOutput>(
        string name, Func<WorkflowActivityContext, TInput, Task<TOutput>> implementation)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(implementation);
        registrations.Add(factory => factory.RegisterActivity(name, implementation));
    }

    /// <summary>Registers an activity.</summary>
    /// <typeparam name="TActivity">The activity.</typeparam>
    /// <param name="name">Its name; by default that of the class.</param>
    public void RegisterActivity<TActivity>(string? name = null)
        where TActivity : class, IWorkflowActivity =>
        registrations.Add(factory => factory.RegisterActivity<TActivity>(name));

    /// <summary>Hands the registrations on, in their order.</summary>
    /// <param name="factory">Takes them.</param>
    public void ApplyRegistrations(IWorkflowsFactory factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        foreach (var register in registrations)
        {
            register(factory);
        }
    }
}
