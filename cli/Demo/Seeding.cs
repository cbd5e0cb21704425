using Cli.Gateway;
using Contracts.Stock;

namespace Cli.Demo;

/// <summary>
/// Puts the scenario's products, stock and credit limits into the system, and waits until Orders knows the products.
/// </summary>
internal static class Seeding
{
    private const int Concurrency = 8;

    public static async Task RunAsync(
        GatewayClient gateway, Scenario scenario, TimeProvider time, Action<int> onDone, CancellationToken cancellation)
    {
        var done = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation };
        await Parallel.ForEachAsync(scenario.Products, parallel, async (product, token) =>
        {
            await PutAsync(gateway, product, token);
            onDone(Interlocked.Increment(ref done));
        });
        await Parallel.ForEachAsync(scenario.CreditLimits, parallel, async (limit, token) =>
            (await gateway.SetCreditLimitAsync(limit.Key, limit.Value, token)).Required(
                $"PUT /customers/{limit.Key}/credit-limit"));
        await AwaitCatalogAsync(gateway, scenario.Products.Select(p => p.Sku), time, cancellation);
    }

    /// <summary>Adds a product with its pieces.</summary>
    public static async Task PutAsync(GatewayClient gateway, PlannedProduct product, CancellationToken cancellation)
    {
        var put = await gateway.PutProductAsync(
            new PutProduct(product.Sku, product.Name, product.UnitPriceCents), cancellation);
        put.Required($"POST /products ({product.Sku})");
        for (var (left, part) = (product.Pieces, 0); left > 0; part++)
        {
            var pieces = Math.Min(left, Contracts.RequestLimits.QuantityMax);
            var adjusted = await gateway.AdjustAsync(product.Sku, pieces, $"{product.Sku}-stock-{part}", cancellation);
            adjusted.Required($"POST /stock/{product.Sku}/adjust");
            left -= pieces;
        }
    }

    /// <summary>Waits until Orders has its copy of every product.</summary>
    /// <exception cref="GatewayException">It took too long.</exception>
    public static async Task AwaitCatalogAsync(
        GatewayClient gateway, IEnumerable<string> skus, TimeProvider time, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        foreach (var sku in skus)
        {
            while ((await gateway.CatalogAsync(sku, cancellation)).Value is null)
            {
                if (time.GetElapsedTime(start) >= Limits.Catalog)
                {
                    throw new GatewayException(
                        $"Orders does not know product '{sku}' {Limits.Catalog.TotalSeconds:0} s after Inventory got it: "
                        + "are events delivered? See the log of the sidecar.");
                }

                await Task.Delay(Limits.Poll, time, cancellation);
            }
        }
    }
}
