using System.Diagnostics;

namespace Consistency.Telemetry;

/// <summary>
/// A span that goes on with the trace of a row or an envelope, where that trace is recorded; else only its trace context, at no cost. It is never
/// current by itself: work that is handled in one batch belongs to many traces.
/// </summary>
public readonly struct Span
{
    /// <summary>Name of the source of all these spans.</summary>
    public const string SourceName = "Consistency";

    private static readonly ActivitySource Source = new(SourceName);

    private readonly Activity? activity;
    private readonly string? parent;

    private Span(Activity? activity, string? parent)
    {
        this.activity = activity;
        this.parent = parent;
    }

    /// <summary>What the work's own messages and changes carry: this span's context, or the parent's where nothing is recorded.</summary>
    public string? Traceparent => activity?.Id ?? parent;

    /// <summary>True if it will be exported.</summary>
    public bool IsRecorded => activity is { Recorded: true };

    /// <summary>What others may link to; nothing where it is not recorded.</summary>
    public ActivityContext Context => activity is { Recorded: true } ? activity.Context : default;

    /// <summary>What runs here now, for links; nothing where it is not recorded.</summary>
    public static ActivityContext Current => Activity.Current is { Recorded: true } now ? now.Context : default;

    /// <summary>Begins a span below the work that left this context behind.</summary>
    /// <param name="operation">What is done.</param>
    /// <param name="target">With what kind of thing; few different ones. Its name is both, put together only where it is recorded.</param>
    /// <param name="kind">Its role in the exchange.</param>
    /// <param name="traceparent">The parent's context; null or unsampled, and nothing is recorded.</param>
    /// <param name="link">Another trace's span that this work also belongs to; default for none.</param>
    public static Span Continue(string operation, string target, ActivityKind kind, string? traceparent, ActivityContext link = default)
    {
        if (!Telemetry.Traceparent.IsSampled(traceparent) || !Source.HasListeners()
            || !ActivityContext.TryParse(traceparent, traceState: null, isRemote: true, out var context))
        {
            return new Span(null, traceparent);
        }

        return new Span(Start($"{operation} {target}", kind, context, link), traceparent);
    }

    /// <summary>Begins a trace of its own: work that nobody asked for, such as a round of synchronization.</summary>
    public static Span Root(string name, ActivityContext link = default) =>
        Source.HasListeners() ? new Span(Start(name, ActivityKind.Internal, default, link), null) : default;

    /// <summary>Says something about the work.</summary>
    public Span With(string name, object? value)
    {
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag(name, value);
        }

        return this;
    }

    /// <summary>Notes that something happened meanwhile, and why.</summary>
    public void Note(string happened, string reason)
    {
        if (activity is { IsAllDataRequested: true })
        {
            activity.AddEvent(new ActivityEvent(happened, tags: new ActivityTagsCollection { [SpanTags.Reason] = reason }));
        }
    }

    /// <summary>The work failed.</summary>
    public Span Failed(string reason)
    {
        activity?.SetStatus(ActivityStatusCode.Error, reason);
        return this;
    }

    /// <summary>
    /// Makes it current for the rest of the async method that calls this, so that the calls that it makes belong to it. A span that is not
    /// recorded makes nothing current, whatever was before.
    /// </summary>
    public void Enter() => Activity.Current = activity;

    /// <summary>
    /// As <see cref="Enter"/>; where nothing is recorded, what stands in for the span only passes the trace's context on to the calls.
    /// </summary>
    public void EnterOrCarry()
    {
        var carrier = activity;
        if (carrier is null && parent is not null)
        {
            carrier = new Activity("carrier").SetParentId(parent).Start();
        }

        Activity.Current = carrier;
    }

    /// <summary>
    /// For loops that serve everybody: for the rest of the async method that calls this, nothing is current. Whoever started it (a host, a
    /// request) has nothing to do with what it does.
    /// </summary>
    public static void LeaveCaller() => Activity.Current = null;

    /// <summary>It is over, and goes to the exporter.</summary>
    public void End()
    {
        if (activity is null)
        {
            return;
        }

        // Stopping would make current what was current when it began, on a thread that may serve somebody else by now.
        var current = Activity.Current;
        activity.Stop();
        Activity.Current = current == activity ? null : current;
    }

    /// <summary>It is over, and nobody need know: nothing came of the work, and nothing carries its context.</summary>
    public void Forget()
    {
        if (activity is not null)
        {
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            End();
        }
    }

    private static Activity? Start(string name, ActivityKind kind, ActivityContext parent, ActivityContext link)
    {
        var current = Activity.Current;

        // A root, where none is given: not a child of what happens to be current.
        Activity.Current = null;
        var started = Source.StartActivity(name, kind, parent, links: link == default ? null : [new ActivityLink(link)]);
        Activity.Current = current;
        if (link != default && started is { IsAllDataRequested: true })
        {
            // Zipkin's format has no links (OpenTelemetry's specification, SDK exporters, Zipkin): there the other span is found by this.
            started.SetTag(SpanTags.Link, $"00-{link.TraceId.ToHexString()}-{link.SpanId.ToHexString()}-01");
        }

        return started;
    }
}
