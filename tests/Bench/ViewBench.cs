using System.CommandLine;
using Cli;
using Cli.Access;
using Cli.Measuring;
using Contracts.Ordering;

namespace Tests.Bench;

/// <summary>
/// Reads of one order, from the gateway's view and from its owner through the gateway's sidecar, which is what a read costs without a view, less
/// the hop through the gateway; that is in the read of the catalog. Against a running system (<c>cli up</c>) that has orders (<c>cli load</c>).
/// </summary>
internal static class ViewBench
{
    private const int WarmUp = 500;
    private const int OrdersMax = 200;

    public static Command Create()
    {
        var gateway = CommonOptions.Url("--gateway", "Gateway of the running system (default: http://127.0.0.1:5100).");
        var sidecar = CommonOptions.Url("--sidecar", "HTTP endpoint of the gateway's sidecar (default: http://127.0.0.1:3500).");
        var count = CommonOptions.Number("--count", "N", "Reads to measure.", 1, 1_000_000, 5_000);
        var inFlight = CommonOptions.Number("--in-flight", "N", "Reads at the same time.", 1, 1_000, 4);
        var command = new Command("views", "GET /orders/{id} from the view and from the owner: p50 and p99.") { gateway, sidecar, count, inFlight };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(gateway) ?? new Uri("http://127.0.0.1:5100/"),
            parsed.GetValue(sidecar) ?? new Uri("http://127.0.0.1:3500/"),
            parsed.GetValue(count),
            parsed.GetValue(inFlight),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Uri gateway, Uri sidecar, int count, int inFlight, CancellationToken cancellation)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {ShownSecrets.KeyFor(gateway)}");
        http.DefaultRequestHeaders.Add("dapr-api-token", ShownSecrets.TokenFor(sidecar) ?? "none");
        var page = await http.GetFromJsonAsync<OrderViewPage>(new Uri(gateway, $"orders?order=newest&limit={OrdersMax}"), cancellation);
        var ids = page!.Items.Select(o => o.OrderId).ToList();
        if (ids.Count == 0)
        {
            Console.WriteLine("The system has no orders; place some, for example with 'load'.");
            return 1;
        }

        await MeasureAsync("view", http, i => new Uri(gateway, $"orders/{ids[i % ids.Count]}"), count, inFlight, cancellation);
        await MeasureAsync(
            "owner through the sidecar", http, i => new Uri(sidecar, $"v1.0/invoke/orders/method/orders/{ids[i % ids.Count]}"), count, inFlight, cancellation);
        await MeasureAsync(
            "another read of Orders, forwarded by the gateway", http, i => new Uri(gateway, $"catalog/{page.Items[i % ids.Count].Lines[0].Sku}"),
            count, inFlight, cancellation);
        await MeasureAsync(
            "list of a customer's orders, 50 at most, view", http, i => new Uri(gateway, $"orders?limit=50&customerId={page.Items[i % ids.Count].CustomerId}"),
            count, inFlight, cancellation);
        return 0;
    }

    private static async Task MeasureAsync(
        string name, HttpClient http, Func<int, Uri> address, int count, int inFlight, CancellationToken cancellation)
    {
        var time = TimeProvider.System;
        var milliseconds = new double[count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = inFlight, CancellationToken = cancellation };
        await Parallel.ForAsync(-WarmUp, count, options, async (i, token) =>
        {
            var start = time.GetTimestamp();
            using var answer = await http.GetAsync(address(i + WarmUp), token);
            answer.EnsureSuccessStatusCode();
            await answer.Content.ReadAsByteArrayAsync(token);
            if (i >= 0)
            {
                milliseconds[i] = time.GetElapsedTime(start).TotalMilliseconds;
            }
        });
        var percentiles = Percentiles.Of(milliseconds);
        Console.WriteLine($"{name}: {count} reads, {inFlight} in flight: p50 {percentiles.P50:0.00} ms, p99 {percentiles.P99:0.00} ms");
    }
}
