using System.Diagnostics;

namespace Tests.Servers;

/// <summary>A folder of scripts with a package.json; what it names is installed when first needed. Compiled into every test project.</summary>
internal static class NpmFolder
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly SemaphoreSlim Installing = new(1);

    /// <summary>Installs what the folder's lock file says; skips the test where there is no Node.js with npm.</summary>
    public static async Task InstallAsync(string folder)
    {
        _ = Needs.Program("node", "nodejs npm");
        var npm = Needs.Program("npm", "nodejs npm");
        await Installing.WaitAsync();
        try
        {
            // The lock file says which versions; npm's own list of what it has installed says whether they are there.
            var installed = new FileInfo(Path.Combine(folder, "node_modules", ".package-lock.json"));
            if (installed.Exists && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(folder, "package-lock.json")))
            {
                return;
            }

            var (exitCode, output, errors) = await RunAsync(folder, npm, "ci");
            exitCode.ShouldBe(0, $"npm ci: {output}{errors}");
        }
        finally
        {
            Installing.Release();
        }
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string folder, string program, params IReadOnlyList<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = await process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output, errors);
    }
}
