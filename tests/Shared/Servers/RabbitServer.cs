using System.Diagnostics;
using System.Net.Sockets;

namespace Tests.Servers;

/// <summary>
/// A real RabbitMQ on loopback ports of its own, with its files in a directory that goes with it and with an epmd (Erlang's name service) of its
/// own, so that it meets no other node.
/// </summary>
internal sealed class RabbitServer : ServerProcess
{
    // Debian's other one, in /usr/sbin, changes to the user rabbitmq, who could not write our files.
    private const string DebianProgram = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    private readonly int _distribution = LoopbackPort.Free();
    private readonly int _names = LoopbackPort.Free();

    private RabbitServer(string program)
        : base(program, "rabbit", TimeSpan.FromSeconds(60))
    {
    }

    /// <summary>As component files name it; guest may log in from this machine.</summary>
    public string ConnectionString => $"amqp://guest:guest@127.0.0.1:{Port}";

    /// <summary>Path of the program, or null where it is not installed.</summary>
    public static string? Program => File.Exists(DebianProgram) ? DebianProgram : null;

    /// <inheritdoc/>
    public override string Log => Directory.Exists(LogFolder) ? string.Join('\n', Directory.GetFiles(LogFolder).Select(File.ReadAllText)) : "";

    private string LogFolder => Path.Combine(Folder, "log");

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <param name="program">Path of rabbitmq-server: <c>Needs.Rabbit()</c> in a test.</param>
    public static async Task<RabbitServer> StartAsync(string program)
    {
        var server = new RabbitServer(program);
        await File.WriteAllTextAsync(
            Path.Combine(server.Folder, "rabbitmq.conf"),
            $"listeners.tcp.1 = 127.0.0.1:{server.Port}\nlog.file.level = warning\nlog.console = false\n"
            + "disk_free_limit.absolute = 1MB\nvm_memory_high_watermark.absolute = 512MB\n");
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "enabled_plugins"), "[].");
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

    /// <summary>Holds it still (SIGSTOP), so that it reads nothing and answers nothing, until it is killed.</summary>
    public Task SuspendAsync() => SignalAsync("STOP");

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();

        // A daemon of Erlang's, which outlives what started it.
        var start = new ProcessStartInfo("epmd", ["-port", $"{_names}", "-kill"]) { UseShellExecute = false, RedirectStandardOutput = true };
        using var epmd = Process.Start(start)!;
        await epmd.StandardOutput.ReadToEndAsync();
        await epmd.WaitForExitAsync();
    }

    /// <inheritdoc/>
    protected override void Configure(ProcessStartInfo start)
    {
        foreach (var (name, value) in Settings())
        {
            start.Environment[name] = value;
        }
    }

    /// <inheritdoc/>
    protected override Task RequestStopAsync() => SignalAsync("TERM");

    // The protocol's greeting; the server answers with Connection.Start, frame type 1.
    /// <inheritdoc/>
    protected override async Task<bool> GreetsAsync(NetworkStream stream)
    {
        await stream.WriteAsync(new byte[] { (byte)'A', (byte)'M', (byte)'Q', (byte)'P', 0, 0, 9, 1 });
        var answer = new byte[1];
        return await stream.ReadAsync(answer) == 1 && answer[0] == 1;
    }

    private IEnumerable<(string Name, string Value)> Settings() =>
    [
        ("HOME", Folder), // for the cookie
        ("RABBITMQ_NODENAME", $"rabbit-{Port}@localhost"),
        ("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1"),
        ("RABBITMQ_NODE_PORT", $"{Port}"),
        ("RABBITMQ_DIST_PORT", $"{_distribution}"),
        ("RABBITMQ_MNESIA_BASE", Path.Combine(Folder, "mnesia")),
        ("RABBITMQ_LOG_BASE", LogFolder),
        ("RABBITMQ_CONFIG_FILE", Path.Combine(Folder, "rabbitmq.conf")),
        ("RABBITMQ_CONF_ENV_FILE", Path.Combine(Folder, "none")),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", Path.Combine(Folder, "enabled_plugins")),
        ("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "+S 1:1 -kernel inet_dist_use_interface {127,0,0,1}"),
        ("ERL_EPMD_ADDRESS", "127.0.0.1"),
        ("ERL_EPMD_PORT", $"{_names}"),
        ("RUNNING_UNDER_SYSTEMD", "true"), // no shell between us and the server, which would have to pass signals on
    ];
}
