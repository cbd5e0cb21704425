using Sidecar.Invocation;
using Sidecar.Telemetry;

namespace Sidecar.Hosting;

/// <summary>
/// The way to several instances of one app. Each request goes to the next of the healthy ones, in turns, as Dapr does with what its name
/// resolution knows (components-contrib, nameresolution/mdns: addressList.next). An instance whose process has ended, or whose health
/// checks fail, has no turn; one that refuses a connection has none for a moment, and the request goes to another: nothing of it was sent.
/// What fails later may have taken effect, and is the caller's to repeat.
/// </summary>
/// <param name="instances">At least one, all of the same app.</param>
/// <param name="time">Clock.</param>
public sealed class BalancedChannel(IReadOnlyList<IAppChannel> instances, TimeProvider time) : IAppChannel
{
    // Until then a probe, or the end of its process, has told more.
    private static readonly TimeSpan RefusedPause = TimeSpan.FromSeconds(1);

    private static readonly UriCreationOptions PathAsGiven = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly long[] _refusedUntil = new long[instances.Count];
    private uint _turn;

    /// <inheritdoc/>
    public string AppId => instances[0].AppId;

    /// <summary>Where one of the instances listens: a healthy one, if there is one. Requests are sent to whichever has its turn.</summary>
    public Uri? BaseAddress => (instances.FirstOrDefault(i => i.IsReady) ?? instances[0]).BaseAddress;

    /// <summary>True while one of the instances is ready.</summary>
    public bool IsReady => instances.Any(i => i.IsReady);

    /// <inheritdoc/>
    public AccessControlList? Access => instances[0].Access;

    /// <summary>That of the first instance: the spans of all have one service name.</summary>
    public AppTelemetry Telemetry => instances[0].Telemetry;

    /// <inheritdoc/>
    public bool HasBeenReady => instances.Any(i => i.HasBeenReady);

    /// <summary>True while all instances fail their health checks: one that does not is enough for a call.</summary>
    public bool IsUnhealthy => instances.All(i => i.IsUnhealthy);

    /// <summary>Completes when one of the instances is ready.</summary>
    public async Task WhenReadyAsync(CancellationToken cancellationToken)
    {
        using var found = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await await Task.WhenAny(instances.Select(i => i.WhenReadyAsync(found.Token)));
        await found.CancelAsync();
    }

    /// <inheritdoc/>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var left = Candidates();
        while (true)
        {
            var index = left.Dequeue();
            try
            {
                return await instances[index].SendAsync(Copy(request, instances[index]), cancellationToken);
            }
            catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
            {
                Volatile.Write(ref _refusedUntil[index], time.GetUtcNow().Add(RefusedPause).Ticks);
                if (left.Count == 0)
                {
                    throw;
                }
            }
        }
    }

    // Those in rotation, beginning with the one whose turn it is; all where none is.
    private Queue<int> Candidates()
    {
        var now = time.GetUtcNow().Ticks;
        var first = Interlocked.Increment(ref _turn);
        var all = Enumerable.Range(0, instances.Count).Select(i => (int)((first + i) % instances.Count)).ToList();
        var healthy = all.Where(i => instances[i].IsReady && Volatile.Read(ref _refusedUntil[i]) <= now).ToList();
        return new Queue<int>(healthy.Count > 0 ? healthy : all);
    }

    // A request can be sent once; and the channel puts headers of its own into it.
    private static HttpRequestMessage Copy(HttpRequestMessage request, IAppChannel instance)
    {
        var address = instance.BaseAddress!.GetLeftPart(UriPartial.Authority) + request.RequestUri!.PathAndQuery;
        var copy = new HttpRequestMessage(request.Method, new Uri(address, PathAsGiven))
        {
            Content = request.Content,
            Version = request.Version,
            VersionPolicy = request.VersionPolicy,
        };
        foreach (var header in request.Headers.NonValidated)
        {
            copy.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        return copy;
    }
}
