namespace Cli.Running;

/// <summary>Where a started system keeps its databases and its log.</summary>
internal static class RunDirectory
{
    /// <summary>
    /// A fresh directory under .run/, named by command and time; older ones of that command go, but for the last few.
    /// </summary>
    public static string CreateFresh(RepoRoot root, string command, TimeProvider time)
    {
        var parent = root.PathOf(".run");
        Directory.CreateDirectory(parent);
        var newestFirst = Directory.GetDirectories(parent, command + "-*").OrderDescending(StringComparer.Ordinal);
        foreach (var old in newestFirst.Skip(Limits.RunsKept - 1))
        {
            Directory.Delete(old, recursive: true);
        }

        var stamp = time.GetUtcNow().ToString("yyyyMMdd-HHmmss-fff");
        return Directory.CreateDirectory(Path.Combine(parent, $"{command}-{stamp}")).FullName;
    }
}
