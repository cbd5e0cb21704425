using Dapr.Workflow;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tests.Unit.StandIns.Workflow;

/// <summary>An app with workflows whose worker is connected to a sidecar.</summary>
internal sealed class ConnectedApp : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private bool stopped;

    private ConnectedApp(ServiceProvider services, KeptLog log)
    {
        this.services = services;
        Log = log;
    }

    public KeptLog Log { get; }

    public DaprWorkflowClient Client => services.GetRequiredService<DaprWorkflowClient>();

    public static async Task<ConnectedApp> StartAsync(
        string endpoint, Action<WorkflowRuntimeOptions>? register = null, TimeProvider? time = null, string token = "")
    {
        var log = new KeptLog();
        var collection = new ServiceCollection();
        collection.AddSingleton<ILoggerFactory>(log);
        collection.AddSingleton(time ?? TimeProvider.System);
        collection.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection([new("DAPR_GRPC_ENDPOINT", endpoint), new("DAPR_API_TOKEN", token)])
            .Build());
        collection.AddDaprWorkflow(register ?? (_ => { }));
        var app = new ConnectedApp(collection.BuildServiceProvider(), log);
        await app.Worker.StartAsync(CancellationToken.None);
        return app;
    }

    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        stopped = true;
        await Worker.StopAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!stopped)
        {
            await StopAsync(new CancellationToken(canceled: true));
        }

        await services.DisposeAsync();
    }

    private IHostedService Worker => services.GetServices<IHostedService>().Single();
}
