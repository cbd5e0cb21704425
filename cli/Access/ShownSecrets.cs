using Cli.Running;

namespace Cli.Access;

/// <summary>
/// What this command shows to a gateway or a sidecar: what the user says (<c>--key</c>, CONSISTENCY_API_KEY, DAPR_API_TOKEN), else what the run on
/// this machine has published, for its own addresses only: no secret is sent to anybody else.
/// </summary>
internal static class ShownSecrets
{
    public const string KeyVariable = "CONSISTENCY_API_KEY";

    private const string TokenVariable = "DAPR_API_TOKEN";

    /// <summary>The option <c>--key</c>, for the whole process.</summary>
    public static string? GivenKey { get; set; }

    /// <summary>Where the run in this checkout publishes its secrets.</summary>
    public static string FileOf(RepoRoot root) => root.PathOf(".run", "current.json");

    /// <summary>The key for a gateway; null for none.</summary>
    public static string? KeyFor(Uri gateway) =>
        GivenKey ?? FromEnvironment(KeyVariable)
        ?? (Current() is { } run && run.Gateway.Authority == gateway.Authority ? run.OperatorKey : null);

    /// <summary>The token for a sidecar; null for none.</summary>
    public static string? TokenFor(Uri sidecar) =>
        FromEnvironment(TokenVariable) ?? (sidecar.IsLoopback ? Current()?.DaprApiToken : null);

    private static string? FromEnvironment(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static RunSecrets? Current()
    {
        try
        {
            return RunSecrets.Read(FileOf(RepoRoot.Find()));
        }
        catch (CliException)
        {
            return null; // outside of a checkout there is no run
        }
    }
}
