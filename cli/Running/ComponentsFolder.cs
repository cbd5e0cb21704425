namespace Cli.Running;

/// <summary>The Dapr components that a system is started with: one folder is one swap.</summary>
/// <param name="Path">Absolute path of the folder.</param>
internal sealed record ComponentsFolder(string Path)
{
    /// <summary>The one that needs nothing installed.</summary>
    public const string Embedded = "embedded";

    // In every run besides the components; not a choice among them.
    private const string Policies = "policies";

    /// <summary>True for the one whose data lies in the run's own directory.</summary>
    public bool IsEmbedded => System.IO.Path.GetFileName(Path) == Embedded;

    /// <summary>The folder of that name under components/, or the folder at that path.</summary>
    /// <exception cref="UsageException">There is neither.</exception>
    public static ComponentsFolder Find(RepoRoot root, string name)
    {
        var under = root.PathOf("components", name);
        if (name != Policies && !name.Contains(System.IO.Path.DirectorySeparatorChar) && Directory.Exists(under))
        {
            return new ComponentsFolder(under);
        }

        if (name != Policies && Directory.Exists(name))
        {
            return new ComponentsFolder(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(name)));
        }

        var known = Directory.GetDirectories(root.PathOf("components")).Select(folder => System.IO.Path.GetFileName(folder))
            .Where(folder => folder != Policies).Order(StringComparer.Ordinal);
        throw new UsageException(
            $"--components: '{name}' is neither a folder under components/ ({string.Join(", ", known)}) nor the path of a folder.");
    }
}
