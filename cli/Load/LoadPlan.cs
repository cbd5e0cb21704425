using System.Text.Json;
using Cli.Demo;
using Cli.Gateway;
using Contracts.Ordering;

namespace Cli.Load;

/// <summary>
/// Products and ready-made request bodies of a load run. The bodies are written once and sent again and again, so that
/// the client leaves the processor to the system under test.
/// </summary>
internal sealed class LoadPlan
{
    private const int BodiesMax = 4096;
    private const int LinesMax = 3;
    private const int QuantityMax = 2;
    // Cheap, so that nobody reaches a credit limit: an order is at most 3 x 2 x 10 cents.
    private const int PriceCentsMax = 10;

    private readonly byte[][] bodies;
    private readonly IReadOnlyList<string> patterns;

    public LoadPlan(LoadSettings settings, string tag)
    {
        var random = new Random(settings.Seed);
        patterns = settings.Patterns;
        // If all orders wanted one product: a single SKU must not run dry by chance.
        var pieces = (long)settings.Total * LinesMax * QuantityMax * 2 / settings.Skus;
        Products =
        [
            .. Enumerable.Range(0, settings.Skus).Select(i => new PlannedProduct(
                $"{tag}-sku-{i}", $"Load product {i}", 1 + random.Next(PriceCentsMax), Math.Max(1000, pieces))),
        ];
        bodies = [.. Enumerable.Range(0, Math.Min(BodiesMax, settings.Total)).Select(i => Body(settings, tag, i, random))];
    }

    public IReadOnlyList<PlannedProduct> Products { get; }

    /// <summary>Body of the n-th order.</summary>
    public byte[] BodyOf(int order) => bodies[order % bodies.Length];

    /// <summary>The pattern of each order that was accepted.</summary>
    /// <param name="ids">Id of the n-th order; null where it was not accepted.</param>
    public Dictionary<string, string> PatternByOrder(IReadOnlyList<string?> ids)
    {
        var byOrder = new Dictionary<string, string>(ids.Count, StringComparer.Ordinal);
        for (var order = 0; order < ids.Count; order++)
        {
            if (ids[order] is { } id)
            {
                byOrder[id] = PatternOf(order % bodies.Length);
            }
        }

        return byOrder;
    }

    private string PatternOf(int body) => patterns[body % patterns.Count];

    private byte[] Body(LoadSettings settings, string tag, int index, Random random)
    {
        var skus = new HashSet<string>(StringComparer.Ordinal);
        for (var wanted = random.Next(1, LinesMax + 1); wanted > 0; wanted--)
        {
            skus.Add(Products[random.Next(Products.Count)].Sku);
        }

        var order = new PlaceOrder(
            $"{tag}-customer-{random.Next(settings.Customers)}",
            [.. skus.Select(sku => new PlaceOrderLine(sku, random.Next(1, QuantityMax + 1)))],
            PatternOf(index));
        return JsonSerializer.SerializeToUtf8Bytes(order, GatewayJson.Default.PlaceOrder);
    }
}
