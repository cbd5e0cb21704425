using System.Diagnostics;
using Cli.Access;
using Cli.Display;
using Cli.Gateway;
using Contracts;

namespace Cli.Running;

/// <summary>The whole system, started by this command; ends with it.</summary>
internal sealed class RunningSystem : IAsyncDisposable
{
    private readonly SidecarProcess sidecar;
    private readonly IReadOnlyList<PortClaim> ports;
    private readonly Terminal terminal;
    private readonly List<Process> startedAgain = [];

    private RunningSystem(SidecarProcess sidecar, DaprYaml yaml, Terminal terminal)
    {
        this.sidecar = sidecar;
        this.terminal = terminal;
        ports = yaml.Ports;
        Gateway = yaml.AddressOf(AppIds.Gateway);
    }

    /// <summary>Base address of the gateway.</summary>
    public Uri Gateway { get; }

    /// <summary>What the processes of this run, and their callers, show to each other.</summary>
    public required RunSecrets Secrets { get; init; }

    /// <summary>Where other commands of this user find them while this one runs.</summary>
    public required string SecretsFile { get; init; }

    /// <summary>Everything that the processes print.</summary>
    public string LogFile => sidecar.LogFile;

    /// <summary>Ends when the system has ended, whoever ended it.</summary>
    public Task Exited => sidecar.Exited;

    /// <summary>Checks the ports, builds, starts, and waits until the gateway answers.</summary>
    /// <exception cref="CliException">A port is taken, the build failed, or the system did not come up.</exception>
    public static async Task<RunningSystem> StartAsync(
        RepoRoot root, Func<StartOptions> options, Terminal terminal, CancellationToken cancellation, bool build = true)
    {
        var yaml = DaprYaml.Read(root.DaprYaml);
        PortCheck.EnsureFree(yaml.Ports);
        var stages = new Stages(terminal);
        if (build)
        {
            await stages.RunAsync("build sidecar and services", () => AppsBuild.RunAsync(root, terminal, cancellation));
        }

        var secrets = RunSecrets.Create(yaml.AddressOf(AppIds.Gateway));
        var system = new RunningSystem(SidecarProcess.Start(root, options(), secrets), yaml, terminal)
        {
            Secrets = secrets, SecretsFile = ShownSecrets.FileOf(root),
        };
        secrets.Publish(system.SecretsFile);
        try
        {
            await stages.RunAsync("start sidecar and services", () => system.WaitUntilUpAsync(cancellation));
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Does something with the system, and gives up at once where the system ends meanwhile.</summary>
    /// <exception cref="CliException">The sidecar ended.</exception>
    public async Task<T> WhileUpAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var working = work(gone.Token);
        if (await Task.WhenAny(working, Exited) == working || cancellation.IsCancellationRequested)
        {
            return await working;
        }

        await gone.CancelAsync();
        await Task.WhenAny(working);
        await terminal.Error.WriteLineAsync(sidecar.LastLines());
        throw new CliException(
            $"The sidecar ended in the middle of the run; its last words are above, all of them in {LogFile}.");
    }

    /// <summary>Kills an app with -9, one instance where it has several, and starts it again after <paramref name="outage"/>.</summary>
    /// <exception cref="CliException">The app does not run, or cannot be started again.</exception>
    public async Task FailAsync(string appId, TimeSpan outage, CancellationToken cancellation)
    {
        var app = sidecar.AppsOf(appId) is [var first, ..]
            ? first
            : throw new CliException($"There is no process of app '{appId}' that could be killed.");
        app.Kill();
        await Task.Delay(outage, terminal.Time, cancellation);
        var process = app.StartAgain();
        startedAgain.Add(process);
        sidecar.Watch(process.Id);
    }

    public async ValueTask DisposeAsync()
    {
        Secrets.Forget(SecretsFile);
        startedAgain.ForEach(Signals.Terminate);
        await sidecar.DisposeAsync();
        startedAgain.ForEach(process => process.Dispose());
        // A killed process gives its ports back a moment later.
        var start = terminal.Time.GetTimestamp();
        var taken = PortCheck.Taken(ports);
        while (taken.Count > 0 && terminal.Time.GetElapsedTime(start) < Limits.PortsFreed)
        {
            await Task.Delay(Limits.Poll, terminal.Time, CancellationToken.None);
            taken = PortCheck.Taken(taken);
        }

        if (taken.Count > 0)
        {
            var names = string.Join(", ", taken.Select(c => $"{c.Port} ({c.AppId})"));
            await terminal.Error.WriteLineAsync($"After the stop, ports are still taken: {names}.");
        }
    }

    private async Task WaitUntilUpAsync(CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Limits.Start);
        try
        {
            if (await Task.WhenAny(sidecar.Ready, sidecar.Exited).WaitAsync(deadline.Token) == sidecar.Ready)
            {
                using var client = GatewayClient.For(Gateway);
                while (!await client.IsHealthyAsync(deadline.Token))
                {
                    await Task.Delay(Limits.Poll, terminal.Time, deadline.Token);
                }

                return;
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            await terminal.Error.WriteLineAsync(sidecar.LastLines());
            throw new CliException(
                $"The system did not come up within {Limits.Start.TotalSeconds:0} s; "
                + $"its last words are above, all of them in {sidecar.LogFile}.");
        }

        if (sidecar.OnlyLine() is { } reason)
        {
            throw new CliException(reason);
        }

        await terminal.Error.WriteLineAsync(sidecar.LastLines());
        throw new CliException(
            $"The sidecar ended before the system was up; its last words are above, all of them in {sidecar.LogFile}.");
    }
}
