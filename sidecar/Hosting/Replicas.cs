using System.Globalization;
using Sidecar.Hosting.RunFiles;

namespace Sidecar.Hosting;

/// <summary>How many instances of which app run: <c>--replicas inventory=2</c>.</summary>
public sealed record Replicas
{
    /// <summary>Most instances of one app. Sketch: each is a process of some 100 MB and four ports; what more would show, three show.</summary>
    public const int InstancesMax = 8;

    private readonly IReadOnlyDictionary<string, int> _counts;

    private Replicas(IReadOnlyDictionary<string, int> counts) => _counts = counts;

    /// <summary>One of each.</summary>
    public static Replicas None { get; } = new(new Dictionary<string, int>());

    /// <summary>Reads the command line's words.</summary>
    /// <param name="words">Each <c>APP=COUNT</c>; one app at most once.</param>
    /// <exception cref="StartupException">A word is none.</exception>
    public static Replicas Read(IEnumerable<string> words)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var word in words)
        {
            if (word.Split('=') is not [{ Length: > 0 } appId, var text]
                || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                || count is < 1 or > InstancesMax)
            {
                throw new StartupException($"--replicas: '{word}' is not APP=COUNT with a count from 1 to {InstancesMax}, such as inventory=2.");
            }

            if (!counts.TryAdd(appId, count))
            {
                throw new StartupException($"--replicas: '{appId}' is given twice. Give it once.");
            }
        }

        return new Replicas(counts);
    }

    /// <summary>The instances to run: those of an app side by side, the first as the run file has it, the others without its ports.</summary>
    /// <exception cref="StartupException">An app is not in the run file.</exception>
    public IReadOnlyList<AppSpec> Of(IReadOnlyList<AppSpec> apps)
    {
        foreach (var appId in _counts.Keys)
        {
            if (apps.All(a => a.AppId != appId))
            {
                throw new StartupException(
                    $"--replicas: the run file has no app '{appId}'; it has {string.Join(", ", apps.Select(a => a.AppId))}.");
            }
        }

        return [.. apps.SelectMany(a => Enumerable.Range(1, _counts.GetValueOrDefault(a.AppId, 1)).Select(i => a with { Instance = i }))];
    }
}
