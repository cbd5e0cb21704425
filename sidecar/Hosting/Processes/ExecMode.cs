using System.Globalization;
using System.Runtime.InteropServices;

namespace Sidecar.Hosting.Processes;

/// <summary>
/// <c>sidecar exec HOSTPID -- PROGRAM ARGS</c>: makes itself the leader of a new process group and becomes the program
/// (execvp), so that the app keeps this process id and everything it starts can be signalled as one group. .NET cannot
/// start a process in a group of its own, and no program that does so (setsid, setpriv) is on every Unix.
/// </summary>
internal static class ExecMode
{
    public const string Name = "exec";
    private const int CannotStart = 127; // as shells answer

    /// <summary>Does not return where the program starts.</summary>
    public static int Run(string[] args)
    {
        if (OperatingSystem.IsWindows() || args is not [Name, var host, "--", var program, ..])
        {
            Console.Error.WriteLine("sidecar exec: for the sidecar's own use on Unix.");
            return CannotStart;
        }

        _ = Unix.SetProcessGroup(0, 0);
        if (Unix.ParentProcessId() != int.Parse(host, CultureInfo.InvariantCulture))
        {
            return CannotStart; // The host died while this process started: nobody would ever stop the app.
        }

        // .NET ignores SIGPIPE, and what is ignored stays ignored in the program; the default is what it expects.
        _ = Unix.SetSignal(Unix.SigPipe, 0);
        _ = Unix.ExecVp(program, [.. args[3..], null]);
        Console.Error.WriteLine($"cannot start '{program}': {Marshal.GetLastPInvokeErrorMessage()}");
        return CannotStart;
    }
}
