namespace Cli.Running;

/// <summary>The checkout that this tool belongs to, which holds dapr.yaml, the components and the apps.</summary>
internal sealed record RepoRoot(string Directory)
{
    private const string Solution = "DaprConsistency.sln";

    /// <summary>Searches upwards from the tool itself, then from where the user stands.</summary>
    /// <exception cref="CliException">Neither is inside a checkout.</exception>
    public static RepoRoot Find()
    {
        foreach (var start in new[] { AppContext.BaseDirectory, Environment.CurrentDirectory })
        {
            for (var directory = new DirectoryInfo(start); directory is not null; directory = directory.Parent)
            {
                if (File.Exists(Path.Combine(directory.FullName, Solution)))
                {
                    return new RepoRoot(directory.FullName);
                }
            }
        }

        throw new CliException(
            $"{Solution} is not found above {AppContext.BaseDirectory} or {Environment.CurrentDirectory}; "
            + "run this inside a checkout, or pass --gateway.");
    }

    public string DaprYaml => PathOf("dapr.yaml");

    public string PathOf(params string[] parts) => Path.Combine([Directory, .. parts]);
}
