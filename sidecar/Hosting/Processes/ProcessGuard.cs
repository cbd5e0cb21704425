using System.ComponentModel;
using System.Diagnostics;

namespace Sidecar.Hosting.Processes;

/// <summary>
/// Sees to it that no app outlives this process, even where it is killed with -9: a tiny shell reads process groups
/// from a pipe and kills them once the pipe closes, which the kernel does however the host ends. On Windows there is no
/// guard.
/// </summary>
internal sealed class ProcessGuard : IDisposable
{
    // "kill -s KILL -- -GROUP" is the one form that every shell understands (dash refuses "kill -9 -- -GROUP"); a
    // process that has not made its group yet is killed alone. The shell ignores Ctrl+C, which a terminal sends to it
    // as well: the host first stops the apps in order.
    private const string Script = """
        trap '' INT TERM HUP QUIT
        all=
        while read -r op group; do
          case $op in
            add) all="$all $group" ;;
            remove) kept=; for g in $all; do [ "$g" = "$group" ] || kept="$kept $g"; done; all=$kept ;;
          esac
        done
        for g in $all; do kill -s KILL -- "-$g" 2>/dev/null || kill -s KILL "$g" 2>/dev/null; done
        """;

    private readonly Process? _shell;
    private readonly Lock _gate = new();

    public ProcessGuard()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        try
        {
            _shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
            });
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            throw new StartupException(
                $"the guard that ends apps with this process cannot be started: {e.Message.TrimEnd('.')}. "
                + "Make sure that /bin/sh exists and that this user may start more processes.");
        }
    }

    public void Add(int group) => Send($"add {group}");

    public void Remove(int group) => Send($"remove {group}");

    public void Dispose()
    {
        try
        {
            _shell?.StandardInput.Dispose();
        }
        catch (IOException)
        {
            // See Send.
        }

        _shell?.Dispose();
    }

    private void Send(string line)
    {
        try
        {
            lock (_gate)
            {
                _shell?.StandardInput.WriteLine(line);
                _shell?.StandardInput.Flush();
            }
        }
        catch (IOException)
        {
            // Somebody killed the guard. That is no reason to stop serving: an orderly stop needs no guard.
        }
    }
}
