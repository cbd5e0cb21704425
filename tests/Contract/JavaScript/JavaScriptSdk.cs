using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tests.Contract.JavaScript;

/// <summary>A call that the SDK refused.</summary>
internal sealed class JavaScriptException(int? code, string message) : Exception(message)
{
    /// <summary>The gRPC status code, where it was one.</summary>
    public int? Code { get; } = code;
}

/// <summary>The official JavaScript SDK in a process of its own, driven by one of the scripts beside this file.</summary>
internal sealed class JavaScriptSdk : IAsyncDisposable
{
    private const string Mark = "@@";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan InstallPatience = TimeSpan.FromMinutes(5);
    private static readonly SemaphoreSlim Installing = new(1);

    private readonly Process _process;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode?>> _calls = new();
    private readonly ConcurrentQueue<string> _log = new();
    private int _lastCall;

    private JavaScriptSdk(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.ErrorDataReceived += (_, e) => Keep(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private static string Folder { get; } = FolderOf();

    /// <summary>What the SDK and Node.js printed.</summary>
    public string Log => string.Join('\n', _log);

    /// <summary>Starts the process; skips the test where there is no Node.js with npm.</summary>
    /// <param name="script">For example <c>workflows.mjs</c>.</param>
    /// <param name="environment">Set in addition.</param>
    public static async Task<JavaScriptSdk> StartAsync(string script, params (string Name, string Value)[] environment)
    {
        foreach (var program in new[] { "node", "npm" })
        {
            Assert.SkipUnless(Exists(program), $"{program} is not installed (Debian: apt-get install nodejs npm)");
        }
        await InstallAsync();
        var start = new ProcessStartInfo("node", [script])
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        return new JavaScriptSdk(Process.Start(start)!);
    }

    /// <summary>Calls a function of the script.</summary>
    /// <exception cref="JavaScriptException">It threw.</exception>
    public async Task<JsonNode?> CallAsync(string call, params object?[] arguments)
    {
        var id = Interlocked.Increment(ref _lastCall);
        var answer = new TaskCompletionSource<JsonNode?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[id] = answer;
        var line = JsonSerializer.Serialize(new { id, call, args = arguments });
        lock (_process)
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        try
        {
            return await answer.Task.WaitAsync(Patience, TimeProvider.System);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{call} did not answer. The SDK printed:\n{Log}", e);
        }
    }

    /// <summary>Runs an instance to its end and answers with its state.</summary>
    public async Task<JsonNode> RunAsync(string workflow, object? input, string id)
    {
        await CallAsync("schedule", workflow, input, id);
        return (await CallAsync("waitForCompletion", id))!;
    }

    /// <summary>Ends the process as <c>kill -9</c> does.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), TimeProvider.System);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Kill();
            }
        }
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null || !line.StartsWith(Mark, StringComparison.Ordinal))
        {
            Keep(line);
            return;
        }
        var answer = JsonNode.Parse(line[Mark.Length..])!;
        if (_calls.TryRemove((int)answer["id"]!, out var waiting))
        {
            if (answer["error"] is { } error)
            {
                waiting.SetException(new JavaScriptException((int?)error["code"], (string)error["message"]!));
            }
            else
            {
                waiting.SetResult(answer["result"]);
            }
        }
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _log.Enqueue(line);
        }
    }

    // The lock file says which versions; npm's own list of what it has installed says whether they are there.
    private static async Task InstallAsync()
    {
        await Installing.WaitAsync();
        try
        {
            var installed = new FileInfo(Path.Combine(Folder, "node_modules", ".package-lock.json"));
            if (installed.Exists && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json")))
            {
                return;
            }
            var start = new ProcessStartInfo("npm", ["ci"])
            {
                WorkingDirectory = Folder,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var npm = Process.Start(start)!;
            using var limit = new CancellationTokenSource(InstallPatience, TimeProvider.System);
            var output = npm.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = await npm.StandardError.ReadToEndAsync(limit.Token);
            await npm.WaitForExitAsync(limit.Token);
            npm.ExitCode.ShouldBe(0, $"npm ci: {await output}{errors}");
        }
        finally
        {
            Installing.Release();
        }
    }

    private static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static string FolderOf([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
