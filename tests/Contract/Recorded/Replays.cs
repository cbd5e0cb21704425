using System.Collections.Concurrent;
using Tests.Contract.Recorded;
using Tests.Servers;

[assembly: AssemblyFixture(typeof(Replays))]

namespace Tests.Contract.Recorded;

/// <summary>Plays each recording once per kind of component, when the first test asks for it; the entries' tests look at the outcomes.</summary>
public sealed class Replays
{
    /// <summary>Title of the check at the end of a recording that no more was delivered than recorded.</summary>
    public const string NothingElse = "(nothing else was delivered)";

    private readonly ConcurrentDictionary<(string, string), Lazy<Task<IReadOnlyList<Outcome>>>> _played = new();

    /// <summary>The recordings of an area, with the kinds of component to play them with and the number of outcomes.</summary>
    public static TheoryData<string, string, int, string> Entries(string area)
    {
        var data = new TheoryData<string, string, int, string>();
        foreach (var scene in RecordedScene.All.Values.Where(s => s.Area == area).OrderBy(static s => s.Recording, StringComparer.Ordinal))
        {
            foreach (var kind in Stages.Kinds(scene))
            {
                foreach (var (i, title) in Titles(scene).Index())
                {
                    data.Add(scene.Recording, kind, i, title);
                }
            }
        }
        return data;
    }

    /// <summary>How a recording went; skips the test where it needs a server that is not installed, or where a real Dapr is under test.</summary>
    public Task<IReadOnlyList<Outcome>> PlayAsync(string recording, string kind)
    {
        Assert.SkipWhen(
            Environment.GetEnvironmentVariable("DAPR_HTTP_ENDPOINT") is { Length: > 0 },
            "DAPR_HTTP_ENDPOINT is set: recordings of a real Dapr are played against the embedded sidecar only");
        var redis = kind is "redis" ? Needs.Redis() : null;
        return _played.GetOrAdd(
            (recording, kind),
            _ => new(() => Task.Run(() => Player.PlayAsync(RecordedScene.All[recording], kind, redis)))).Value;
    }

    private static IEnumerable<string> Titles(RecordedScene scene)
    {
        var titles = scene.Entries.Select(static e => e.Title);
        return Stages.Of(scene).Last is null ? titles : titles.Append(NothingElse);
    }
}
