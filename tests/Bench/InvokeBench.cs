using System.CommandLine;
using Cli;
using Cli.Measuring;

namespace Tests.Bench;

/// <summary>
/// What the sidecar adds to a call: an app in this process, called directly and through the sidecars of caller and callee; and reads of one value
/// of a state store. The sidecars are another process.
/// </summary>
internal static class InvokeBench
{
    private const int WarmUp = 2_000;

    public static Command Create()
    {
        var component = BenchComponents.Option();
        var count = CommonOptions.Number("--count", "N", "Calls to measure.", 1, 1_000_000, 5_000);
        var inFlight = CommonOptions.Number("--in-flight", "N", "Calls at the same time.", 1, 1_000, 1);
        var command = new Command("invoke", "Service invocation against a direct call, and a state get: p50 and p99.") { component, count, inFlight };
        command.SetAction((parsed, cancellation) =>
            RunAsync(parsed.GetValue(component)!, parsed.GetValue(count), parsed.GetValue(inFlight), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string kind, int count, int inFlight, CancellationToken cancellation)
    {
        await using var app = BenchApp.Create(port: null);
        await using var components = await BenchComponents.StartAsync(kind);
        var (caller, callee) = (new BenchedApp("caller", Port: null), new BenchedApp("callee", app.Port));
        await using var sidecar = await BenchSidecar.StartAsync([caller, callee], components.Yaml, app.StartAsync, cancellation);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var value = JsonContent.Create(new[] { new { key = "k", value = new { a = 1, b = "some text" } } });
        (await http.PostAsync(new Uri(caller.Http, "v1.0/state/statestore"), value, cancellation)).EnsureSuccessStatusCode();

        await MeasureAsync("direct call", new Uri($"http://127.0.0.1:{app.Port}/hello"));
        await MeasureAsync("invocation through two sidecars", new Uri(caller.Http, "v1.0/invoke/callee/method/hello"));
        await MeasureAsync($"state get, {kind}", new Uri(caller.Http, "v1.0/state/statestore/k"));
        return 0;

        async Task MeasureAsync(string name, Uri address)
        {
            var milliseconds = new double[count];
            var options = new ParallelOptions { MaxDegreeOfParallelism = inFlight, CancellationToken = cancellation };
            var start = 0L;
            await Parallel.ForAsync(-WarmUp, count, options, async (i, token) =>
            {
                var began = TimeProvider.System.GetTimestamp();
                Interlocked.CompareExchange(ref start, i >= 0 ? began : 0, 0);
                using var answer = await http.GetAsync(address, token);
                answer.EnsureSuccessStatusCode();
                await answer.Content.ReadAsByteArrayAsync(token);
                if (i >= 0)
                {
                    milliseconds[i] = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
                }
            });
            var percentiles = Percentiles.Of(milliseconds);
            Console.WriteLine($"{name}: {count} calls, {inFlight} in flight: p50 {percentiles.P50:0.00} ms, p99 {percentiles.P99:0.00} ms, "
                + $"{count / TimeProvider.System.GetElapsedTime(start).TotalSeconds:0}/s");
        }
    }
}
