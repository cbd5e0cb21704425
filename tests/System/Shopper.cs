using System.Collections.Concurrent;
using Cli.Converging;
using Cli.Gateway;
using Consistency.Auditing;
using Contracts;
using Contracts.Ordering;
using Contracts.Stock;

namespace Tests.System;

/// <summary>
/// A client that never gives up: it sends every request again with the same idempotency key until it knows the answer, as a good
/// client of an API with idempotency keys does. What it was told is what the audit holds the system to.
/// </summary>
/// <param name="gateway">The system's door.</param>
/// <param name="patterns">Patterns that the orders take turns in; all that are offered where null.</param>
internal sealed class Shopper(GatewayClient gateway, IReadOnlyList<string>? patterns = null)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly IReadOnlyList<string> patterns = patterns ?? Patterns.Offered;
    private readonly ConcurrentDictionary<string, string> acknowledged = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Acknowledged => [.. acknowledged.Keys];

    /// <summary>Answers that were not the service's own (503, connection lost) and made this client try again.</summary>
    public int Retries { get; private set; }

    public async Task StockAsync()
    {
        foreach (var (sku, price, quantity) in new[] { ("plenty", 100L, 100_000L), ("scarce", 100L, 20L), ("dear", 9_000_000L, 100L) })
        {
            await UntilKnownAsync(() => gateway.PutProductAsync(new PutProduct(sku, sku, price), CancellationToken.None));
            await UntilKnownAsync(() => gateway.AdjustAsync(sku, quantity, $"stock-{sku}", CancellationToken.None));
            await UntilKnownAsync(() => gateway.CatalogAsync(sku, CancellationToken.None), alsoNotFound: true);
        }
    }

    /// <summary>Places order number <paramref name="i"/>; some will be refused for stock or credit, every seventh is cancelled.</summary>
    public async Task ShopAsync(int i)
    {
        PlaceOrderLine[] lines = (i % 10) switch
        {
            0 => [new("scarce", 7)],
            1 => [new("dear", 1), new("plenty", 1)],
            _ => [new("plenty", 1 + (i % 3))],
        };
        var customer = i % 10 == 1 ? "rich" : $"customer-{i % 20}";
        var order = await UntilKnownAsync(() => gateway.PlaceAsync(new PlaceOrder(customer, lines, patterns[i % patterns.Count]), $"order-{i}", CancellationToken.None));
        // Enough stock and credit: this one must be confirmed. The others may end either way.
        acknowledged[order.OrderId] = i % 10 >= 2 ? OrderStatuses.Confirmed : OrderStatuses.Pending;
        if (i % 7 == 0)
        {
            await UntilKnownAsync(() => gateway.CancelAsync(order.OrderId, $"cancel-{i}", CancellationToken.None));
            acknowledged[order.OrderId] = OrderStatuses.Cancelled;
        }
    }

    /// <summary>
    /// Places orders all the while. After a third of them something dies, in the middle of the others' requests and messages; the
    /// clients go on against what is left of the system, and only then is it started again.
    /// </summary>
    /// <param name="orders">How many.</param>
    /// <param name="shoppers">How many at once.</param>
    /// <param name="die">Kills; what it returns brings back what it has killed.</param>
    public async Task ShopWhileAsync(int orders, int shoppers, Func<Task<Func<Task>>> die)
    {
        var next = -1;
        var aThird = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var shopping = Enumerable.Range(0, shoppers).Select(async _ =>
        {
            for (var i = Interlocked.Increment(ref next); i < orders; i = Interlocked.Increment(ref next))
            {
                await ShopAsync(i);
                if (Acknowledged.Count >= orders / 3)
                {
                    aThird.TrySetResult();
                }
            }
        }).ToList();
        var all = Task.WhenAll(shopping);
        await await Task.WhenAny(aThird.Task, all);
        var revive = await die();
        var (retries, acknowledged) = (Retries, Acknowledged.Count);
        await Eventually.HoldsAsync(
            () => Task.FromResult(Retries > retries + shoppers || Acknowledged.Count > acknowledged + shoppers || all.IsCompleted),
            () => "the clients neither got answers nor noticed that something was gone");
        await revive();
        await all;
    }

    /// <summary>Waits until all acknowledged orders are settled everywhere, and audits.</summary>
    /// <param name="deadline">How long that may take; two minutes where null.</param>
    public async Task<AuditReport> AuditAsync(TimeSpan? deadline = null)
    {
        var (snapshot, settlement) = await ConvergenceWait.WaitAsync(
            gateway, Acknowledged, deadline ?? TimeSpan.FromSeconds(120), TimeProvider.System, _ => { }, CancellationToken.None);
        settlement.Stuck.ShouldBeEmpty();
        return Audit.Run(snapshot, new AuditOptions(TimeProvider.System.GetUtcNow())
        {
            Acknowledged = Acknowledged,
            Sent = Acknowledged.ToHashSet(StringComparer.Ordinal),
            ExpectedStatus = acknowledged.Where(a => a.Value != OrderStatuses.Pending).ToDictionary(a => a.Key, a => a.Value, StringComparer.Ordinal),
        });
    }

    private async Task<T> UntilKnownAsync<T>(Func<Task<Answer<T>>> send, bool alsoNotFound = false)
        where T : class
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                var answer = await send();
                if (answer.Status < 500 && !(alsoNotFound && answer.Status == 404))
                {
                    return answer.Required("the shopper's request");
                }
            }
            catch (GatewayException) when (!patience.IsCancellationRequested)
            {
                // The connection was lost: the outcome is unknown, so the same request goes out again.
            }

            Retries++;
            await Task.Delay(Pause, TimeProvider.System, patience.Token);
        }
    }
}
