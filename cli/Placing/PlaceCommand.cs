using System.CommandLine;
using System.Runtime.ExceptionServices;
using Cli.Demo;
using Cli.Gateway;
using Cli.Reporting;
using Cli.Running;
using Contracts;
using Contracts.Ordering;

namespace Cli.Placing;

/// <summary><c>place</c>: places an order by each pattern, waits until it has settled, and says where its trace is seen.</summary>
internal static class PlaceCommand
{
    private const string All = "all";
    private const string SampleSku = "sample";
    private const string SampleCustomer = "sample-customer";

    public static Command Create(Terminal terminal)
    {
        var pattern = new Option<string[]>("--pattern")
        {
            HelpName = string.Join('|', [.. Patterns.Offered, All]), Description = "How the services agree; may be given several times.",
            DefaultValueFactory = _ => [All],
        }.AcceptOnlyFromAmong([.. Patterns.Offered, All]);
        var sku = new Option<string?>("--sku")
        {
            HelpName = "SKU", Description = $"Product (default: '{SampleSku}', which this command puts into stock).",
        };
        var quantity = CommonOptions.Number("--quantity", "N", "Pieces.", 1, (int)RequestLimits.QuantityMax, fallback: 1);
        var customer = new Option<string>("--customer")
        {
            HelpName = "ID", Description = "Customer.", DefaultValueFactory = _ => SampleCustomer,
        };
        var gateway = CommonOptions.Gateway("Gateway of the system (default: the one that 'up' started).");
        var zipkin = CommonOptions.Url(
            "--zipkin", $"Zipkin that has the traces (default: {TracePage.Default.Collector.GetLeftPart(UriPartial.Authority)}).");
        var json = CommonOptions.Json();
        var command = new Command("place", "Places an order by each pattern, waits until it has settled, and says where its trace is seen.")
        {
            pattern, sku, quantity, customer, gateway, zipkin, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var address = parsed.GetValue(gateway) ?? DaprYaml.Read(RepoRoot.Find().DaprYaml).AddressOf(AppIds.Gateway);
            using var client = GatewayClient.For(address);
            var traces = parsed.GetValue(zipkin) is { } given ? new TracePage(new Uri(given, "/api/v2/spans")) : TracePage.Default;
            var order = new PlaceOrder(
                parsed.GetValue(customer)!, [new PlaceOrderLine(parsed.GetValue(sku) ?? SampleSku, parsed.GetValue(quantity))], Pattern: null);
            if (parsed.GetValue(sku) is null)
            {
                await StockAsync(client, terminal.Time, cancellation);
            }

            var orders = Chosen(parsed.GetValue(pattern)!).Select(p => order with { Pattern = p });
            return await RunAsync(new OrderPlacing(client, traces, terminal.Time), traces, orders, parsed.GetValue(json), terminal, cancellation);
        });
        return command;
    }

    private static IEnumerable<string> Chosen(string[] given) => given.Contains(All) ? Patterns.Offered : given.Distinct(StringComparer.Ordinal);

    // Adding is keyed by product: a second run finds what the first has put there.
    private static async Task StockAsync(GatewayClient client, TimeProvider time, CancellationToken cancellation)
    {
        await Seeding.PutAsync(client, new PlannedProduct(SampleSku, "Sample", UnitPriceCents: 100, RequestLimits.QuantityMax), cancellation);
        await Seeding.AwaitCatalogAsync(client, [SampleSku], time, cancellation);
    }

    private static async Task<int> RunAsync(
        OrderPlacing placing, TracePage traces, IEnumerable<PlaceOrder> orders, string? json, Terminal terminal, CancellationToken cancellation)
    {
        var placed = new List<PlacedOrder>();
        ExceptionDispatchInfo? refused = null;
        await foreach (var done in Task.WhenEach(orders.Select(o => placing.PlaceAsync(o, cancellation))))
        {
            PlacedOrder order;
            try
            {
                order = await done;
            }
            catch (GatewayException e)
            {
                refused ??= ExceptionDispatchInfo.Capture(e);
                continue;
            }

            placed.Add(order);
            terminal.Line(
                $"{order.Pattern,-9} {order.Status}{(order.Reason is null ? "" : $" ({order.Reason})")}, accepted in {order.AcceptedMs:0} ms, "
                + (order.SettledMs is { } ms ? $"settled {ms:0} ms after" : $"not settled within {Limits.DemoConvergence.TotalSeconds:0} s"));
            terminal.Line($"          order {order.OrderId}");
            terminal.Line($"          trace {order.Trace}");
        }

        if (!placing.AreTracesTaken)
        {
            terminal.Line(
                $"Nobody takes spans at {traces.Collector}: there may be no traces to see. "
                + "OTEL_EXPORTER_ZIPKIN_ENDPOINT or --zipkin names another Zipkin.");
        }

        await ReportFile.WriteAsync(json, placed, GatewayJson.Default.IReadOnlyListPlacedOrder, cancellation);
        refused?.Throw(); // Once the others have been told.
        return placed.TrueForAll(o => o.IsSettled) ? ExitCodes.Ok : ExitCodes.Failed;
    }
}
