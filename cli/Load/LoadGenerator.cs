using Cli.Access;
namespace Cli.Load;

/// <summary>What the client saw: per order, the id or null, and the latency in milliseconds.</summary>
internal sealed record LoadOutcome(
    string?[] OrderIds, double[] Milliseconds, IReadOnlyDictionary<string, int> Errors, TimeSpan Elapsed)
{
    /// <summary>Ids of the accepted orders.</summary>
    public IReadOnlyCollection<string> Accepted { get; } = [.. OrderIds.OfType<string>()];

    /// <summary>Latencies of the accepted orders.</summary>
    public IEnumerable<double> AcceptedMilliseconds => Milliseconds.Where((_, i) => OrderIds[i] is not null);
}

/// <summary>
/// Open loop at a constant arrival rate. Order n is due at n / rate; its latency counts from then, even where all
/// connections were busy and it was sent later. So a stall of the system shows in every order that it made wait (no
/// coordinated omission).
/// </summary>
internal sealed class LoadGenerator(LoadSettings settings, LoadPlan plan, Uri gateway, string tag, TimeProvider time)
{
    private readonly string?[] ids = new string?[settings.Total];
    private readonly double[] milliseconds = new double[settings.Total];
    private readonly Dictionary<string, int> errors = new(StringComparer.Ordinal);
    private readonly Lock errorsLock = new();
    private int next = -1;
    private int done;

    public async Task<LoadOutcome> RunAsync(Action<int> onDone, CancellationToken cancellation)
    {
        var workers = Math.Min(Limits.LoadConnections, settings.Total);
        using var invoker = LoadClient.Connect(workers);
        var orders = new Uri(gateway, "orders");
        var key = ShownSecrets.KeyFor(gateway);
        var start = time.GetTimestamp();
        await Task.WhenAll(
            Enumerable.Range(0, workers).Select(_ => WorkAsync(new LoadClient(invoker, orders, key), start, onDone, cancellation)));
        return new LoadOutcome(ids, milliseconds, errors, time.GetElapsedTime(start));
    }

    private async Task WorkAsync(LoadClient client, long start, Action<int> onDone, CancellationToken cancellation)
    {
        for (var order = Interlocked.Increment(ref next); order < settings.Total; order = Interlocked.Increment(ref next))
        {
            var due = TimeSpan.FromSeconds((double)order / settings.Rate);
            if (due - time.GetElapsedTime(start) is { Ticks: > 0 } early)
            {
                // Timers count whole milliseconds. Rounded up: an order may be a little late, which it is charged for,
                // but never early.
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(early.TotalMilliseconds)), time, cancellation);
            }

            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(Limits.Request);
            var (id, error) = await client.PlaceAsync(plan.BodyOf(order), $"{tag}-{order}", patience.Token);
            cancellation.ThrowIfCancellationRequested();
            milliseconds[order] = (time.GetElapsedTime(start) - due).TotalMilliseconds;
            ids[order] = id;
            if (error is not null)
            {
                lock (errorsLock)
                {
                    errors[error] = errors.GetValueOrDefault(error) + 1;
                }
            }

            var finished = Interlocked.Increment(ref done);
            if (finished % settings.Rate == 0)
            {
                onDone(finished);
            }
        }
    }
}
