using Cli.Running;

namespace Tests.Unit;

/// <summary>Files of this checkout.</summary>
internal static class RepoFiles
{
    public static string Root { get; } = RepoRoot.Find().Directory;

    public static string At(params IReadOnlyList<string> names) => Path.Combine([Root, .. names]);
}
