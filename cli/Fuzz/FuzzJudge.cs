using System.Text.RegularExpressions;

namespace Cli.Fuzz;

/// <summary>Tells right answers to wrong requests from wrong ones.</summary>
internal static partial class FuzzJudge
{
    // What a real daprd answers with 500 by contract; most are in the recordings of one.
    private static readonly Dictionary<string, string> Documented = new(StringComparer.Ordinal)
    {
        ["ERR_DIRECT_INVOKE"] = "an unknown app id, a body over the limit, an app that breaks off",
        ["ERR_PUBSUB_CLOUD_EVENTS_SER"] = "a malformed CloudEvent",
        ["ERR_PUBSUB_PUBLISH_MESSAGE"] = "a body over the limit",
        ["ERR_INVOKE_OUTPUT_BINDING"] = "no such output binding, or a body that is none",
        ["ERR_STATE_TRANSACTION"] = "an operation of a transaction that cannot be carried out",
        ["ERR_STATE_SAVE"] = "first-write without ETag on a key that exists",
        ["ERR_STATE_DELETE"] = "a delete that cannot be carried out",
        ["ERR_STATE_STORE_NOT_CONFIGURED"] = "an app without a state store",
        ["ERR_STATE_STORE_NOT_SUPPORTED"] = "a query to a store that has none",
        ["ERR_CONFIGURATION_STORE_NOT_CONFIGURED"] = "an app without a configuration store",
        ["ERR_PAUSE_WORKFLOW"] = "a workflow that does not exist",
        ["ERR_RESUME_WORKFLOW"] = "a workflow that does not exist",
        ["ERR_RAISE_EVENT_WORKFLOW"] = "a workflow that does not exist",
        ["ERR_TERMINATE_WORKFLOW"] = "an app without a workflow worker",
        ["ERR_PURGE_WORKFLOW"] = "an app without a workflow worker",
        ["ERR_GET_WORKFLOW"] = "an app without a workflow worker",
    };

    /// <summary>Null for a right answer, else what is wrong with it.</summary>
    public static string? Violation(FuzzRequest request, RawAnswer answer) => answer switch
    {
        { IsAway: true } => "nobody listens any more",
        { Hangs: true } => "neither an answer nor an end",
        { Status: >= 500 and var status } when !IsDocumented(request, status, answer.Text) => $"status {status}",
        _ when StackTrace().IsMatch(answer.Text) => "a stack trace in the answer",
        _ => null,
    };

    // 503: a service that is away or overloaded, as the API's description says. 505: a version of HTTP that is none (RFC 9110, section 15.6.6).
    private static bool IsDocumented(FuzzRequest request, int status, string text) =>
        status == 505
        || (status == 503 && text.Contains("application/problem+json", StringComparison.OrdinalIgnoreCase))
        || (request.Target.Kind == TargetKind.Sidecar && IsHead(request)) // has no body that could say which
        || (request.Target.Kind == TargetKind.Sidecar && ErrorCode().Match(text) is { Success: true } match
            && Documented.ContainsKey(match.Groups["code"].Value));

    private static bool IsHead(FuzzRequest request) => request.Bytes.AsSpan().StartsWith("HEAD "u8);

    [GeneratedRegex("\"errorCode\":\"(?<code>[A-Z_]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex ErrorCode();

    [GeneratedRegex(@"^\s+at [\w.`<>]+\(|Exception: .*\n", RegexOptions.Multiline)]
    private static partial Regex StackTrace();
}
