using System.Globalization;
using Sidecar.Zipkin.Storing;

namespace Sidecar.Zipkin.Http;

/// <summary>A parameter of a query is missing or wrong; the message says which.</summary>
internal sealed class QueryException(string message) : Exception(message);

/// <summary>Reads what is asked for, by the names of Zipkin's v2 API. Zipkin's names are in lower case, so questions are put into it.</summary>
internal static class QueryParameters
{
    // A name that means any, as in Zipkin.
    private const string AnySpan = "all";

    public static TraceQuery Traces(IQueryCollection query, TimeProvider time)
    {
        var asked = new TraceQuery(
            Positive(query, "endTs") ?? time.GetUtcNow().ToUnixTimeMilliseconds(),
            Positive(query, "lookback") ?? ZipkinLimits.DefaultLookbackMilliseconds)
        {
            Service = Label(query, "serviceName"),
            RemoteService = Label(query, "remoteServiceName"),
            SpanName = Label(query, "spanName") is var name && name == AnySpan ? null : name,
            Annotations = TraceQuery.ReadAnnotations(query["annotationQuery"]),
            MinDuration = Positive(query, "minDuration"),
            MaxDuration = Positive(query, "maxDuration"),
            Limit = (int)Math.Min(Positive(query, "limit") ?? ZipkinLimits.DefaultTraces, int.MaxValue),
        };
        return asked switch
        {
            { MaxDuration: not null, MinDuration: null } => throw new QueryException("maxDuration is only valid with minDuration"),
            _ when asked.MaxDuration < asked.MinDuration => throw new QueryException("maxDuration < minDuration"),
            _ => asked,
        };
    }

    public static TraceQuery Links(IQueryCollection query) =>
        new(
            Positive(query, "endTs") ?? throw new QueryException("endTs is missing: milliseconds of the epoch"),
            Positive(query, "lookback") ?? ZipkinLimits.DefaultLookbackMilliseconds);

    public static string Required(IQueryCollection query, string name) =>
        query.TryGetValue(name, out var values) ? values.ToString() : throw new QueryException($"{name} is missing");

    private static string? Label(IQueryCollection query, string name) =>
        query[name].ToString() is { Length: > 0 } text ? text.ToLowerInvariant() : null;

    private static long? Positive(IQueryCollection query, string name)
    {
        var text = query[name].ToString();
        return text.Length == 0 ? null
            : !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? throw new QueryException($"{name} '{text}' is no whole number")
            : number > 0 ? number
            : throw new QueryException($"{name} <= 0");
    }
}
