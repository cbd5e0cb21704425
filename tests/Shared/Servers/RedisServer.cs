using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Tests.Servers;

/// <summary>
/// A real redis-server on a loopback port of its own, with its files in a directory that goes with it. Every write is in its append-only file
/// before it is answered, so that nothing it acknowledged is lost when it is killed.
/// </summary>
internal sealed class RedisServer : ServerProcess
{
    /// <summary>Name of the program.</summary>
    public const string ProgramName = "redis-server";

    private readonly string? _password;
    private readonly string[] _more;

    private RedisServer(string program, string? password, string[] more)
        : base(program, "redis", TimeSpan.FromSeconds(30)) => (_password, _more) = (password, more);

    /// <summary>As component files name it.</summary>
    public string Host => $"127.0.0.1:{Port}";

    /// <inheritdoc/>
    public override string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    private string LogFile => Path.Combine(Folder, "redis.log");

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

    /// <summary>Deletes what it has kept; between <see cref="ServerProcess.KillAsync"/> and <see cref="ServerProcess.StartAsync"/>: it comes back empty.</summary>
    public void Forget()
    {
        foreach (var kept in Directory.GetDirectories(Folder))
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
    protected override void Configure(ProcessStartInfo start)
    {
        foreach (var argument in (string[])
            [
                "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", Folder, "--logfile", LogFile, "--daemonize", "no",
                "--appendonly", "yes", "--appendfsync", "always", "--save", "",
                .. _password is null ? Array.Empty<string>() : ["--requirepass", _password], .. _more,
            ])
        {
            start.ArgumentList.Add(argument);
        }
    }

    /// <inheritdoc/>
    protected override Task RequestStopAsync() => CommandAsync("SHUTDOWN");

    // While it reads its file after a start it answers with -LOADING; without the password with -NOAUTH.
    /// <inheritdoc/>
    protected override async Task<bool> GreetsAsync(NetworkStream stream)
    {
        await stream.WriteAsync("PING\r\n"u8.ToArray());
        var answer = new byte[64];
        var read = await stream.ReadAsync(answer);
        return Encoding.ASCII.GetString(answer, 0, read) is var text
            && (text.StartsWith("+PONG", StringComparison.Ordinal) || text.StartsWith("-NOAUTH", StringComparison.Ordinal));
    }
}
