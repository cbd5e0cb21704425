using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Sidecar.Hosting;

namespace Tests.Unit.Sidecar.Hosting;

public sealed class AppMonitorTests
{
    [Fact]
    public async Task an_app_that_accepts_and_never_answers_is_asked_again_after_a_limit()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        using var log = new KeptLog();
        using var channel = new AppChannel("orders", port, token: null);
        var time = new FakeTimeProvider();
        var monitor = new AppMonitor(
            channel, new AppHealth(channel, spec: null, time), _ => throw new NotSupportedException("never ready"), time, log);
        using var stop = new CancellationTokenSource();

        var running = monitor.RunAsync(stop.Token);

        await Eventually.HoldsAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            return log.Has($"the app did not answer GET http://127.0.0.1:{port}/dapr/config within 10 s");
        });
        log.Has("Warning: the app's configuration or subscriptions could not be read; it is asked again").ShouldBeTrue();
        await Eventually.HoldsAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            return log.Count("waiting for the app on port") >= 2;
        });
        await stop.CancelAsync();
        await running;
    }
}
