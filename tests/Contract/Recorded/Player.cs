using System.Diagnostics;
using Tests.Contract.Hosting;
using Tests.Contract.Workflows;
using Wire.Grpc;

namespace Tests.Contract.Recorded;

/// <summary>What one entry's replay showed.</summary>
public sealed record Outcome(string Title, IReadOnlyList<Deviation> Deviations);

/// <summary>Plays a recording's requests against the embedded sidecar, in order, and compares.</summary>
public sealed class Player
{
    // What should come, comes within milliseconds; these only bound what fails.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly RecordedScene _scene;
    private readonly string _kind;
    private readonly Stage _stage;
    private Placeholders _placeholders;
    private bool _started;
    private GrpcChannel? _grpc;
    private HandWorker? _worker;

    private Player(RecordedScene scene, string kind, Stage stage)
    {
        (_scene, _kind, _stage) = (scene, kind, stage);
        _placeholders = new Placeholders(exactETags: kind is "redis");
        foreach (var appId in stage.Options.Apps)
        {
            _placeholders.Bind($"port:{appId}", $"{stage.AppPort(appId)}");
        }
        _placeholders.Bind("port:self", $"{stage.AppPort(stage.Options.Apps[0])}");
        _placeholders.Bind("port:closed", $"{stage.ClosedPort}");
    }

    /// <summary>Plays all of it.</summary>
    /// <param name="scene">The recording.</param>
    /// <param name="kind">The kind of component.</param>
    /// <param name="redis">Path of redis-server, where <paramref name="kind"/> is redis.</param>
    public static async Task<IReadOnlyList<Outcome>> PlayAsync(RecordedScene scene, string kind, string? redis)
    {
        await using var stage = await Stage.StartAsync(Stages.Of(scene), kind, redis);
        var player = new Player(scene, kind, stage);
        try
        {
            var outcomes = new List<Outcome>();
            foreach (var entry in scene.Entries)
            {
                outcomes.Add(new Outcome(entry.Title, await player.PlayAsync(entry)));
            }
            if (stage.Options.Last is { } last)
            {
                var entry = scene.Entries.Last(e => e.Title == last);
                player._placeholders = player._placeholders.Fresh();
                outcomes.Add(new Outcome(Replays.NothingElse, await player.PlayAsync(entry)));
            }
            return outcomes;
        }
        finally
        {
            if (player._worker is not null)
            {
                await player._worker.DisposeAsync();
            }
            player._grpc?.Dispose();
        }
    }

    private async Task<IReadOnlyList<Deviation>> PlayAsync(RecordedEntry entry)
    {
        await PrepareAsync(entry);
        foreach (var request in entry.Before)
        {
            (await SendAsync(request, entry.Caller)).Status.ShouldBeInRange(200, 299, $"before '{entry.Title}'");
        }
        var waiting = Stopwatch.StartNew();
        while (true)
        {
            var comparison = new Comparison(_placeholders);
            var same = await CompareAsync(entry, comparison);
            if (same || !entry.Patient || waiting.Elapsed > Patience || AllListed(entry, comparison.Found))
            {
                return comparison.Found;
            }
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    private bool AllListed(RecordedEntry entry, IReadOnlyList<Deviation> found) =>
        found.All(d => ListedDifference.Find(_scene.Recording, _kind, entry.Title, d) is not null);

    private async Task<bool> CompareAsync(RecordedEntry entry, Comparison comparison)
    {
        if (entry.Request is not null)
        {
            comparison.Answer(entry.Response!, await SendAsync(entry.Request, entry.Caller));
        }
        if (entry.OfKind)
        {
            comparison.Seen(entry.Seen!, await FirstOfKindAsync(entry.Seen!));
        }
        else if (entry.Seen is not null)
        {
            var count = entry.Seen.Sum(static call => call.Times);
            await UntilAsync(() => _stage.Apps.Sum(static app => app.PendingCount) >= count);
            comparison.Seen(entry.Seen, [.. _stage.Apps.SelectMany(static app => app.Take())]);
        }
        return comparison.Found.Count == 0;
    }

    private async Task PrepareAsync(RecordedEntry entry)
    {
        if (entry.App is null && !_started)
        {
            _started = true;
            await _stage.StartAppsAsync();
        }
        if (entry.App is "away" && _started)
        {
            await _stage.StopAppAsync();
        }
        if (_scene.Area is "workflows" && entry.Worker is null && _worker is null)
        {
            _grpc = _stage.OpenGrpc();
            _worker = new HandWorker(_grpc);
        }
        _stage.Time.Skip(TimeSpan.FromSeconds(entry.SkipSeconds));
        foreach (var app in _stage.Apps)
        {
            app.Broken = entry.Broken;
            if (entry.Reply is not null)
            {
                app.Script(entry.Reply);
            }
        }
    }

    private Task<Answer> SendAsync(RecordedRequest request, string? caller)
    {
        var headers = request.Headers?.Select(h => (h.Key, _placeholders.Fill(h.Value))).ToArray() ?? [];
        var body = request.Base64 is { } bytes ? Convert.FromBase64String(bytes)
            : request.Body is { } text ? System.Text.Encoding.UTF8.GetBytes(_placeholders.Fill(text))
            : null;
        return _stage.Client(caller).SendBytesAsync(HttpMethod.Parse(request.Method), _placeholders.Fill(request.Path), body, headers);
    }

    private async Task<List<SeenCall>> FirstOfKindAsync(IReadOnlyList<RecordedCall> wanted)
    {
        List<SeenCall?> First() =>
            [.. wanted.Select(w => _stage.Apps.SelectMany(static a => a.All).FirstOrDefault(c => (c.Method, c.Path) == (w.Method, w.Path)))];
        await UntilAsync(() => !First().Contains(null));
        return [.. First().OfType<SeenCall>()];
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var waiting = Stopwatch.StartNew();
        while (!condition() && waiting.Elapsed < Patience)
        {
            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
