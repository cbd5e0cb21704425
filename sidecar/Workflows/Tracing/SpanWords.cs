using Sidecar.Telemetry;
using Wire.Workflow;

namespace Sidecar.Workflows.Tracing;

/// <summary>What an instance's span says of its history, in durabletask-go's words (backend/orchestration.go, addNotableEventsToSpan).</summary>
internal static class SpanWords
{
    /// <summary>A status.</summary>
    public static string Of(OrchestrationStatus status) =>
        status == OrchestrationStatus.ContinuedAsNew ? "CONTINUED_AS_NEW" : status.ToString().ToUpperInvariant();

    /// <summary>What somebody did to the instance from outside.</summary>
    public static IEnumerable<SpanEvent> Notable(IEnumerable<HistoryEvent> history)
    {
        foreach (var e in history)
        {
            var time = e.Timestamp.ToDateTimeOffset();
            switch (e.EventTypeCase)
            {
                case HistoryEvent.EventTypeOneofCase.EventRaised:
                    yield return new(time, "Received external event",
                        [new("name", e.EventRaised.Name), new("size", System.Text.Encoding.UTF8.GetByteCount(e.EventRaised.Input ?? ""))]);
                    break;
                case HistoryEvent.EventTypeOneofCase.ExecutionSuspended:
                    yield return new(time, "Execution suspended", [new("reason", e.ExecutionSuspended.Input ?? "")]);
                    break;
                case HistoryEvent.EventTypeOneofCase.ExecutionResumed:
                    yield return new(time, "Execution resumed", [new("reason", e.ExecutionResumed.Input ?? "")]);
                    break;
                case HistoryEvent.EventTypeOneofCase.ExecutionStalled:
                    var stalled = e.ExecutionStalled;
                    yield return new(time, "Execution stalled", [new("reason", Of(stalled.Reason)), new("description", stalled.Description)]);
                    break;
            }
        }
    }

    private static string Of(StalledReason reason) => reason switch
    {
        StalledReason.PatchMismatch => "PATCH_MISMATCH",
        StalledReason.VersionNotAvailable => "VERSION_NOT_AVAILABLE",
        StalledReason.PayloadSizeExceeded => "PAYLOAD_SIZE_EXCEEDED",
        _ => reason.ToString(),
    };
}
