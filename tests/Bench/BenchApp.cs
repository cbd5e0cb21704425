using Tests.Servers;

namespace Tests.Bench;

/// <summary>A subscriber, and an invoked app, in this process. Each event's data is <c>{"n": number}</c>; it notes when which number came.</summary>
internal sealed class BenchApp : IAsyncDisposable
{
    public const string Single = "single";
    public const string Bulk = "bulk";
    private const string Subscriptions =
        """
        [{"pubsubname":"pubsub","topic":"single","route":"/single"},
         {"pubsubname":"pubsub","topic":"bulk","route":"/bulk","bulkSubscribe":{"enabled":true,"maxMessagesCount":256,"maxAwaitDurationMs":10}}]
        """;

    private readonly WebApplication _server;
    private long[] _delivered = [];
    private int _left;
    private TaskCompletionSource _all = new();

    private BenchApp(WebApplication server, int port) => (_server, Port) = (server, port);

    public int Port { get; }

    /// <summary>The app, not started.</summary>
    /// <param name="port">Where it will listen; null for a free port.</param>
    public static BenchApp Create(int? port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var listening = port ?? LoopbackPort.Free();
        builder.WebHost.UseUrls($"http://127.0.0.1:{listening}");
        var app = new BenchApp(builder.Build(), listening);
        app._server.Run(app.AnswerAsync);
        return app;
    }

    public Task StartAsync() => _server.StartAsync();

    /// <summary>Awaits the numbers from 0 to <paramref name="count"/>; what is done before is forgotten.</summary>
    public void Expect(int count)
    {
        (_delivered, _all) = (new long[count], new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Volatile.Write(ref _left, count);
    }

    /// <summary>When each number came first, as a timestamp of the system's clock; completes when all have come.</summary>
    public async Task<long[]> AllAsync(CancellationToken cancellation)
    {
        await _all.Task.WaitAsync(cancellation);
        return _delivered;
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        switch (http.Request.Path.Value)
        {
            case "/dapr/subscribe":
                await http.Response.WriteAsync(Subscriptions);
                break;
            case "/" + Single:
                Note(await ReadAsync(http));
                break;
            case "/" + Bulk:
                var body = await ReadAsync(http);
                Note(body);
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync(Statuses(body));
                break;
            default:
                await http.Response.WriteAsync("hello");
                break;
        }
    }

    private static async Task<byte[]> ReadAsync(HttpContext http)
    {
        using var body = new MemoryStream((int)(http.Request.ContentLength ?? 1024));
        await http.Request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    private void Note(ReadOnlySpan<byte> body)
    {
        var now = TimeProvider.System.GetTimestamp();
        foreach (var number in Numbers(body, "\"n\":"u8))
        {
            if (number < _delivered.Length && Interlocked.CompareExchange(ref _delivered[number], now, 0) == 0
                && Interlocked.Decrement(ref _left) == 0)
            {
                _all.TrySetResult();
            }
        }
    }

    private static string Statuses(ReadOnlySpan<byte> body) =>
        "{\"statuses\":[" + string.Join(',', EntryIds(body).Select(id => $"{{\"entryId\":\"{id}\",\"status\":\"SUCCESS\"}}")) + "]}";

    // Looks for a name and reads the digits behind it: the app is to cost as little as it can.
    private static List<long> Numbers(ReadOnlySpan<byte> body, ReadOnlySpan<byte> name)
    {
        var numbers = new List<long>();
        for (int at; (at = body.IndexOf(name)) >= 0;)
        {
            body = body[(at + name.Length)..];
            if (System.Buffers.Text.Utf8Parser.TryParse(body, out long number, out _))
            {
                numbers.Add(number);
            }
        }
        return numbers;
    }

    private static List<string> EntryIds(ReadOnlySpan<byte> body)
    {
        var ids = new List<string>();
        var name = "\"entryId\":\""u8;
        for (int at; (at = body.IndexOf(name)) >= 0;)
        {
            body = body[(at + name.Length)..];
            ids.Add(System.Text.Encoding.UTF8.GetString(body[..body.IndexOf((byte)'"')]));
        }
        return ids;
    }
}
