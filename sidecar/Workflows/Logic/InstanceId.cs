namespace Sidecar.Workflows.Logic;

/// <summary>
/// Which instance ids Dapr takes: an id becomes part of the name of a job in its scheduler, which is of printable ASCII, has no
/// slash and is at most 253 characters long.
/// </summary>
internal static class InstanceId
{
    // "actorreminder||NAMESPACE||dapr.internal.NAMESPACE.APP.workflow||ID||start" and eight random letters; the app's name is counted
    // as if it had 50 letters, which is the longest that a Kubernetes label leaves room for.
    private const int AroundId = 122;

    /// <summary>Longest id.</summary>
    public const int LengthMax = WorkflowLimits.JobNameMax - AroundId;

    /// <summary>Why an id is refused; null where it is not.</summary>
    public static string? Refusal(string id)
    {
        if (id.Length is > 0 and <= LengthMax && !id.Contains('/') && id.All(static c => c is >= ' ' and < '\x7f'))
        {
            return null;
        }
        var shown = id.Length > LengthMax ? id[..LengthMax] + "..." : id;
        return $"job name is invalid \"{shown}\": an instance id is 1 to {LengthMax} printable ASCII characters without '/'";
    }
}
