using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sidecar.Grpc;
using Sidecar.Hosting.Output;
using Sidecar.Hosting.Processes;
using Sidecar.Hosting.RunFiles;
using Sidecar.Http;
using Sidecar.Telemetry.Metrics;

namespace Sidecar.Hosting;

/// <summary>
/// One app and its sidecar: an HTTP and a gRPC server on the sidecar's ports, the app's process, and the monitor between them.
/// </summary>
internal sealed partial class AppSidecar : IAsyncDisposable
{
    private readonly AppSpec _spec;
    private readonly AppPorts _ports;
    private readonly AppRuntime _runtime;
    private readonly AppChannel _channel;
    private readonly AppMonitor _monitor;
    private readonly WebApplication _http;
    private readonly WebApplication _grpc;
    private readonly WebApplication? _metrics;
    private readonly LogSink _appLog;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _stopping = new(1);
    private Task _monitoring = Task.CompletedTask;
    private AppProcess? _process;
    private bool _stopped;

    public AppSidecar(AppSpec spec, AppPorts ports, AppRuntime runtime, AppChannel channel, LogSink appLog)
    {
        (_spec, _ports, _runtime, _channel, _appLog) = (spec, ports, runtime, channel, appLog);
        _logger = runtime.Loggers.CreateLogger<AppSidecar>();
        var blocks = BuildingBlocks.For(runtime);
        _monitor = new AppMonitor(
            channel, new AppHealth(channel, spec.Health, runtime.Time), blocks.Subscribe, runtime.Time, _logger);
        _http = BuildServer(ports.Http, HttpFace.Configure, blocks.MapHttp);
        _grpc = BuildServer(ports.Grpc, GrpcFace.Configure, blocks.MapGrpc);
        _metrics = runtime.Telemetry.Metrics is { } provider
            ? BuildServer(ports.Metrics, MetricsFace.Configure, server => MetricsFace.Map(server, provider))
            : null;
    }

    /// <summary>Completes when the app was ready and subscribed for the first time.</summary>
    public Task FirstReady => _monitor.FirstReady;

    /// <summary>Completes when the sidecar has stopped.</summary>
    public TaskCompletionSource Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task StartServersAsync(CancellationToken cancellationToken)
    {
        await StartAsync(_http, "daprHTTPPort", _ports.Http, cancellationToken);
        await StartAsync(_grpc, "daprGRPCPort", _ports.Grpc, cancellationToken);
        if (_metrics is not null)
        {
            await StartAsync(_metrics, "metricsPort", _ports.Metrics, cancellationToken);
        }
    }

    public void StartApp(IEnumerable<KeyValuePair<string, string>> environment, ProcessGuard guard)
    {
        if (_spec.Command.Count > 0)
        {
            _process = AppProcess.Start(_spec, environment, _appLog.Write, guard);
            LogStarted(_logger, _process.Id, _ports.Http, _ports.Grpc, _ports.App);
            _ = WatchExitAsync(_process);
        }

        _monitoring = _monitor.RunAsync(_stop.Token);
    }

    /// <summary>
    /// Stops in order: deliveries, the app (SIGTERM, then after a limit SIGKILL), then the servers, which the app may
    /// still use while it ends: a workflow worker hands in what it has finished.
    /// </summary>
    public async Task StopAsync()
    {
        await _stopping.WaitAsync();
        try
        {
            if (_stopped)
            {
                return;
            }

            _stopped = true;
            await _stop.CancelAsync();
            await Within(_monitoring, HostLimits.DeliveryStop);
            if (_process is { } process)
            {
                process.RequestStop();
                if (!await Within(process.Exited, HostLimits.AppStop))
                {
                    LogKilled(_logger, HostLimits.AppStop.TotalSeconds);
                }

                process.Kill();
                await Within(process.Exited, HostLimits.AppStop);
            }

            using var limit = new CancellationTokenSource(HostLimits.ServerStop, _runtime.Time);
            await Task.WhenAll(_http.StopAsync(limit.Token), _grpc.StopAsync(limit.Token), _metrics?.StopAsync(limit.Token) ?? Task.CompletedTask);
        }
        finally
        {
            _stopping.Release();
            Stopped.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _http.DisposeAsync();
        await _grpc.DisposeAsync();
        _process?.Dispose();
        _channel.Dispose();
        _stop.Dispose();
        _stopping.Dispose();
    }

    private async Task StartAsync(WebApplication server, string field, int port, CancellationToken cancellationToken)
    {
        try
        {
            await server.StartAsync(cancellationToken);
        }
        catch (IOException e)
        {
            throw new StartupException(
                $"{_spec.AppId} {field} {port}: {e.Message.TrimEnd('.')}. "
                + "Stop what listens there, or change the port.");
        }
    }

    private WebApplication BuildServer(int port, Action<KestrelServerOptions> configure, Action<WebApplication> map)
    {
        // An empty builder: nothing of this process's environment or files may change how a sidecar listens.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "sidecar" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            configure(kestrel);
            kestrel.Listen(IPAddress.Loopback, port);
        });
        builder.Services.AddRouting();
        builder.Services.AddSingleton(_runtime.Loggers);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var server = builder.Build();
        if (_spec.ApiLogging)
        {
            server.Use(next => context =>
            {
                LogCall(_logger, context.Request.Method, context.Request.Path);
                return next(context);
            });
        }

        map(server);
        return server;
    }

    private async Task WatchExitAsync(AppProcess process)
    {
        var code = await process.Exited;
        _monitor.ReportExit();
        if (!_stop.IsCancellationRequested)
        {
            LogExited(_logger, code);
        }
    }

    private async Task<bool> Within(Task task, TimeSpan limit)
    {
        try
        {
            await task.WaitAsync(limit, _runtime.Time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "app started, process {ProcessId}; sidecar on port {Port}, gRPC on {GrpcPort}, app on {AppPort}")]
    private static partial void LogStarted(ILogger logger, int processId, int port, int grpcPort, int? appPort);

    [LoggerMessage(Level = LogLevel.Error, Message = "app exited with code {Code}; it is not restarted")]
    private static partial void LogExited(ILogger logger, int code);

    [LoggerMessage(Level = LogLevel.Warning, Message = "app did not end within {Seconds} s of SIGTERM and is killed")]
    private static partial void LogKilled(ILogger logger, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "API called: {Method} {Path}")]
    private static partial void LogCall(ILogger logger, string method, string path);

    /// <summary>Signals belong to the host, which stops all sidecars in order.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
