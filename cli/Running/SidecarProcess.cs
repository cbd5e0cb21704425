using System.Diagnostics;
using System.Globalization;
using Cli.Access;

namespace Cli.Running;

/// <summary>How a system is started.</summary>
/// <param name="DataDirectory">Absolute; for databases and the log.</param>
/// <param name="DuplicateShare">Share of messages that the sidecar delivers twice on purpose.</param>
/// <param name="LoseShare">Share of deliveries that it loses for good on purpose.</param>
/// <param name="Seed">Seed of these choices.</param>
internal sealed record StartOptions(string DataDirectory, double DuplicateShare = 0, double LoseShare = 0, int Seed = 1)
{
    /// <summary>The components.</summary>
    public required ComponentsFolder Components { get; init; }

    /// <summary>
    /// True for a system that begins with nothing: it has topics of its own where the broker is a server that others use, too, so that what an
    /// earlier run left there does not come to it.
    /// </summary>
    public bool IsFresh { get; init; }

    /// <summary>How many instances of which app: each <c>APP=COUNT</c>.</summary>
    public IReadOnlyList<string> Replicas { get; init; } = [];
}

/// <summary>
/// The sidecar as a child process, which in turn starts the apps of dapr.yaml. Its output goes to a file.
/// </summary>
internal sealed class SidecarProcess : IAsyncDisposable
{
    private const string ReadyLine = "all apps ready";
    private readonly Process process;
    private readonly StreamWriter log;
    private readonly Lock logLock = new();
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string runDirectory;
    private readonly OrphanGuard guard;

    private SidecarProcess(Process process, string runDirectory)
    {
        this.process = process;
        this.runDirectory = runDirectory;
        guard = new OrphanGuard();
        LogFile = Path.Combine(runDirectory, "output.log");
        log = new StreamWriter(LogFile) { AutoFlush = true };
    }

    /// <summary>Everything that the sidecar and the apps print.</summary>
    public string LogFile { get; }

    /// <summary>Ends when the sidecar has said that all apps are ready.</summary>
    public Task Ready => ready.Task;

    /// <summary>Ends when the process has ended.</summary>
    public Task Exited => process.WaitForExitAsync();

    public static SidecarProcess Start(RepoRoot root, StartOptions options, RunSecrets secrets)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = root.Directory, UseShellExecute = false, RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in Arguments(root, options))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[Leftovers.Variable] = options.DataDirectory;
        foreach (var (name, value) in secrets.Environment(options.DataDirectory))
        {
            start.Environment[name] = value;
        }

        var child = new Process { StartInfo = start };
        var sidecar = new SidecarProcess(child, options.DataDirectory);
        child.OutputDataReceived += sidecar.OnLine;
        child.ErrorDataReceived += sidecar.OnLine;
        child.Start();
        sidecar.guard.Watch(child.Id);
        child.BeginOutputReadLine();
        child.BeginErrorReadLine();
        return sidecar;
    }

    /// <summary>Processes of this run whose app id is <paramref name="appId"/>.</summary>
    public IReadOnlyList<RunProcess> AppsOf(string appId) =>
        [.. RunProcess.Find(Leftovers.Variable, runDirectory).Where(p => p.Environment.GetValueOrDefault("APP_ID") == appId)];

    /// <summary>Has a process that was started beside the sidecar end with this run, however that ends.</summary>
    public void Watch(int processId) => guard.Watch(processId);

    /// <summary>The last lines of the output, for an error message.</summary>
    public string LastLines()
    {
        lock (logLock)
        {
            return string.Join(Environment.NewLine, File.ReadLines(LogFile).TakeLast(Limits.LogLinesShown));
        }
    }

    /// <summary>What the sidecar itself said, where it ended with a single line: a mistake in a file, or a server that is away.</summary>
    public string? OnlyLine()
    {
        lock (logLock)
        {
            return File.ReadLines(LogFile).Where(line => line.Length > 0).Take(2).ToList() is [var only] ? only : null;
        }
    }

    /// <summary>SIGTERM, a bounded wait, then kill; ends when no process of the run is left.</summary>
    public async ValueTask DisposeAsync()
    {
        Signals.Terminate(process);
        using (var grace = new CancellationTokenSource(Limits.StopGrace))
        {
            try
            {
                await process.WaitForExitAsync(grace.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        guard.Dispose();
        Leftovers.Kill(runDirectory);
        process.Dispose();
        lock (logLock)
        {
            log.Dispose();
        }
    }

    private static IEnumerable<string> Arguments(RepoRoot root, StartOptions options)
    {
        yield return root.PathOf("sidecar", "bin", "Debug", "net10.0", "sidecar.dll");
        yield return "run";
        yield return "-f";
        yield return root.DaprYaml;
        foreach (var resources in new[] { options.Components.Path, root.PathOf("components", "policies") })
        {
            yield return "--resources-path";
            yield return resources;
        }

        if (options is { IsFresh: true, Components.IsEmbedded: false })
        {
            yield return "--topic-prefix";
            yield return Path.GetFileName(options.DataDirectory) + ".";
        }

        yield return "--config";
        yield return root.PathOf("components", "policies", "access-control.yaml");
        yield return "--data-dir";
        yield return options.DataDirectory;
        yield return "--fault-duplicate";
        yield return options.DuplicateShare.ToString(CultureInfo.InvariantCulture);
        yield return "--fault-drop";
        yield return options.LoseShare.ToString(CultureInfo.InvariantCulture);
        yield return "--fault-seed";
        yield return options.Seed.ToString(CultureInfo.InvariantCulture);
        foreach (var replicas in options.Replicas)
        {
            yield return "--replicas";
            yield return replicas;
        }
    }

    private void OnLine(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
        {
            return;
        }

        lock (logLock)
        {
            if (log.BaseStream is { CanWrite: true })
            {
                log.WriteLine(line.Data);
            }
        }

        if (line.Data.Contains(ReadyLine, StringComparison.Ordinal))
        {
            ready.TrySetResult();
        }
    }
}
