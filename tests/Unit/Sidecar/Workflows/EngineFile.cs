using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Resources;
using Sidecar.Storage;
using Sidecar.Workflows;
using Wire.Workflow;

namespace Tests.Unit.Sidecar.Workflows;

/// <summary>A workflow engine on a real file, and what tests do with it.</summary>
internal sealed class EngineFile : IAsyncDisposable
{
    public const string App = "orders";

    private static int _lastId;

    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly long _idleBytesMax;
    private readonly WorkflowRetentionPolicy? _retention;
    private readonly List<TestWorker> _workers = [];

    private EngineFile(
        string folder, TimeProvider time, ILoggerFactory loggers, long idleBytesMax, WorkflowRetentionPolicy? retention, WorkflowEngine engine)
    {
        _retention = retention;
        _idleBytesMax = idleBytesMax;
        _folder = folder;
        _time = time;
        _loggers = loggers;
        Engine = engine;
    }

    public WorkflowEngine Engine { get; private set; }

    public string Path => PathIn(_folder);

    public static Task<EngineFile> CreateAsync(
        TimeProvider? time = null, ILoggerFactory? loggers = null, long idleBytesMax = 1 << 20, WorkflowRetentionPolicy? retention = null) => OpenAsync(
            Directory.CreateTempSubdirectory("workflows-").FullName, time ?? TimeProvider.System, loggers ?? NullLoggerFactory.Instance,
            idleBytesMax, retention);

    /// <summary>
    /// What a new process finds after this one was killed at this moment: the files as they are, with nothing closed or flushed.
    /// </summary>
    public Task<EngineFile> AfterKillAsync(TimeProvider? time = null, WorkflowRetentionPolicy? retention = null)
    {
        var folder = Directory.CreateTempSubdirectory("workflows-").FullName;
        CopyTo(folder);
        return OpenAsync(folder, time ?? _time, _loggers, _idleBytesMax, retention ?? _retention);
    }

    /// <summary>Stops the engine in order and opens it again.</summary>
    public async Task RestartAsync()
    {
        _workers.ForEach(static w => w.Dispose());
        _workers.Clear();
        await Engine.DisposeAsync();
        Engine = await OpenEngineAsync(_folder, _time, _loggers, _idleBytesMax, _retention);
    }

    public TestWorker Connect(Workflows workflows)
    {
        var worker = new TestWorker(Engine, workflows);
        _workers.Add(worker);
        return worker;
    }

    /// <summary>Connects without anybody who works: the test takes the items itself.</summary>
    public ManualWorker ConnectByHand() => new(Engine);

    public Task<string> StartAsync(string name, string? input = null, string? id = null, CancellationToken cancellationToken = default) =>
        Engine.StartAsync(new CreateInstanceRequest { InstanceId = id ?? string.Empty, Name = name, Input = input }, cancellationToken)
            .WaitAsync(Deadline, TimeProvider.System, cancellationToken);

    public static TimeSpan Deadline { get; } = TimeSpan.FromSeconds(30);

    public async Task<WorkflowState> EndAsync(string id)
    {
        var request = new GetInstanceRequest { InstanceId = id, GetInputsAndOutputs = true };
        var response = await Engine.WaitForCompletionAsync(request, CancellationToken.None).WaitAsync(Deadline, TimeProvider.System);
        return response.WorkflowState;
    }

    public WorkflowState State(string id) => Engine.Get(new GetInstanceRequest { InstanceId = id, GetInputsAndOutputs = true }).WorkflowState;

    public OrchestrationStatus? Status(string id) => State(id)?.WorkflowStatus;

    public Task RaiseAsync(string id, string name, string? input = null) =>
        Engine.RaiseEventAsync(new RaiseEventRequest { InstanceId = id, Name = name, Input = input }, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        _workers.ForEach(static w => w.Dispose());
        await Engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public static Guid NextId() => new(Interlocked.Increment(ref _lastId), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);

    // A reader keeps SQLite from beginning its log anew between the two copies, which no process would ever see.
    private void CopyTo(string folder)
    {
        using var reader = new SqliteSession(Path);
        reader.Execute("BEGIN; SELECT COUNT(*) FROM instances");
        foreach (var suffix in (string[])["", "-wal"])
        {
            File.Copy(Path + suffix, PathIn(folder) + suffix);
        }
        reader.Execute("COMMIT");
    }

    /// <summary>Runs statements on the file, beside the engine.</summary>
    public void Execute(string sql)
    {
        using var session = new SqliteSession(Path);
        session.Execute(sql);
    }

    /// <summary>Lets nothing be stored until it is disposed: what is done meanwhile is stored together.</summary>
    public IDisposable Hold()
    {
        var session = new SqliteSession(Path);
        session.Execute("BEGIN IMMEDIATE");
        return session;
    }

    /// <summary>Rows in a table.</summary>
    public long Count(string table)
    {
        using var session = new SqliteSession(Path);
        return (long)session.Prepare($"SELECT COUNT(*) FROM {table}").ExecuteScalar()!;
    }

    private static string PathIn(string folder) => System.IO.Path.Combine(folder, "workflows.db");

    private static async Task<EngineFile> OpenAsync(
        string folder, TimeProvider time, ILoggerFactory loggers, long idleBytesMax, WorkflowRetentionPolicy? retention) =>
        new(folder, time, loggers, idleBytesMax, retention, await OpenEngineAsync(folder, time, loggers, idleBytesMax, retention));

    private static Task<WorkflowEngine> OpenEngineAsync(
        string folder, TimeProvider time, ILoggerFactory loggers, long idleBytesMax, WorkflowRetentionPolicy? retention) =>
        WorkflowEngine.OpenAsync(PathIn(folder), App, time, NextId, loggers, retention, idleBytesMax);
}
