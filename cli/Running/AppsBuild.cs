using System.Diagnostics;

namespace Cli.Running;

/// <summary>Builds the sidecar and the apps from their sources, quietly.</summary>
internal static class AppsBuild
{
    // A solution filter: one build that knows all of them compiles what they share once.
    private static readonly string[] Filter = ["cli", "Running", "apps.slnf"];

    /// <exception cref="CliException">The build failed; the compiler's output was printed.</exception>
    public static async Task RunAsync(RepoRoot root, Terminal terminal, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = root.Directory, UseShellExecute = false, RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // No build servers: they would outlive this command.
        string[] arguments =
            ["build", root.PathOf(Filter), "--nologo", "-v", "quiet", "-nodeReuse:false", "-p:UseSharedCompilation=false"];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // 'dotnet run' hands its own settings down; a build inside it must not inherit its project's.
        start.Environment.Remove("MSBuildSDKsPath");
        start.Environment.Remove("MSBUILD_EXE_PATH");
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        using var build = Process.Start(start) ?? throw new CliException(
            "'dotnet' cannot be started; is the .NET SDK on the PATH?");
        try
        {
            var output = build.StandardOutput.ReadToEndAsync(cancellation);
            var errors = build.StandardError.ReadToEndAsync(cancellation);
            await build.WaitForExitAsync(cancellation);
            if (build.ExitCode != 0)
            {
                await terminal.Error.WriteLineAsync((await output).Trim());
                await terminal.Error.WriteLineAsync((await errors).Trim());
                throw new CliException(
                    $"The build failed with exit code {build.ExitCode}; the compiler's words are above.");
            }
        }
        finally
        {
            if (!build.HasExited)
            {
                build.Kill(entireProcessTree: true);
            }
        }
    }
}
