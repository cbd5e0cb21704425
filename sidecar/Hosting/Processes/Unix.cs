using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sidecar.Hosting.Processes;

/// <summary>The few calls of the C library that process groups need and .NET does not offer.</summary>
[UnsupportedOSPlatform("windows")]
internal static class Unix
{
    // The same numbers on Linux and macOS.
    public const int SigKill = 9;
    public const int SigPipe = 13;
    public const int SigTerm = 15;

    /// <summary>
    /// Signals a process, or with a negative <paramref name="pid"/> a process group; 0 tells whether it exists.
    /// </summary>
    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static extern int Kill(int pid, int signal);

    [DllImport("libc", EntryPoint = "setpgid", SetLastError = true)]
    public static extern int SetProcessGroup(int pid, int group);

    [DllImport("libc", EntryPoint = "getppid")]
    public static extern int ParentProcessId();

    [DllImport("libc", EntryPoint = "signal", SetLastError = true)]
    public static extern nint SetSignal(int signal, nint handler);

    // Strings are marshalled as UTF-8 on Unix.
    [DllImport("libc", EntryPoint = "execvp", SetLastError = true, CharSet = CharSet.Ansi)]
    public static extern int ExecVp(string file, string?[] arguments);

    /// <summary>Signals a whole process group; false if it has no member left.</summary>
    public static bool KillGroup(int group, int signal) => Kill(-group, signal) == 0;
}
