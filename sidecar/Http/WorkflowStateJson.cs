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

    private static void WriteProperties(Utf8JsonWriter writer, WorkflowState state)
    {
        var properties = PropertiesOf(state).ToList();
        if (properties.Count == 0)
        {
            return;
        }
        writer.WriteStartObject("properties"u8);
        foreach (var (name, value) in properties)
        {
            writer.WriteString(name, value);
        }
        writer.WriteEndObject();
    }

    /// <summary>What an instance has besides its status: in the order of the names, as Go writes a map, and without what there is not.</summary>
    public static IEnumerable<(string Name, string Value)> PropertiesOf(WorkflowState state)
    {
        (string Name, string? Value)[] all =
        [
            ("custom_status", state.CustomStatus),
            ("failure.error_message", state.FailureDetails?.ErrorMessage),
            ("failure.error_type", state.FailureDetails?.ErrorType),
            ("failure.stack_trace", state.FailureDetails?.StackTrace),
            ("input", state.Input),
            ("output", state.Output),
        ];
        return all.Where(static property => property.Value is not null).Select(static property => (Prefix + property.Name, property.Value!));
    }

    private static void WriteTime(Utf8JsonWriter writer, string name, Timestamp? time)
    {
        if (time is not null)
        {
            // Protobuf's own JSON form, which comes with its quotation marks.
            writer.WriteString(name, time.ToString().Trim('"'));
        }
    }

    /// <summary>An instance's status in the words of the management API, which has none for a stalled instance.</summary>
    public static string StatusOf(OrchestrationStatus status) => status switch
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
