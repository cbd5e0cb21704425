using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Cli.Running;

/// <summary>
/// A process of a run, as /proc tells it: which program, and with what it was started. Only where there is a /proc (Linux).
/// </summary>
internal sealed record RunProcess(
    int Id, IReadOnlyList<string> Command, IReadOnlyDictionary<string, string> Environment, string Directory)
{
    /// <summary>True where processes can be found.</summary>
    public static bool CanBeFound => System.IO.Directory.Exists("/proc/self");

    /// <summary>Processes, other than this one, that inherited the variable with that value.</summary>
    public static IReadOnlyList<RunProcess> Find(string variable, string value)
    {
        if (!CanBeFound)
        {
            return [];
        }

        var mark = Encoding.UTF8.GetBytes($"{variable}={value}\0");
        return [.. System.IO.Directory.GetDirectories("/proc").Select(d => Read(d, mark)).OfType<RunProcess>()];
    }

    /// <summary>True for <c>dotnet</c> running the file of that name.</summary>
    public bool Runs(string program) =>
        Path.GetFileName(Command[0]) == "dotnet" && Command.Any(argument => Path.GetFileName(argument) == program);

    /// <summary>Kills it as kill -9 does: no handler runs, nothing is flushed. False where it had ended.</summary>
    public bool Kill()
    {
        try
        {
            using var process = Process.GetProcessById(Id);
            process.Kill();
            process.WaitForExit();
            return true;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Starts it again by hand, as an operator would; what it prints is read and dropped.</summary>
    public Process StartAgain()
    {
        var start = new ProcessStartInfo(Command[0], Command.Skip(1))
        {
            WorkingDirectory = Directory, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new CliException($"'{Command[0]}' cannot be started again.");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static RunProcess? Read(string directory, byte[] mark)
    {
        if (!int.TryParse(Path.GetFileName(directory), out var id) || id == System.Environment.ProcessId)
        {
            return null;
        }

        try
        {
            var environment = File.ReadAllBytes(Path.Combine(directory, "environ"));
            var command = Split(File.ReadAllBytes(Path.Combine(directory, "cmdline")));
            return environment.AsSpan().IndexOf(mark) < 0 || command.Count == 0 ? null : new RunProcess(
                id,
                command,
                Split(environment).Select(e => e.Split('=', 2)).Where(e => e.Length == 2)
                    .DistinctBy(e => e[0]).ToDictionary(e => e[0], e => e[1], StringComparer.Ordinal),
                new FileInfo(Path.Combine(directory, "cwd")).ResolveLinkTarget(returnFinalTarget: true)!.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's process, or one that has just ended: neither is ours.
            return null;
        }
    }

    private static List<string> Split(byte[] text) => [.. Encoding.UTF8.GetString(text).Split('\0', StringSplitOptions.RemoveEmptyEntries)];
}
