using System.Diagnostics;
using System.Globalization;

namespace Sidecar.Telemetry;

/// <summary>Something noted on a span at a time.</summary>
/// <param name="Time">When.</param>
/// <param name="Name">What.</param>
/// <param name="Values">More about it, text or whole numbers.</param>
public sealed record SpanEvent(DateTimeOffset Time, string Name, IReadOnlyList<KeyValuePair<string, object>> Values);

/// <summary>
/// One recorded span: made only for sampled traces, changed by one caller at a time, and handed to the exporters at its end.
/// </summary>
public sealed class Span
{
    private readonly Tracer _tracer;
    private readonly long _began;
    private readonly List<KeyValuePair<string, string>> _tags = [];
    private List<SpanEvent>? _events;

    internal Span(Tracer tracer, TraceContext context, string name, ActivityKind kind, string scope)
    {
        (_tracer, Context, Name, Kind, Scope) = (tracer, context, name, kind, scope);
        (Start, _began) = (tracer.Time.GetUtcNow(), tracer.Time.GetTimestamp());
    }

    /// <summary>Its ids.</summary>
    public TraceContext Context { get; }

    /// <summary>Its name as Dapr's API says it; Zipkin shows names in lower case.</summary>
    public string Name { get; set; }

    /// <summary>Its kind.</summary>
    public ActivityKind Kind { get; }

    /// <summary>What made it: <see cref="Tracer.DaprScope"/> or <see cref="Tracer.WorkflowScope"/>.</summary>
    public string Scope { get; }

    /// <summary>When it began.</summary>
    public DateTimeOffset Start { get; internal init; }

    /// <summary>How long it took; known from its end on.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>Why it failed; null where it did not.</summary>
    public string? Error { get; private set; }

    /// <summary>Its tags in the order in which they were set.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags => _tags;

    /// <summary>What was noted on it.</summary>
    public IReadOnlyList<SpanEvent> Events => _events ?? [];

    /// <summary>Adds a tag; one without a value is none.</summary>
    public Span Tag(string key, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            _tags.Add(new(key, value));
        }
        return this;
    }

    /// <summary>Adds a whole number.</summary>
    public Span Tag(string key, long value) => Tag(key, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Notes something.</summary>
    public void Add(SpanEvent noted) => (_events ??= []).Add(noted);

    /// <summary>Marks it as failed.</summary>
    public void Fail(string reason) => Error = reason;

    /// <summary>Ends it now.</summary>
    public void End() => EndAfter(_tracer.Time.GetElapsedTime(_began));

    /// <summary>Ends it at a time that is known otherwise.</summary>
    public void EndAt(DateTimeOffset time) => EndAfter(time - Start);

    private void EndAfter(TimeSpan duration)
    {
        Duration = duration < TimeSpan.Zero ? TimeSpan.Zero : duration;
        _tracer.Export(this);
    }
}
