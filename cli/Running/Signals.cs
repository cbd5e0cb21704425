using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Cli.Running;

/// <summary>Asks a process to end. .NET itself can only kill.</summary>
internal static class Signals
{
    private const int SigTerm = 15;

    /// <summary>Sends SIGTERM; on Windows, which has none, kills the process tree.</summary>
    public static void Terminate(Process process)
    {
        if (process.HasExited)
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            process.Kill(entireProcessTree: true);
        }
        else
        {
            // A failure means that the process is gone already, which is what was wanted.
            _ = Kill(process.Id, SigTerm);
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
