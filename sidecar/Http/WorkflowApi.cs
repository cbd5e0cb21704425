using System.Text;
using Sidecar.Hosting;
using Sidecar.Workflows;
using Wire.Workflow;
using TraceContext = Sidecar.Telemetry.TraceContext;

namespace Sidecar.Http;

/// <summary>
/// The workflow management API: <c>/v1.0/workflows/{component}/...</c>, the same under v1.0-beta1 and v1.0-alpha1. The component's name is
/// not looked at, as in Dapr, which has one engine only.
/// </summary>
internal sealed partial class WorkflowApi(AppRuntime runtime)
{
    /// <summary>Longest id that a start by HTTP accepts, in bytes of UTF-8. Source: Dapr 1.18.</summary>
    public const int InstanceIdBytesMax = 64;

    /// <summary>
    /// How long a start waits for a worker while its caller does. Dapr has no limit; proxies and clients give up within a minute or two,
    /// and a call that nobody waits for must not be kept for ever.
    /// </summary>
    public static readonly TimeSpan StartWait = TimeSpan.FromMinutes(5);

    private readonly IWorkflowEngine _engine = runtime.Workflows;
    private readonly ILogger _logger = runtime.Loggers.CreateLogger<WorkflowApi>();

    /// <summary>Serves what follows <c>workflows/</c>; null where no such path and method exists.</summary>
    public Task? Route(HttpContext http, ReadOnlySpan<char> rest, TraceContext trace)
    {
        if (!RequestPath.TrySplit(rest, out _, out var instance))
        {
            return null;
        }
        if (!RequestPath.TrySplit(instance, out var first, out var action))
        {
            return HttpMethods.IsGet(http.Request.Method) && !instance.Contains('/')
                ? Run(http, GetAsync(http, RequestPath.Unescape(instance)))
                : null;
        }
        return HttpMethods.IsPost(http.Request.Method) && Post(http, RequestPath.Unescape(first), action, trace) is { } answer
            ? Run(http, answer)
            : null;
    }

    private Task<ApiError?>? Post(HttpContext http, string first, ReadOnlySpan<char> action, TraceContext trace)
    {
        switch (action)
        {
            case "start":
                return StartAsync(http, first, trace);
            case "terminate":
                return ActAsync(
                    http,
                    token => _engine.TerminateAsync(new TerminateRequest { InstanceId = first, Recursive = true }, token),
                    e => WorkflowErrors.Terminate(first, e));
            case "pause":
                return ActAsync(
                    http, token => _engine.SuspendAsync(new SuspendRequest { InstanceId = first }, token), e => WorkflowErrors.Pause(first, e));
            case "resume":
                return ActAsync(
                    http, token => _engine.ResumeAsync(new ResumeRequest { InstanceId = first }, token), e => WorkflowErrors.Resume(first, e));
            case "purge":
                return ActAsync(
                    http,
                    token => _engine.PurgeAsync(new PurgeInstancesRequest { InstanceId = first, Recursive = true }, token),
                    e => WorkflowErrors.Purge(first, e));
            default:
                return RequestPath.TrySplit(action, out var verb, out var name) && verb is "raiseEvent" && !name.Contains('/')
                    ? RaiseEventAsync(http, first, RequestPath.Unescape(name))
                    : null;
        }
    }

    private async Task<ApiError?> StartAsync(HttpContext http, string name, TraceContext trace)
    {
        var id = http.Request.Query["instanceID"] is [{ Length: > 0 } given, ..] ? given : Guid.CreateVersion7(runtime.Time.GetUtcNow()).ToString();
        if (Refusal(id) is { } refusal)
        {
            return refusal;
        }
        var request = StartRequest(id, name, await ReadTextAsync(http), trace);
        using var limit = new CancellationTokenSource(StartWait, runtime.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);
        try
        {
            var started = await _engine.StartAsync(request, either.Token);
            await Answers.Written(http, StatusCodes.Status202Accepted, writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("instanceID"u8, started);
                writer.WriteEndObject();
            }, []);
            return null;
        }
        catch (WorkflowException e)
        {
            return WorkflowErrors.Start(name, e);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            return WorkflowErrors.Start(name, "context deadline exceeded");
        }
    }

    /// <summary>A start as the engine takes it.</summary>
    public static CreateInstanceRequest StartRequest(string id, string name, string input, TraceContext trace) =>
        new() { InstanceId = id, Name = name, Input = input, ParentTraceContext = ContextOf(trace) };

    /// <summary>What an instance is part of, in the engine's form; null for nothing.</summary>
    public static Wire.Workflow.TraceContext? ContextOf(TraceContext trace)
    {
        if (!trace.HasParent)
        {
            return null;
        }
        var context = new Wire.Workflow.TraceContext { TraceParent = trace.TraceParent };
        if (trace.TraceState.Length > 0)
        {
            context.TraceState = trace.TraceState;
        }
        return context;
    }

    private Task<ApiError?> GetAsync(HttpContext http, string id)
    {
        try
        {
            var answer = _engine.Get(new GetInstanceRequest { InstanceId = id, GetInputsAndOutputs = true });
            return answer.Exists
                ? Answered(WorkflowStateJson.Answer(http, id, answer.WorkflowState))
                : Task.FromResult<ApiError?>(WorkflowErrors.NotFound(id));
        }
        catch (WorkflowException e)
        {
            return Task.FromResult<ApiError?>(WorkflowErrors.Get(id, e));
        }

        static async Task<ApiError?> Answered(Task answer)
        {
            await answer;
            return null;
        }
    }

    private async Task<ApiError?> RaiseEventAsync(HttpContext http, string id, string name)
    {
        var request = new RaiseEventRequest { InstanceId = id, Name = name, Input = await ReadTextAsync(http) };
        return await ActAsync(http, token => _engine.RaiseEventAsync(request, token), e => WorkflowErrors.RaiseEvent(id, name, e));
    }

    private static async Task<ApiError?> ActAsync(HttpContext http, Func<CancellationToken, Task> act, Func<WorkflowException, ApiError> refusal)
    {
        try
        {
            await act(http.RequestAborted);
            await Answers.Written(http, StatusCodes.Status202Accepted, static writer =>
            {
                writer.WriteStartObject();
                writer.WriteEndObject();
            }, []);
            return null;
        }
        catch (WorkflowException e)
        {
            return refusal(e);
        }
    }

    // Dapr takes the body as text whatever its content type, and an empty one as an empty text.
    private async Task<string> ReadTextAsync(HttpContext http)
    {
        using var body = await RequestBody.ReadAsync(http, runtime.MaxBodyBytes);
        return Encoding.UTF8.GetString(body.Memory.Span);
    }

    private async Task Run(HttpContext http, Task<ApiError?> call)
    {
        ApiError? error;
        try
        {
            error = await call;
        }
        catch (BodyTooLargeException e)
        {
            error = WorkflowErrors.BodyRead(e);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for an answer any more.
            return;
        }
        if (error is not null)
        {
            LogRefused(_logger, http.Request.Method, http.Request.Path, error.Message);
            await Answers.Error(http, error);
        }
    }

    /// <summary>Why an instance cannot be started with this id, or null.</summary>
    public static ApiError? Refusal(string id) =>
        Encoding.UTF8.GetByteCount(id) > InstanceIdBytesMax ? WorkflowErrors.TooLong
        : id.EnumerateRunes().All(static rune => Rune.IsLetter(rune) || Rune.IsDigit(rune) || rune.Value is '_' or '-') ? null
        : WorkflowErrors.Invalid(id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} is refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, string method, string path, string reason);
}
