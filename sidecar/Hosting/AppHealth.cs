using System.Net.Sockets;
using Sidecar.Hosting.RunFiles;

namespace Sidecar.Hosting;

/// <summary>
/// Says whether an app can be given work. With health checks: one success makes it healthy, <c>threshold</c> failures
/// in a row make it unhealthy. Without: an open port is enough, and a closed one is noticed within a second.
/// </summary>
internal sealed class AppHealth(AppChannel channel, AppHealthSpec? spec, TimeProvider time)
{
    private static readonly TimeSpan PortInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromMilliseconds(500);

    /// <summary>Time between probes of a healthy app.</summary>
    public TimeSpan Interval => spec?.Interval ?? PortInterval;

    /// <summary>Failures in a row that make it unhealthy.</summary>
    public int Threshold => spec?.Threshold ?? 1;

    /// <summary>True if the app port accepts a connection.</summary>
    public async Task<bool> IsPortOpenAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        using var limit = new CancellationTokenSource(ConnectTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await client.ConnectAsync("127.0.0.1", channel.BaseAddress!.Port, both.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException || IsTimeout(e, cancellationToken))
        {
            return false;
        }
    }

    /// <summary>One probe.</summary>
    public async Task<bool> ProbeAsync(CancellationToken cancellationToken)
    {
        if (spec is null)
        {
            return await IsPortOpenAsync(cancellationToken);
        }

        using var limit = new CancellationTokenSource(spec.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var (began, status) = (time.GetTimestamp(), StatusCodes.Status500InternalServerError);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(channel.BaseAddress!, spec.Path));
            using var response = await channel.SendPlainAsync(request, both.Token);
            status = (int)response.StatusCode;
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || IsTimeout(e, cancellationToken))
        {
            return false;
        }
        finally
        {
            channel.Telemetry.Meter?.AppProbed(status, time.GetElapsedTime(began));
        }
    }

    private static bool IsTimeout(Exception exception, CancellationToken cancellationToken) =>
        exception is OperationCanceledException && !cancellationToken.IsCancellationRequested;
}
