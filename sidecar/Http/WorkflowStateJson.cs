using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Wire.Workflow;

namespace Sidecar.Http;

/// <summary>An instance's state as the HTTP API tells it.</summary>
internal static class WorkflowStateJson
{
    private const string Prefix = "dapr.workflow.";

    /// <summary>200 with the state.</summary>
    public static Task Answer(HttpContext http, string id, WorkflowState state) =>
        Answers.Written(http, StatusCodes.Status200OK, writer => Write(writer, id, state), []);

    private static void Write(Utf8JsonWriter writer, string id, WorkflowState state)
    {
        writer.WriteStartObject();
        writer.WriteString("instanceID"u8, id);
        if (state.Name.Length > 0)
        {
            writer.WriteString("workflowName"u8, state.Name);
        }
        WriteTime(writer, "createdAt", state.CreatedTimestamp);
        WriteTime(writer, "lastUpdatedAt", state.LastUpdatedTimestamp);
        writer.WriteString("runtimeStatus"u8, StatusOf(state.WorkflowStatus));
        WriteProperties(writer, state);
        writer.WriteEndObject();
    }

    // In the order of their names, and left out where there is none, as Go writes a map.
    private static void WriteProperties(Utf8JsonWriter writer, WorkflowState state)
    {
        (string Name, string? Value)[] properties =
        [
            ("custom_status", state.CustomStatus),
            ("failure.error_message", state.FailureDetails?.ErrorMessage),
            ("failure.error_type", state.FailureDetails?.ErrorType),
            ("failure.stack_trace", state.FailureDetails?.StackTrace),
            ("input", state.Input),
            ("output", state.Output),
        ];
        if (Array.TrueForAll(properties, static property => property.Value is null))
        {
            return;
        }
        writer.WriteStartObject("properties"u8);
        foreach (var (name, value) in properties)
        {
            if (value is not null)
            {
                writer.WriteString(Prefix + name, value);
            }
        }
        writer.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter writer, string name, Timestamp? time)
    {
        if (time is not null)
        {
            // Protobuf's own JSON form, which comes with its quotation marks.
            writer.WriteString(name, time.ToString().Trim('"'));
        }
    }

    // Dapr's HTTP API has no word for a stalled instance.
    private static string StatusOf(OrchestrationStatus status) => status switch
    {
        OrchestrationStatus.Running => "RUNNING",
        OrchestrationStatus.Completed => "COMPLETED",
        OrchestrationStatus.ContinuedAsNew => "CONTINUED_AS_NEW",
        OrchestrationStatus.Failed => "FAILED",
        OrchestrationStatus.Canceled => "CANCELED",
        OrchestrationStatus.Terminated => "TERMINATED",
        OrchestrationStatus.Pending => "PENDING",
        OrchestrationStatus.Suspended => "SUSPENDED",
        _ => "UNKNOWN",
    };
}
