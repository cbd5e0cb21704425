using System.Diagnostics;

namespace Tests.Servers;

/// <summary>Prometheus' own checks. Compiled into every test project.</summary>
/// <param name="program">Full path.</param>
internal sealed class Promtool(string program)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The installed one; skips the test, with the reason, where there is none.</summary>
    public static Promtool Find() => new(Needs.Program("promtool", "prometheus"));

    /// <summary>What <c>promtool check metrics</c> has to say about an answer to a scrape, in text format; empty for nothing.</summary>
    public async Task<string> CheckMetricsAsync(string text, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await RunAsync(text, cancellationToken, "check", "metrics");
        return exitCode == 0 ? output : $"{output}exit code {exitCode}";
    }

    /// <summary>Runs promtool to its end.</summary>
    /// <param name="input">What it reads from its standard input.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>Its exit code and all that it has written; the exit code of rules that fail their tests is 1.</returns>
    public async Task<(int ExitCode, string Output)> RunAsync(string input, CancellationToken cancellationToken, params IReadOnlyList<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.StandardInput.WriteAsync(input.AsMemory(), patience.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
