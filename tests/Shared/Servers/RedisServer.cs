using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tests.Servers;

/// <summary>
/// A real redis-server on a loopback port of its own, with its files in a directory that goes with it. Every write is in its append-only file
/// before it is answered, so that nothing it acknowledged is lost when it is killed. Compiled into every test project.
/// </summary>
internal sealed class RedisServer : IAsyncDisposable
{
    /// <summary>Name of the program.</summary>
    public const string ProgramName = "redis-server";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly string _program;
    private readonly string? _password;
    private readonly string[] _more;
    private readonly string _folder = Directory.CreateTempSubdirectory("redis-").FullName;
    private Process? _process;

    private RedisServer(string program, string? password, string[] more) => (_program, _password, _more) = (program, password, more);

    /// <summary>The port; the same after every start.</summary>
    public int Port { get; } = LoopbackPort.Free();

    /// <summary>As component files name it.</summary>
    public string Host => $"127.0.0.1:{Port}";

    /// <summary>What it has logged so far.</summary>
    public string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    private string LogFile => Path.Combine(_folder, "redis.log");

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <param name="program">Path of redis-server: <c>Needs.Redis()</c> in a test.</param>
    /// <param name="password">Password of the default user; null for none.</param>
    /// <param name="more">Further arguments, such as <c>--maxmemory 10mb</c>; they replace the own ones of the same name.</param>
    public static async Task<RedisServer> StartAsync(string program, string? password = null, params string[] more)
    {
        var server = new RedisServer(program, password, more);
        await server.StartAsync();
        return server;
    }

    /// <summary>Starts it again, on the same port and with the files that it left.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo(
            _program,
            [
                "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", _folder, "--logfile", LogFile, "--daemonize", "no",
                "--appendonly", "yes", "--appendfsync", "always", "--save", "",
                .. _password is null ? Array.Empty<string>() : ["--requirepass", _password], .. _more,
            ]) { UseShellExecute = false, RedirectStandardOutput = true };
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{_program} cannot be started");
        var waiting = Stopwatch.StartNew();
        while (!await AnswersAsync())
        {
            if (_process.HasExited || waiting.Elapsed > Patience)
            {
                throw new InvalidOperationException($"{_program} does not answer on port {Port}: {Log}");
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
        await CommandAsync("SHUTDOWN");
        await EndAsync();
    }

    /// <summary>Deletes what it has kept; between <see cref="KillAsync"/> and <see cref="StartAsync()"/>: it comes back empty.</summary>
    public void Forget()
    {
        foreach (var kept in Directory.GetDirectories(_folder))
        {
            Directory.Delete(kept, recursive: true);
        }
    }

    /// <summary>Runs a command by Debian's redis-cli, which is another client than the one under test; its output without colours.</summary>
    /// <returns>One line per value; for <c>SHUTDOWN</c> nothing.</returns>
    public async Task<string[]> CommandAsync(params string[] command)
    {
        var start = new ProcessStartInfo(Programs.Find("redis-cli")!, ["-p", $"{Port}", "--raw", .. command])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        if (_password is not null)
        {
            start.Environment["REDISCLI_AUTH"] = _password;
        }
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await errors;
        await process.WaitForExitAsync();
        return output.TrimEnd('\n').Split('\n');
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }
        Directory.Delete(_folder, recursive: true);
    }

    private async Task EndAsync()
    {
        await _process!.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    // While it reads its file after a start it answers with -LOADING; without the password with -NOAUTH.
    private async Task<bool> AnswersAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, Port);
            await using var stream = client.GetStream();
            await stream.WriteAsync("PING\r\n"u8.ToArray());
            var answer = new byte[64];
            var read = await stream.ReadAsync(answer);
            return Encoding.ASCII.GetString(answer, 0, read) is var text
                && (text.StartsWith("+PONG", StringComparison.Ordinal) || text.StartsWith("-NOAUTH", StringComparison.Ordinal));
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }
}
