using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sidecar.Telemetry;
using Sidecar.Workflows.Logic;
using Wire.Workflow;
using StoredContext = Wire.Workflow.TraceContext;
using TraceContext = Sidecar.Telemetry.TraceContext;

namespace Sidecar.Workflows.Tracing;

/// <summary>
/// The spans of one app's workflow engine, as durabletask-go makes them. An instance's span ends when the instance does, perhaps after many restarts,
/// and until then other spans are below it already: so its id is chosen at the start and stored with it, and an activity's follows from what is
/// stored. What is not traced is handed on as it came.
/// Source: durabletask-go 0.12.4, api/helpers/tracing.go, backend/orchestration.go and backend/activity.go.
/// </summary>
/// <param name="Tracer">The app's.</param>
/// <param name="SamplingRate">Fraction of new traces that are sampled; null where tracing is off.</param>
public sealed record WorkflowTracing(Tracer Tracer, double? SamplingRate)
{
    private const string Rfc3339 = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>Traces nothing.</summary>
    public static WorkflowTracing Off { get; } = new(Tracer.Off, null);

    /// <summary>The span of a client's start, with the context that the instance is started in; both null where there is none.</summary>
    internal (StoredContext? Context, Span? Span) Create(CreateInstanceRequest request, string id)
    {
        var given = TraceParent.Keep(request.ParentTraceContext);
        if (SamplingRate is null)
        {
            return (given, null);
        }
        var context = TraceContext.ForRequest(given?.TraceParent, given?.TraceState, SamplingRate);
        if (!context.IsSampled)
        {
            return (given, null);
        }
        var name = NameOf("create_orchestration", request.Name, request.Version);
        var span = Tracer.StartWorkflow(context, name, ActivityKind.Client, Tracer.Time.GetUtcNow());
        Describe(span, "orchestration", request.Name, id)?.Tag("durabletask.task.version", request.Version);
        return (Stored(context), span);
    }

    /// <summary>The id of the span of an instance that is started in this context; null where there is none.</summary>
    internal string? SpanIdFor(StoredContext? context) =>
        SamplingRate is not null && IsSampled(context) ? ActivitySpanId.CreateRandom().ToHexString() : TraceParent.SpanOf(context);

    /// <summary>What an activity gets as its context: its own span, the same for every time that it is given out.</summary>
    internal StoredContext? OfActivity(HistoryEvent scheduled, string execution)
    {
        var above = scheduled.TaskScheduled.ParentTraceContext;
        return SamplingRate is not null && IsSampled(above) ? Stored(ActivityContext(above, execution, scheduled.EventId)) : above;
    }

    /// <summary>The span of an activity that has been answered; null where nobody records it.</summary>
    /// <param name="id">Instance id.</param>
    /// <param name="execution">The instance's generation.</param>
    /// <param name="scheduled">Its <c>taskScheduled</c>.</param>
    /// <param name="given">When a worker got it; null for one that was given out before a restart.</param>
    internal Span? Activity(string id, string execution, HistoryEvent scheduled, DateTimeOffset? given)
    {
        var task = scheduled.TaskScheduled;
        if (!Tracer.IsOn || !IsSampled(task.ParentTraceContext))
        {
            return null;
        }
        var span = Tracer.StartWorkflow(
            ActivityContext(task.ParentTraceContext, execution, scheduled.EventId), NameOf("activity", task.Name, task.Version), ActivityKind.Server,
            given ?? scheduled.Timestamp.ToDateTimeOffset());
        return Describe(span, "activity", task.Name, id)?
            .Tag("durabletask.task.task_id", scheduled.EventId)
            .Tag("durabletask.task.version", task.Version);
    }

    /// <summary>The span of a timer that has fired, from the time at which it was made; null where nobody records it.</summary>
    internal Span? Timer(InstanceState state, HistoryEvent created)
    {
        if (!Tracer.IsOn || OfInstance(state.Start) is not { IsSampled: true } above)
        {
            return null;
        }
        var span = Tracer.StartWorkflow(above.NewChild(), "timer", ActivityKind.Internal, created.Timestamp.ToDateTimeOffset());
        return Describe(span, "timer", null, state.Id)?
            .Tag("durabletask.fire_at", created.TimerCreated.FireAt.ToDateTimeOffset().ToString(Rfc3339, CultureInfo.InvariantCulture))
            .Tag("durabletask.task.task_id", created.EventId);
    }

    /// <summary>The span of an instance, or of a generation of it, that has ended; null where nobody records it.</summary>
    internal Span? Instance(InstanceState state, OrchestrationStatus status)
    {
        if (!Tracer.IsOn || OfInstance(state.Start) is not { IsSampled: true } context)
        {
            return null;
        }
        var start = state.Start.ExecutionStarted;
        var began = (state.History is [var first, ..] ? first : state.Start).Timestamp.ToDateTimeOffset();
        var span = Tracer.StartWorkflow(context, NameOf("orchestration", start.Name, start.Version), ActivityKind.Server, began);
        Describe(span, "orchestration", start.Name, state.Id)?
            .Tag("durabletask.task.version", start.Version)
            .Tag("durabletask.runtime_status", SpanWords.Of(status));
        if (state.Completed?.ExecutionCompleted.FailureDetails is { } failure)
        {
            span?.Fail(failure.ErrorMessage);
        }
        foreach (var noted in state.IsFinished ? SpanWords.Notable(state.History) : [])
        {
            span?.Add(noted);
        }
        return span;
    }

    // The context of an instance's own span. A generation that has continued as new is a root of its own, to which nothing is above.
    private static TraceContext? OfInstance(HistoryEvent start)
    {
        var started = start.ExecutionStarted;
        if (started.ParentTraceContext is not { } above || started.WorkflowSpanID is not { Length: > 0 } id)
        {
            return null;
        }
        var context = Read(above);
        return TraceParent.SpanOf(above) == id ? context : context.Child(id);
    }

    private static TraceContext ActivityContext(StoredContext above, string execution, int taskId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{execution}:{taskId}")), hash);
        return Read(above).Child(BinaryPrimitives.ReadUInt64BigEndian(hash).ToString("x16", CultureInfo.InvariantCulture));
    }

    private static TraceContext Read(StoredContext context) => new(context.TraceParent, context.TraceState ?? "");

    private static bool IsSampled(StoredContext? context) => context is not null && Read(context).IsSampled;

    private static StoredContext Stored(TraceContext context) => new()
    {
        TraceParent = context.TraceParent,
        TraceState = context.TraceState.Length > 0 ? context.TraceState : null,
    };

    private static string NameOf(string type, string name, string? version) =>
        string.IsNullOrEmpty(version) ? $"{type}||{name}" : $"{type}||{name}||{version}";

    private static Span? Describe(Span? span, string type, string? name, string id) =>
        span?.Tag("durabletask.type", type).Tag("durabletask.task.name", name).Tag("durabletask.task.instance_id", id);
}
