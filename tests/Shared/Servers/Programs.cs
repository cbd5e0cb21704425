namespace Tests.Servers;

/// <summary>Finds programs of the machine, such as Debian's servers. Compiled into every test project.</summary>
internal static class Programs
{
    // Servers are outside of an ordinary user's PATH on Debian.
    private static readonly string[] MoreFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin"];

    /// <summary>Full path of a program, or null where it is not installed.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(MoreFolders).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
