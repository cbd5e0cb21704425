namespace Tests.Unit;

/// <summary>Files of this checkout.</summary>
internal static class RepoFiles
{
    public static string Root { get; } = Find();

    public static string At(params IReadOnlyList<string> names) => Path.Combine([Root, .. names]);

    private static string Find()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "dapr.yaml")))
        {
            root = Path.GetDirectoryName(root)!;
        }

        return root;
    }
}
