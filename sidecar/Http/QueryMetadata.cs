using System.Collections.Frozen;

namespace Sidecar.Http;

/// <summary>The <c>metadata.*</c> values of a query string, names without the prefix.</summary>
internal static class QueryMetadata
{
    private const string Prefix = "metadata.";

    /// <summary>No metadata; shared.</summary>
    public static IReadOnlyDictionary<string, string> None { get; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Reads them; most requests have none, which costs nothing.</summary>
    public static IReadOnlyDictionary<string, string> Read(HttpRequest request)
    {
        if (!request.QueryString.HasValue || !request.QueryString.Value!.Contains("metadata", StringComparison.Ordinal))
        {
            return None;
        }
        Dictionary<string, string>? found = null;
        foreach (var (name, values) in request.Query)
        {
            // Query names compare without case in ASP.NET, but the metadata's own name keeps the case it was sent with.
            if (name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                (found ??= new(StringComparer.Ordinal))[name[Prefix.Length..]] = values[0] ?? "";
            }
        }
        return found ?? None;
    }
}
