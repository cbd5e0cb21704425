using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Tests.Servers;

/// <summary>A real server on a loopback port of its own, with its files in a directory that goes with it. Compiled into every test project.</summary>
/// <param name="program">Path of the program.</param>
/// <param name="kind">Begins the name of the directory.</param>
/// <param name="patience">How long it may take to answer after a start.</param>
internal abstract class ServerProcess(string program, string kind, TimeSpan patience) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private Process? _process;

    /// <summary>The port; the same after every start.</summary>
    public int Port { get; } = LoopbackPort.Free();

    /// <summary>What it has logged so far.</summary>
    public abstract string Log { get; }

    /// <summary>How it ended last.</summary>
    public int ExitCode { get; private set; }

    /// <summary>Directory of its files.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory($"{kind}-").FullName;

    /// <summary>Starts it, or starts it again: on the same port and with the files that it left.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        Configure(start);
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{program} cannot be started");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var waiting = Stopwatch.StartNew();
        while (!await AnswersAsync())
        {
            if (_process.HasExited || waiting.Elapsed > patience)
            {
                throw new InvalidOperationException($"{program} does not answer on port {Port}: {Log}");
            }
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    /// <summary>Ends it without warning (SIGKILL), as a crash does.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await EndAsync();
    }

    /// <summary>Ends it in order.</summary>
    public async Task StopAsync()
    {
        await RequestStopAsync();
        await EndAsync();
    }

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Arguments and environment.</summary>
    protected abstract void Configure(ProcessStartInfo start);

    /// <summary>Asks it to end.</summary>
    protected abstract Task RequestStopAsync();

    /// <summary>True if the server, freshly connected to, says that it is there for clients.</summary>
    protected abstract Task<bool> GreetsAsync(NetworkStream stream);

    /// <summary>Sends it a signal, such as <c>STOP</c>.</summary>
    protected async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process!.Id}"]);
        await kill.WaitForExitAsync();
    }

    private async Task EndAsync()
    {
        await _process!.WaitForExitAsync();
        ExitCode = _process.ExitCode;
        _process.Dispose();
        _process = null;
    }

    private async Task<bool> AnswersAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, Port);
            await using var stream = client.GetStream();
            return await GreetsAsync(stream);
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }
}
