using System.Diagnostics;

namespace Cli.Running;

/// <summary>
/// Stops the sidecar, and what else is watched, where this process can no longer do it because it was killed with -9: a
/// tiny shell waits on a pipe, which the kernel closes however this process ends, and then sends SIGTERM. On Windows
/// there is no guard.
/// </summary>
internal sealed class OrphanGuard : IDisposable
{
    // It ignores what a terminal sends to it as well. "done" means that the processes have ended in order: their ids may
    // belong to others by now.
    private const string Script =
        "trap '' INT TERM HUP QUIT; ids=; while read -r line; do [ \"$line\" = done ] && exit; ids=\"$ids $line\"; done; kill -TERM $ids 2>/dev/null";
    private readonly Process? shell;

    public OrphanGuard()
    {
        if (!OperatingSystem.IsWindows())
        {
            shell = Process.Start(
                new ProcessStartInfo("/bin/sh", ["-c", Script]) { UseShellExecute = false, RedirectStandardInput = true });
        }
    }

    /// <summary>Watches over one more process.</summary>
    public void Watch(int processId) => Send(processId.ToString());

    /// <summary>The processes have ended: nothing is left to watch.</summary>
    public void Dispose()
    {
        if (shell is null)
        {
            return;
        }

        Send("done");
        shell.WaitForExit();
        shell.Dispose();
    }

    private void Send(string line)
    {
        try
        {
            shell?.StandardInput.WriteLine(line);
            shell?.StandardInput.Flush();
        }
        catch (IOException)
        {
            // Somebody killed the shell. The run goes on without a guard.
        }
    }
}
