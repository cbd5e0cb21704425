using Sidecar.Resources.Yaml;

namespace Sidecar.Resources;

/// <summary>Reads spec.workflow of kind <c>Configuration</c>: stateRetentionPolicy; everything else that Dapr has is refused by name.</summary>
internal static class WorkflowRetentionReader
{
    private const string Policy = "stateRetentionPolicy";
    private const string Remedy = "Write a duration with its unit, such as 0s, 90m or 720h.";

    // What Go's durations can hold.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(106_751);

    /// <summary>The policy; null where there is none.</summary>
    /// <exception cref="ResourceException">A field is wrong or not supported.</exception>
    public static WorkflowRetentionPolicy? Read(YamlMap workflow)
    {
        var policy = workflow.Map(Policy) is { } map ? ReadPolicy(map) : null;
        foreach (var field in workflow.Keys.Where(k => k != Policy))
        {
            workflow.Unsupported(field, $"Remove it; of spec.workflow only {Policy} is supported.");
        }

        workflow.Finish();
        return policy;
    }

    private static WorkflowRetentionPolicy ReadPolicy(YamlMap map)
    {
        var policy = new WorkflowRetentionPolicy(
            Duration(map, "anyTerminal"), Duration(map, "completed"), Duration(map, "failed"), Duration(map, "terminated"));
        map.Finish();
        return policy;
    }

    // Unlike in resiliency files, Dapr takes no bare number here.
    private static TimeSpan? Duration(YamlMap map, string key) => map.AnyScalar(key) switch
    {
        null => null,
        var text when text.Any(char.IsAsciiLetter) && GoDuration.TryParse(text, Longest, out var value) => value,
        var text => throw map.Error(key, $"'{text}' is not a duration", Remedy),
    };
}
