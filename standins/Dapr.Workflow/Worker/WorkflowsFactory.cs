using Dapr.Workflow.Abstractions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dapr.Workflow.Worker;

/// <summary>The registrations of one worker. Constructors are looked up and compiled as they are registered, not per call.</summary>
internal sealed partial class WorkflowsFactory(ILogger<WorkflowsFactory> logger) : IWorkflowsFactory
{
    private readonly Dictionary<string, Func<IServiceProvider, IWorkflow>> workflows = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Func<IServiceProvider, IWorkflowActivity>> activities = new(StringComparer.OrdinalIgnoreCase);

    public void RegisterWorkflow<TWorkflow>(string? name = null)
        where TWorkflow : class, IWorkflow
    {
        var create = Creator<TWorkflow>();
        Add(workflows, "Workflow", name ?? typeof(TWorkflow).Name, services => create(services));
    }

    public void RegisterWorkflow<TInput, TOutput>(string name, Func<WorkflowContext, TInput, Task<TOutput>> implementation)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(implementation);
        var workflow = new FunctionWorkflow<TInput, TOutput>(implementation);
        Add(workflows, "Workflow", name, _ => workflow);
    }

    public void RegisterActivity<TActivity>(string? name = null)
        where TActivity : class, IWorkflowActivity
    {
        var create = Creator<TActivity>();
        Add(activities, "Activity", name ?? typeof(TActivity).Name, services => create(services));
    }

    public void RegisterActivity<TInput, TOutput>(
        string name, Func<WorkflowActivityContext, TInput, Task<TOutput>> implementation)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(implementation);
        var activity = new FunctionActivity<TInput, TOutput>(implementation);
        Add(activities, "Activity", name, _ => activity);
    }

    public bool TryCreateWorkflow(
        TaskIdentifier identifier, IServiceProvider serviceProvider, out IWorkflow? workflow, out Exception? activationException) =>
        TryCreate(workflows, identifier, serviceProvider, out workflow, out activationException);

    public bool TryCreateActivity(
        TaskIdentifier identifier,
        IServiceProvider serviceProvider,
        out IWorkflowActivity? activity,
        out Exception? activationException) =>
        TryCreate(activities, identifier, serviceProvider, out activity, out activationException);

    private static bool TryCreate<T>(
        Dictionary<string, Func<IServiceProvider, T>> registered,
        string name,
        IServiceProvider services,
        out T? created,
        out Exception? failure)
        where T : class
    {
        created = null;
        failure = null;
        if (!registered.TryGetValue(name, out var create))
        {
            return false;
        }

        try
        {
            created = create(services);
            return true;
        }
        catch (Exception unmade)
        {
            // Whatever its constructor or its services throw is the caller's answer.
            failure = unmade;
            return false;
        }
    }

    private static Func<IServiceProvider, T> Creator<T>()
    {
        ObjectFactory<T> create;
        try
        {
            create = ActivatorUtilities.CreateFactory<T>([]);
        }
        catch (InvalidOperationException)
        {
            // No constructor can be chosen ahead, for example where only the services decide. Then each call chooses.
            return services => ActivatorUtilities.CreateInstance<T>(services);
        }

        return services => create(services, []);
    }

    private void Add<T>(Dictionary<string, T> registered, string kind, string name, T create)
    {
        if (!registered.TryAdd(name, create))
        {
            LogAlreadyRegistered(kind, name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Kind} '{Name}' is registered already; the first registration holds")]
    private partial void LogAlreadyRegistered(string kind, string name);

    private sealed class FunctionWorkflow<TInput, TOutput>(Func<WorkflowContext, TInput, Task<TOutput>> implementation)
        : Workflow<TInput, TOutput>
    {
        public override Task<TOutput> RunAsync(WorkflowContext context, TInput input) => implementation(context, input);
    }

    private sealed class FunctionActivity<TInput, TOutput>(Func<WorkflowActivityContext, TInput, Task<TOutput>> implementation)
        : WorkflowActivity<TInput, TOutput>
    {
        public override Task<TOutput> RunAsync(WorkflowActivityContext context, TInput input) => implementation(context, input);
    }
}
