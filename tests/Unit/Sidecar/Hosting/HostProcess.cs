using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Sidecar.Hosting;

namespace Tests.Unit.Sidecar.Hosting;

/// <summary>A real <c>sidecar run</c> as a process of its own.</summary>
public sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    public HostProcess(params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "sidecar.dll"), "run", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("DATA_DIR");
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, e) => Keep(_output, e.Data);
        _process.ErrorDataReceived += (_, e) => Keep(_errors, e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public IReadOnlyList<string> Output => [.. _output];

    public IReadOnlyList<string> Errors => [.. _errors];

    public static bool IsAlive(int processId)
    {
        try
        {
            // A zombie that nobody has collected yet is dead, too.
            return !File.ReadAllText($"/proc/{processId}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public static void Signal(int processId, string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, $"{processId}"]);
        kill.WaitForExit();
    }

    public Task ReadyAsync() => LineAsync(SidecarHost.ReadyLine);

    /// <summary>The first output line that matches; waits for it.</summary>
    public async Task<Match> LineAsync(string pattern)
    {
        var match = Match.Empty;
        try
        {
            await Eventually.HoldsAsync(() => (match = Find(pattern)).Success || _process.HasExited);
        }
        catch (TimeoutException)
        {
            // Told below, with the output.
        }

        match = Find(pattern);
        match.Success.ShouldBeTrue($"no line '{pattern}' in:\n{string.Join('\n', Output.Concat(Errors))}");
        return match;
    }

    public int Count(string pattern) => Output.Count(l => Regex.IsMatch(l, pattern));

    public void Signal(string signal) => Signal(_process.Id, signal);

    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(Deadline);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Signal("KILL");
        }

        await ExitAsync();
        _process.Dispose();
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }

    private Match Find(string pattern) =>
        Output.Select(l => Regex.Match(l, pattern)).FirstOrDefault(m => m.Success) ?? Match.Empty;
}
