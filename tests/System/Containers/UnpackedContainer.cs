using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Cli.Access;
using Tests.Servers;

namespace Tests.System.Containers;

/// <summary>
/// An app run from its unpacked image, without a container runtime: a mount namespace of its own, the image as its root, read-only but for the volumes
/// /data and /tmp, and the image's user. The .NET runtime and the C library, which the real base image has, are this machine's.
/// </summary>
internal sealed class UnpackedContainer : IAsyncDisposable
{
    // Arguments: root, user, runtime's folder, and then the command.
    private const string Script = """
        set -e
        root=$1; user=$2; runtime=$3; shift 3
        mount --bind "$root" "$root"
        mkdir -p "$root/usr/lib" "$root/lib" "$root/lib64" "$root/proc" "$root/dev" "$root/usr/share/dotnet" "$root/data" "$root/tmp"
        for shared in /usr/lib /lib /lib64; do [ ! -d "$shared" ] || mount --rbind "$shared" "$root$shared"; done
        mount --rbind "$runtime" "$root/usr/share/dotnet"
        mount --rbind /proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount -t tmpfs -o "mode=0700,uid=$user" tmpfs "$root/data"
        mount -t tmpfs -o "mode=0700,uid=$user" tmpfs "$root/tmp"
        mount -o remount,bind,ro "$root"
        ! mkdir "$root/app/written" 2> /dev/null || exit 9
        exec chroot "--userspec=$user:$user" "$root" "$@"
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("container-").FullName;
    private readonly int _port = LoopbackPort.Free();
    private readonly StringBuilder _output = new();
    private readonly HttpClient _client = new();
    private readonly Process _process;

    private UnpackedContainer(ImageArchive image, string unshare, string program)
    {
        var root = Path.Combine(_folder, "root");
        image.UnpackTo(root);
        if (!OperatingSystem.IsWindows())
        {
            // Temporary folders are for their owner alone; the image's user has to pass.
            File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
            File.SetUnixFileMode(root, (UnixFileMode)0b111_101_101);
        }

        var start = new ProcessStartInfo(
            unshare,
            [
                "--mount", "sh", "-c", Script, "container", root, image.Settings["User"]!.GetValue<string>(), RuntimeFolder(),
                "/usr/share/dotnet/dotnet", $"/app/{program}",
            ]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        foreach (var name in image.Strings("Env").Select(e => e.Split('=', 2)).Where(e => e[0] != "PATH"))
        {
            start.Environment[name[0]] = name[1];
        }

        // The image's own port, on this machine only.
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{_port}";
        start.Environment["APP_API_TOKEN"] = NewSecret.Token();
        start.Environment["OTEL_SDK_DISABLED"] = "true";
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
    }

    /// <summary>What it printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts the app; skips the test where this machine cannot.</summary>
    public static Task<UnpackedContainer> StartAsync(ImageArchive image, string program)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "a root of its own for a process needs Linux and the user root");
        var container = new UnpackedContainer(image, Needs.Program("unshare", "util-linux"), program);
        container._process.Start();
        container._process.BeginOutputReadLine();
        container._process.BeginErrorReadLine();
        return Task.FromResult(container);
    }

    /// <summary>Whether the app says that it is healthy.</summary>
    public async Task<bool> IsHealthyAsync()
    {
        _process.HasExited.ShouldBeFalse(Output);
        try
        {
            using var answer = await _client.GetAsync(new Uri($"http://127.0.0.1:{_port}/healthz"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _client.Dispose();

        // Its mounts have gone with its namespace.
        Directory.Delete(_folder, recursive: true);
    }

    // .../shared/Microsoft.NETCore.App/10.0.1/, three folders below the one that has the program "dotnet".
    private static string RuntimeFolder() => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    private void Keep(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
