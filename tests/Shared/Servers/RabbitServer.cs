using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Tests.Servers;

/// <summary>
/// A real RabbitMQ on loopback ports of its own, with its files in a directory that goes with it and with an epmd (Erlang's name service) of its
/// own, so that it meets no other node. Compiled into every test project.
/// </summary>
internal sealed class RabbitServer : IAsyncDisposable
{
    // Debian's other one, in /usr/sbin, changes to the user rabbitmq, who could not write our files.
    private const string DebianProgram = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly string _program;
    private readonly string _folder = Directory.CreateTempSubdirectory("rabbit-").FullName;
    private readonly int _distribution = LoopbackPort.Free();
    private readonly int _names = LoopbackPort.Free();
    private Process? _process;

    private RabbitServer(string program) => _program = program;

    /// <summary>The port; the same after every start.</summary>
    public int Port { get; } = LoopbackPort.Free();

    /// <summary>As component files name it; guest may log in from this machine.</summary>
    public string ConnectionString => $"amqp://guest:guest@127.0.0.1:{Port}";

    /// <summary>Path of the program, or null where it is not installed.</summary>
    public static string? Program => File.Exists(DebianProgram) ? DebianProgram : null;

    private IEnumerable<string> Logs => Directory.Exists(LogFolder) ? Directory.GetFiles(LogFolder).Select(File.ReadAllText) : [];

    private string LogFolder => Path.Combine(_folder, "log");

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <param name="program">Path of rabbitmq-server: <c>Needs.Rabbit()</c> in a test.</param>
    public static async Task<RabbitServer> StartAsync(string program)
    {
        var server = new RabbitServer(program);
        await File.WriteAllTextAsync(
            Path.Combine(server._folder, "rabbitmq.conf"),
            $"listeners.tcp.1 = 127.0.0.1:{server.Port}\nlog.file.level = warning\nlog.console = false\n"
            + "disk_free_limit.absolute = 1MB\nvm_memory_high_watermark.absolute = 512MB\n");
        await File.WriteAllTextAsync(Path.Combine(server._folder, "enabled_plugins"), "[].");
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it again, on the same port and with the files that it left.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo(_program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Settings())
        {
            start.Environment[name] = value;
        }
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{_program} cannot be started");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var waiting = Stopwatch.StartNew();
        while (!await AnswersAsync())
        {
            if (_process.HasExited || waiting.Elapsed > Patience)
            {
                throw new InvalidOperationException($"{_program} does not answer on port {Port}: {string.Join('\n', Logs)}");
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

    /// <summary>Ends it in order (SIGTERM).</summary>
    public async Task StopAsync()
    {
        await SignalAsync("TERM");
        await EndAsync();
    }

    /// <summary>Holds it still (SIGSTOP), so that it reads nothing and answers nothing, until it is killed.</summary>
    public Task SuspendAsync() => SignalAsync("STOP");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }
        // A daemon of Erlang's, which outlives what started it.
        var start = new ProcessStartInfo("epmd", ["-port", $"{_names}", "-kill"]) { UseShellExecute = false, RedirectStandardOutput = true };
        using (var epmd = Process.Start(start)!)
        {
            await epmd.StandardOutput.ReadToEndAsync();
            await epmd.WaitForExitAsync();
        }
        Directory.Delete(_folder, recursive: true);
    }

    private async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process!.Id}"]);
        await kill.WaitForExitAsync();
    }

    private IEnumerable<(string Name, string Value)> Settings() =>
    [
        ("HOME", _folder), // for the cookie
        ("RABBITMQ_NODENAME", $"rabbit-{Port}@localhost"),
        ("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1"),
        ("RABBITMQ_NODE_PORT", $"{Port}"),
        ("RABBITMQ_DIST_PORT", $"{_distribution}"),
        ("RABBITMQ_MNESIA_BASE", Path.Combine(_folder, "mnesia")),
        ("RABBITMQ_LOG_BASE", LogFolder),
        ("RABBITMQ_CONFIG_FILE", Path.Combine(_folder, "rabbitmq.conf")),
        ("RABBITMQ_CONF_ENV_FILE", Path.Combine(_folder, "none")),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", Path.Combine(_folder, "enabled_plugins")),
        ("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "+S 1:1 -kernel inet_dist_use_interface {127,0,0,1}"),
        ("ERL_EPMD_ADDRESS", "127.0.0.1"),
        ("ERL_EPMD_PORT", $"{_names}"),
        ("RUNNING_UNDER_SYSTEMD", "true"), // no shell between us and the server, which would have to pass signals on
    ];

    private async Task EndAsync()
    {
        await _process!.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    // The protocol's greeting; the server answers with Connection.Start, frame type 1.
    private async Task<bool> AnswersAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, Port);
            await using var stream = client.GetStream();
            await stream.WriteAsync(new byte[] { (byte)'A', (byte)'M', (byte)'Q', (byte)'P', 0, 0, 9, 1 });
            var answer = new byte[1];
            return await stream.ReadAsync(answer) == 1 && answer[0] == 1;
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }
}
