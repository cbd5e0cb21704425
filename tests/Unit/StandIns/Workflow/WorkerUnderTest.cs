using Dapr.Common.Serialization;
using Dapr.Workflow;
using Dapr.Workflow.Worker.Activities;
using Dapr.Workflow.Worker.Turns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tests.Unit.StandIns.Workflow;

/// <summary>What the worker is made of, without a sidecar.</summary>
internal sealed class WorkerUnderTest : IAsyncDisposable
{
    private readonly ServiceProvider services;

    public WorkerUnderTest(Action<WorkflowRuntimeOptions> register, Action<IServiceCollection>? configure = null)
    {
        var collection = new ServiceCollection();
        collection.AddSingleton<ILoggerFactory>(Log);
        collection.AddDaprWorkflow(register);
        configure?.Invoke(collection);
        services = collection.BuildServiceProvider();
    }

    public KeptLog Log { get; } = new();

    public TurnExecutor Turns => services.GetRequiredService<TurnExecutor>();

    public ActivityExecutor Activities => services.GetRequiredService<ActivityExecutor>();

    public IDaprSerializer Serializer => services.GetRequiredService<IDaprSerializer>();

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
