using System.CommandLine;
using System.Net.Http.Headers;
using Cli;
using Cli.Measuring;

namespace Tests.Bench;

/// <summary>
/// Publishing and delivery through the sidecar, over real sockets: at a steady rate until accepted and until delivered; the highest rate of
/// publishing; and how fast what waits is delivered, singly and in bulk. Publisher and subscriber are this process; the sidecar is another one, or a
/// real Dapr where DAPR_HTTP_ENDPOINT names one (started with its <c>--app-port</c> as <c>--app-port</c> here).
/// </summary>
internal static class PubSubBench
{
    private const int Connections = 16;
    private const int WarmUp = 300;
    private const int BulkSize = 100;

    public static Command Create()
    {
        var component = BenchComponents.Option();
        var rate = CommonOptions.Number("--rate", "N", "Messages a second at the steady rate.", 1, 100_000, 300);
        var seconds = CommonOptions.Number("--seconds", "N", "How long to publish at the steady rate, and at the highest.", 1, 600, 10);
        var count = CommonOptions.Number("--count", "N", "Messages that wait when their delivery is measured.", 1, 1_000_000, 20_000);
        var port = CommonOptions.Number("--app-port", "PORT", "Port of the subscriber, where a real Dapr is measured.", 1, 65_535, 6_100);
        var command = new Command("pubsub", "Publish and delivery: p50 and p99 at a steady rate, highest rates, single and bulk.")
        {
            component, rate, seconds, count, port,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(component)!, parsed.GetValue(rate), parsed.GetValue(seconds), parsed.GetValue(count), parsed.GetValue(port),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string kind, int rate, int seconds, int count, int port, CancellationToken cancellation)
    {
        var external = Environment.GetEnvironmentVariable("DAPR_HTTP_ENDPOINT") is { Length: > 0 } endpoint ? new Uri(endpoint) : null;
        await using var app = BenchApp.Create(external is null ? null : port);
        await using var components = external is null ? await BenchComponents.StartAsync(kind) : null;
        var benched = new BenchedApp("bench", app.Port);
        await using var sidecar = external is null ? await BenchSidecar.StartAsync([benched], components!.Yaml, app.StartAsync, cancellation) : null;
        if (external is not null)
        {
            await app.StartAsync();
        }

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = Connections })
        {
            BaseAddress = external ?? benched.Http,
        };
        var name = external?.ToString() ?? $"embedded sidecar, {kind}";

        await SteadyAsync(http, app, WarmUp, rate, cancellation);
        var (accepted, delivered) = await SteadyAsync(http, app, rate * seconds, rate, cancellation);
        Console.WriteLine($"{name}: {rate}/s for {seconds} s: accepted p50 {accepted.P50:0.00} ms, p99 {accepted.P99:0.00} ms; "
            + $"publish to delivery p50 {delivered.P50:0.00} ms, p99 {delivered.P99:0.00} ms");
        await HighestAsync(http, "nobody-subscribes", TimeSpan.FromSeconds(1), cancellation);
        Console.WriteLine($"{name}: highest rate of publishing on {Connections} connections: "
            + $"{await HighestAsync(http, "nobody-subscribes", TimeSpan.FromSeconds(seconds), cancellation):0}/s");
        foreach (var topic in new[] { BenchApp.Single, BenchApp.Bulk })
        {
            await BacklogAsync(http, app, topic, count / 10, cancellation);
            var (published, drained) = await BacklogAsync(http, app, topic, count, cancellation);
            Console.WriteLine($"{name}: {count} published in bulks of {BulkSize} at {published:0}/s, delivered {topic} at {drained:0}/s");
        }
        return 0;
    }

    // Publishes by the clock, whatever the answers do.
    private static async Task<(Percentiles Accepted, Percentiles Delivered)> SteadyAsync(
        HttpClient http, BenchApp app, int count, int rate, CancellationToken cancellation)
    {
        var time = TimeProvider.System;
        app.Expect(count);
        var sent = new long[count];
        var accepted = new double[count];
        var publishing = new Task[count];
        var start = time.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / rate);
            while (time.GetElapsedTime(start) is var now && now < due)
            {
                await Task.Delay(due - now > TimeSpan.FromMilliseconds(1) ? due - now : TimeSpan.FromMilliseconds(1), time, cancellation);
            }

            publishing[i] = PublishAsync(i);
        }

        await Task.WhenAll(publishing);
        var delivered = await app.AllAsync(cancellation);
        return (Percentiles.Of(accepted), Percentiles.Of(delivered.Select((at, i) => time.GetElapsedTime(sent[i], at).TotalMilliseconds)));

        async Task PublishAsync(int number)
        {
            sent[number] = time.GetTimestamp();
            await PostAsync(http, $"v1.0/publish/pubsub/{BenchApp.Single}", $$"""{"n":{{number}}}""", cancellation);
            accepted[number] = time.GetElapsedTime(sent[number]).TotalMilliseconds;
        }
    }

    private static async Task<double> HighestAsync(HttpClient http, string topic, TimeSpan howLong, CancellationToken cancellation)
    {
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            var count = 0;
            for (; time.GetElapsedTime(start) < howLong; count++)
            {
                await PostAsync(http, $"v1.0/publish/pubsub/{topic}", $$"""{"m":{{count}}}""", cancellation);
            }

            return count;
        }));
        return counts.Sum() / time.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<(double Published, double Delivered)> BacklogAsync(
        HttpClient http, BenchApp app, string topic, int count, CancellationToken cancellation)
    {
        var time = TimeProvider.System;
        app.Expect(count);
        var start = time.GetTimestamp();
        var options = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellation };
        await Parallel.ForEachAsync(Enumerable.Range(0, count).Chunk(BulkSize), options, async (numbers, token) =>
        {
            var entries = numbers.Select(n => $$$"""{"entryId":"{{{n}}}","event":{"n":{{{n}}}},"contentType":"application/json"}""");
            while (!await TryPostAsync(http, $"v1.0/publish/bulk/pubsub/{topic}", $"[{string.Join(',', entries)}]", token))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), time, token); // a broker in memory is full
            }
        });
        var published = count / time.GetElapsedTime(start).TotalSeconds;
        var last = (await app.AllAsync(cancellation)).Max();
        return (published, count / time.GetElapsedTime(start, last).TotalSeconds);
    }

    private static async Task PostAsync(HttpClient http, string path, string json, CancellationToken cancellation)
    {
        if (!await TryPostAsync(http, path, json, cancellation))
        {
            throw new InvalidOperationException($"{path} was refused.");
        }
    }

    private static async Task<bool> TryPostAsync(HttpClient http, string path, string json, CancellationToken cancellation)
    {
        using var content = new StringContent(json, new MediaTypeHeaderValue("application/json"));
        using var answer = await http.PostAsync(path, content, cancellation);
        return answer.IsSuccessStatusCode;
    }
}
