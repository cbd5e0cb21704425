using System.Diagnostics;
using System.Text;

namespace Cli.Running;

/// <summary>
/// Finds processes of a run that outlived their parent, by a variable that every child of the run inherits. The sidecar
/// stops its apps; this is for the case that it was killed before it could.
/// </summary>
internal static class Leftovers
{
    /// <summary>The inherited variable; its value is the data directory, which is unique to a run.</summary>
    public const string Variable = "CONSISTENCY_RUN";

    /// <summary>
    /// Kills what is left of a run; returns how many processes that were. Only where /proc tells (Linux).
    /// </summary>
    public static int Kill(string runDirectory)
    {
        if (!Directory.Exists("/proc/self"))
        {
            return 0;
        }

        var mark = Encoding.UTF8.GetBytes($"{Variable}={runDirectory}\0");
        var killed = 0;
        foreach (var directory in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), out var id) && id != Environment.ProcessId && Carries(directory, mark))
            {
                killed += TryKill(id) ? 1 : 0;
            }
        }

        return killed;
    }

    private static bool Carries(string directory, byte[] mark)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(directory, "environ")).AsSpan().IndexOf(mark) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's process, or one that has just ended: neither is ours.
            return false;
        }
    }

    private static bool TryKill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
            return true;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
