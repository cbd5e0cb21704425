using Contracts.Ordering;

namespace Cli.Demo;

/// <summary>A product of the scenario.</summary>
internal sealed record PlannedProduct(string Sku, string Name, long UnitPriceCents, long Pieces);

/// <summary>
/// Everything that the demo will send. Determined by seed and number of orders; ids carry the tag of the run, so that a
/// second run on the same system meets its own products and customers.
/// </summary>
internal sealed record Scenario(
    IReadOnlyList<PlannedProduct> Products, IReadOnlyDictionary<string, long> CreditLimits,
    IReadOnlyList<PlannedOrder> Orders)
{
    private const int PlainProducts = 12;
    private const int PlainCustomers = 40;
    private const int LowCreditCustomers = 3;
    private const long DearPriceCents = 50_000;
    private const long LowCreditLimitCents = DearPriceCents - 1;
    private const long HugePriceCents = Contracts.RequestLimits.UnitPriceCentsMax;
    private const int HugeQuantity = 100;
    private const int ResendPercent = 8;
    private const int ScarceDivisor = 3;

    /// <summary>120 ms become 6 s: an interval of 5 s and what follows it.</summary>
    private const int SyncStretch = 50;

    /// <summary>Shares of the kinds, in percent of all orders; the rest is <see cref="OrderKind.Plain"/>.</summary>
    private static readonly (OrderKind Kind, int Percent)[] Shares =
    [
        (OrderKind.ScarceStock, 6), (OrderKind.LowCreditLimit, 4), (OrderKind.HugeTotal, 2),
        (OrderKind.WithdrawnSku, 3),
        (OrderKind.CancelledAtOnce, 5), (OrderKind.CancelledMeanwhile, 5), (OrderKind.CancelledAfterConfirmation, 5),
    ];

    /// <summary>Plans a run.</summary>
    /// <param name="orders">Number of orders.</param>
    /// <param name="seed">The same seed plans the same run.</param>
    /// <param name="patterns">Patterns that take turns.</param>
    /// <param name="tag">Stands in every id.</param>
    public static Scenario Plan(int orders, int seed, IReadOnlyList<string> patterns, string tag)
    {
        var random = new Random(seed);
        var kinds = Kinds(orders, random);
        var planned = kinds.Select((kind, i) => new PlannedOrder(
            $"{tag}-order-{i}", kind,
            new PlaceOrder(Customer(kind, tag, random), Lines(kind, i, tag, random), patterns[i % patterns.Count]),
            ResendOf(random), CancelAfter(patterns[i % patterns.Count], random))).ToList();
        var limits = Enumerable.Range(0, LowCreditCustomers)
            .ToDictionary(i => $"{tag}-poor-{i}", _ => LowCreditLimitCents, StringComparer.Ordinal);
        return new Scenario(ProductsFor(planned, tag), limits, planned);
    }

    // While the services are at it: the other patterns are done within a fraction of a second, sync works once in an interval.
    private static TimeSpan CancelAfter(string pattern, Random random) =>
        TimeSpan.FromMilliseconds(random.Next(5, 120)) * (pattern == Contracts.Patterns.Sync ? SyncStretch : 1);

    private static OrderKind[] Kinds(int orders, Random random)
    {
        var kinds = Shares
            .SelectMany(share => Enumerable.Repeat(share.Kind, Count(orders, share.Percent)))
            .Take(orders)
            .ToList();
        var all = kinds.Concat(Enumerable.Repeat(OrderKind.Plain, orders - kinds.Count)).ToArray();
        random.Shuffle(all);
        return all;
    }

    private static int Count(int orders, int percent) => ((orders * percent) + 99) / 100;

    private static string Customer(OrderKind kind, string tag, Random random) => kind == OrderKind.LowCreditLimit
        ? $"{tag}-poor-{random.Next(LowCreditCustomers)}"
        : $"{tag}-customer-{random.Next(PlainCustomers)}";

    private static List<PlaceOrderLine?> Lines(OrderKind kind, int index, string tag, Random random) => kind switch
    {
        OrderKind.ScarceStock =>
            [
                new PlaceOrderLine($"{tag}-scarce", random.Next(1, 4)),
                PlainLine(random.Next(PlainProducts), tag, random),
            ],
        OrderKind.LowCreditLimit => [new PlaceOrderLine($"{tag}-dear", 1)],
        OrderKind.HugeTotal => [new PlaceOrderLine($"{tag}-huge", HugeQuantity)],
        OrderKind.WithdrawnSku => [new PlaceOrderLine($"{tag}-withdrawn-{index}", 1)],
        _ => [.. Choose(random.Next(1, 4), random).Select(product => PlainLine(product, tag, random))],
    };

    private static PlaceOrderLine PlainLine(int product, string tag, Random random) =>
        new($"{tag}-product-{product}", random.Next(1, 4));

    private static IEnumerable<int> Choose(int count, Random random)
    {
        var products = Enumerable.Range(0, PlainProducts).ToArray();
        random.Shuffle(products);
        return products.Take(count);
    }

    private static Resend ResendOf(Random random) => random.Next(100) switch
    {
        < ResendPercent / 2 => Resend.AtOnce,
        < ResendPercent => Resend.AfterTheAnswer,
        _ => Resend.No,
    };

    // Stock for all, but for the scarce product, of which there is a third of what is wanted.
    private static List<PlannedProduct> ProductsFor(List<PlannedOrder> orders, string tag)
    {
        var wanted = orders.SelectMany(o => o.Order.Lines!).GroupBy(line => line!.Sku!, StringComparer.Ordinal)
            .ToDictionary(
                lines => lines.Key, lines => lines.Sum(line => line!.Quantity!.Value), StringComparer.Ordinal);
        var products = Enumerable.Range(0, PlainProducts)
            .Select(i => ($"{tag}-product-{i}", $"Product {i}", 100L + (i * 37)))
            .Append(($"{tag}-scarce", "Scarce product", 250))
            .Append(($"{tag}-dear", "Dear product", DearPriceCents))
            .Append(($"{tag}-huge", "Very dear product", HugePriceCents))
            .Concat(
                orders.Where(o => o.Kind == OrderKind.WithdrawnSku).Select(o => (o.Order.Lines![0]!.Sku!, "Withdrawn product", 500L)));
        return
        [
            .. products.Select(p => new PlannedProduct(
                p.Item1, p.Item2, p.Item3,
                Math.Max(1, wanted.GetValueOrDefault(p.Item1) / (p.Item1 == $"{tag}-scarce" ? ScarceDivisor : 1)))),
        ];
    }
}
