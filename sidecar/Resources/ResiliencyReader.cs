using System.Globalization;
using Sidecar.Resiliency;
using Sidecar.Resources.Yaml;

namespace Sidecar.Resources;

/// <summary>Reads kind <c>Resiliency</c>. Source: Dapr docs, "Resiliency policies" and "Targets".</summary>
internal static class ResiliencyReader
{
    private static readonly Dictionary<string, bool> RetryPolicies =
        new(StringComparer.Ordinal) { ["constant"] = false, ["exponential"] = true };

    private static readonly Dictionary<string, int> ActorScopes =
        new(StringComparer.Ordinal) { ["type"] = 0, ["id"] = 1, ["both"] = 2 };

    public static ResiliencyResource Read(YamlMap document, ResourceHeader header)
    {
        var spec = document.RequiredMap("spec");
        var policies = spec.Map("policies");
        var targets = spec.Map("targets");
        var references = new List<PolicyReference>();
        var resource = new ResiliencyResource(
            header.Name,
            Timeouts(policies),
            Named(policies, "retries", Retry),
            Named(policies, "circuitBreakers", CircuitBreaker),
            Named(targets, "apps", map => Target(map, references, withCacheSize: true)),
            Named(targets, "components", map => ComponentTarget(map, references)),
            header.Scopes,
            document.File) { References = references };
        _ = Named(targets, "actors", map => ActorTarget(map, references));
        policies?.Finish();
        targets?.Finish();
        spec.Finish();
        document.Finish();
        return resource;
    }

    private static Dictionary<string, TimeSpan> Timeouts(YamlMap? policies) =>
        policies?.Map("timeouts") is { } timeouts
            ? timeouts.Keys.ToDictionary(
                name => name,
                name => GoDuration.Read(timeouts, name)
                    ?? throw timeouts.Error(name, "is empty", "Write a duration such as 5s."),
                StringComparer.Ordinal)
            : [];

    private static Dictionary<string, T> Named<T>(YamlMap? parent, string key, Func<YamlMap, T> read)
    {
        var result = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var (name, map) in parent?.NamedMaps(key) ?? [])
        {
            result.Add(name, read(map));
            map.Finish();
        }

        return result;
    }

    private static RetrySettings Retry(YamlMap map)
    {
        var matching = map.Map("matching");
        var settings = new RetrySettings(
            map.Choice("policy", RetryPolicies) ?? false,
            GoDuration.Read(map, "duration") ?? TimeSpan.FromSeconds(5),
            GoDuration.Read(map, "maxInterval") ?? TimeSpan.FromSeconds(60),
            map.Integer("maxRetries", -1, int.MaxValue) ?? -1,
            matching is null ? null : Codes(matching, "httpStatusCodes", 100, 599),
            matching is null ? null : Codes(matching, "gRPCStatusCodes", 0, 16));
        matching?.Finish();
        return settings;
    }

    private static List<CodeRange>? Codes(YamlMap matching, string key, int min, int max)
    {
        // A single code may stand without quotes here, though Dapr itself wants them: 503 and "503" mean the same.
        var text = matching.AnyScalar(key);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var ranges = new List<CodeRange>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = part.Split('-');
            if (ends.Length > 2
                || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
                || first < min || last > max || last < first)
            {
                throw matching.Error(
                    key,
                    $"'{part}' is not a status code or a range of them from {min} to {max}",
                    $"Write for example \"{(min == 0 ? "2,13-14" : "429,502-504")}\", without spaces.");
            }

            ranges.Add(new CodeRange(first, last));
        }

        return ranges;
    }

    private static CircuitBreakerSettings CircuitBreaker(YamlMap map)
    {
        var trip = map.Text("trip");
        if (!TripExpression.TryParse(trip ?? "consecutiveFailures > 5", out var expression, out var problem))
        {
            throw map.Error(
                "trip", $"'{trip}' is not a condition: {problem}", "Write for example 'consecutiveFailures > 5'.");
        }

        // As in Dapr's breaker library, zero means the default.
        var maxRequests = map.Integer("maxRequests", 0, int.MaxValue) ?? 0;
        var timeout = GoDuration.Read(map, "timeout") ?? TimeSpan.Zero;
        return new CircuitBreakerSettings(
            maxRequests > 0 ? maxRequests : 1,
            GoDuration.Read(map, "interval") ?? TimeSpan.Zero,
            timeout > TimeSpan.Zero ? timeout : TimeSpan.FromSeconds(60),
            expression);
    }

    private static PolicyNames Target(YamlMap map, List<PolicyReference> references, bool withCacheSize = false)
    {
        var names = new PolicyNames(
            Reference(map, "timeout", PolicyKind.Timeout, references),
            Reference(map, "retry", PolicyKind.Retry, references),
            Reference(map, "circuitBreaker", PolicyKind.CircuitBreaker, references));
        return withCacheSize && map.Integer("circuitBreakerCacheSize", 0, 1_000_000) is > 0 and { } size
            ? names with { CircuitBreakerCacheSize = size }
            : names;
    }

    private static PolicyNames ActorTarget(YamlMap map, List<PolicyReference> references)
    {
        var scope = map.Choice("circuitBreakerScope", ActorScopes);
        var names = Target(map, references, withCacheSize: true);
        return names.CircuitBreaker is null || scope is not null
            ? names
            : throw map.Error(
                "circuitBreakerScope", "is missing: an actor's circuit breaker needs it", "Write type, id or both.");
    }

    private static ComponentPolicyNames ComponentTarget(YamlMap map, List<PolicyReference> references)
    {
        return new ComponentPolicyNames(Direction("inbound"), Direction("outbound"));

        PolicyNames Direction(string key)
        {
            if (map.Map(key) is not { } direction)
            {
                return new PolicyNames(null, null, null);
            }

            var names = Target(direction, references);
            direction.Finish();
            return names;
        }
    }

    private static string? Reference(YamlMap map, string key, PolicyKind kind, List<PolicyReference> references)
    {
        var name = map.Text(key);
        if (string.IsNullOrEmpty(name))
        {
            return null;
        }

        references.Add(new PolicyReference(kind, name, map.At(key)));
        return name;
    }
}
