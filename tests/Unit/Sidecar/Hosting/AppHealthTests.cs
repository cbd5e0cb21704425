using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Sidecar.Hosting;
using Sidecar.Hosting.RunFiles;

namespace Tests.Unit.Sidecar.Hosting;

/// <summary>When an app counts as healthy: one success is enough, one failure is not.</summary>
public sealed class AppHealthTests : IAsyncLifetime
{
    private static readonly AppHealthSpec Spec = new("/healthz", TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(500), 3);

    private readonly FakeTimeProvider _time = new();
    private readonly KeptLog _log = new();
    private readonly CancellationTokenSource _stop = new();
    private WebApplication _app = null!;
    private AppChannel _channel = null!;
    private Task _running = Task.CompletedTask;
    private volatile int _status = 200;
    private volatile int _probes;
    private volatile int _subscribed;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(AnswerAsync);
        await _app.StartAsync();
        _channel = new AppChannel("orders", new Uri(_app.Urls.First()).Port, token: null) { HasHealthChecks = true };
        var monitor = new AppMonitor(_channel, new AppHealth(_channel, Spec, _time), Subscribe, _time, _log);
        _running = monitor.RunAsync(_stop.Token);
        await AdvanceUntilAsync(() => _subscribed == 1);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _app.DisposeAsync();
        _channel.Dispose();
        _log.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task fewer_failures_than_the_threshold_do_not_matter()
    {
        await FailAsync(2);
        await AnswerAsync(200, probes: 1);
        await FailAsync(2);

        _channel.IsReady.ShouldBeTrue();
        _channel.IsUnhealthy.ShouldBeFalse();
        _log.Has("unhealthy").ShouldBeFalse();
    }

    [Fact]
    public async Task as_many_in_a_row_make_it_unhealthy_and_one_success_healthy_again()
    {
        await FailAsync(3);
        await AdvanceUntilAsync(() => _log.Has("app is unhealthy after 3 failed probes"));
        _channel.IsUnhealthy.ShouldBeTrue();

        _status = 204;
        await AdvanceUntilAsync(() => _subscribed == 2);
        _channel.IsReady.ShouldBeTrue();
    }

    [Fact]
    public async Task an_unhealthy_app_is_probed_as_often_as_it_asked_for()
    {
        await FailAsync(3);
        await AdvanceUntilAsync(() => _log.Has("app is unhealthy"));
        await AdvanceUntilAsync(() => _probes >= 4);
        var (started, probes) = (_time.GetUtcNow(), _probes);

        await AdvanceUntilAsync(() => _probes >= probes + 3);

        (_time.GetUtcNow() - started).ShouldBeGreaterThan(Spec.Interval * 2);
    }

    private Task FailAsync(int probes) => AnswerAsync(500, probes);

    private async Task AnswerAsync(int status, int probes)
    {
        _status = status;
        var until = _probes + probes;
        await AdvanceUntilAsync(() => _probes >= until);
    }

    // Small steps: a probe's own time limit runs by the same clock.
    private Task AdvanceUntilAsync(Func<bool> condition) => Eventually.HoldsAsync(() =>
    {
        if (condition())
        {
            return true;
        }
        _time.Advance(TimeSpan.FromMilliseconds(20));
        return false;
    });

    private Task<IAsyncDisposable> Subscribe(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _subscribed);
        return Task.FromResult<IAsyncDisposable>(new MemoryStream());
    }

    private Task AnswerAsync(HttpContext http)
    {
        if (http.Request.Path == "/healthz")
        {
            http.Response.StatusCode = _status;
            Interlocked.Increment(ref _probes);
        }
        return Task.CompletedTask;
    }
}
