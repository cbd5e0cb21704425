using System.Globalization;
using System.Runtime.CompilerServices;
using Tests.Contract.Anywhere;
using Tests.Contract.Recorded;

[assembly: AssemblyFixture(typeof(AnyDapr))]

namespace Tests.Contract.Anywhere;

/// <summary>
/// A sidecar with the suite itself as its app. Where DAPR_HTTP_ENDPOINT names one, the app listens on DAPR_APP_PORT, which that sidecar was
/// started with; else an embedded one is started, with the same resources.
/// </summary>
public sealed class AnyDapr : IAsyncDisposable
{
    private static readonly string[] Replies = ["SUCCESS", "RETRY", "DROP", "404", "503"];
    private static int _marks;

    private readonly Lazy<Task<(HttpClient, ScriptedApp)>> _started;
    private Stage? _stage;
    private ScriptedApp? _app;
    private HttpClient? _client;

    public AnyDapr() => _started = new(StartAsync);

    /// <summary>A text that no other test has in its messages.</summary>
    public static string Mark() => $"m{TimeProvider.System.GetUtcNow().Ticks:x}-{Interlocked.Increment(ref _marks)}";

    /// <summary>The sidecar, and the app as it is; skips the test where the endpoint is not told what it needs.</summary>
    public Task<(HttpClient Client, ScriptedApp App)> GetAsync()
    {
        Assert.SkipWhen(
            Read("DAPR_HTTP_ENDPOINT") is not null && Read("DAPR_APP_PORT") is null,
            "DAPR_HTTP_ENDPOINT is set and DAPR_APP_PORT is not: the suite cannot be its app");
        return _started.Value;
    }

    public async ValueTask DisposeAsync()
    {
        if (_stage is not null)
        {
            await _stage.DisposeAsync();
        }
        else if (_app is not null)
        {
            await _app.DisposeAsync();
            _client!.Dispose();
        }
    }

    private static string? Read(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    private static string Subscriptions()
    {
        var topics = Replies.SelectMany(static reply => new[]
        {
            $$"""{"pubsubname":"pubsub","topic":"reply-{{reply}}","route":"/reply/{{reply}}","deadLetterTopic":"dead-{{reply}}"}""",
            $$"""{"pubsubname":"pubsub","topic":"dead-{{reply}}","route":"/dead/{{reply}}"}""",
        });
        return $$"""[{"pubsubname":"pubsub","topic":"plain","route":"/plain"},{{string.Join(',', topics)}}]""";
    }

    private async Task<(HttpClient, ScriptedApp)> StartAsync()
    {
        if (Read("DAPR_HTTP_ENDPOINT") is not { } endpoint)
        {
            _stage = await Stage.StartAsync(
                new StageOptions(["app-a"], static _ => Directory.GetFiles(Path.Combine(Folder(), "resources"))
                    .Select(static file => new Resource(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file))))
                {
                    Subscriptions = Subscriptions(),
                },
                "in-memory", redis: null);
            await _stage.StartAppsAsync();
            Script(_stage.Apps.Single());
            return (_stage.Client(null), _stage.Apps.Single());
        }
        _app = new ScriptedApp("app-a", int.Parse(Read("DAPR_APP_PORT")!, CultureInfo.InvariantCulture)) { Subscriptions = Subscriptions() };
        Script(_app);
        await _app.StartAsync();
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false })
            { BaseAddress = new Uri(endpoint) };
        if (Read("DAPR_API_TOKEN") is { } token)
        {
            _client.DefaultRequestHeaders.Add("dapr-api-token", token);
        }
        await Eventually.HoldsAsync(
            async () => (await _client.GetStringAsync("/v1.0/metadata")).Contains("\"topic\":\"plain\"", StringComparison.Ordinal),
            () => $"The sidecar at {endpoint} did not ask the app on port {Read("DAPR_APP_PORT")} for its subscriptions: "
                + "start it with that app port, before the tests.");
        return (_client, _app);
    }

    private static void Script(ScriptedApp app)
    {
        foreach (var reply in Replies)
        {
            app.Script(int.TryParse(reply, out var status)
                ? new RecordedReply($"/reply/{reply}", status, "")
                : new RecordedReply($"/reply/{reply}", 200, $$"""{"status":"{{reply}}"}"""));
        }
    }

    private static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
