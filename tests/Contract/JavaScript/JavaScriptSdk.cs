using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tests.Servers;

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
        await NpmFolder.InstallAsync(Folder);
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

    private static string FolderOf([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
