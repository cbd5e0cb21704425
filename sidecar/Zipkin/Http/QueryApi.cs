using Sidecar.Zipkin.Spans;
using Sidecar.Zipkin.Storing;

namespace Sidecar.Zipkin.Http;

/// <summary>The questions of Zipkin's v2 API (zipkin2-api.yaml). Traces are answered as whole spans, latest trace first.</summary>
internal sealed class QueryApi(TraceStore store, TimeProvider time)
{
    // What people look for here; a real Zipkin has them by its configuration (AUTOCOMPLETE_KEYS).
    private static readonly string[] AutocompleteKeys =
    [
        "error", "http.request.method", "http.response.status_code", "http.route", "messaging.destination.name", "otel.scope.name",
        "otel.status_code",
    ];

    public void Map(WebApplication server)
    {
        var api = server.MapGroup("/api/v2");
        api.MapGet("/services", http => JsonAnswer.NamesAsync(http, store.Services()));
        api.MapGet("/spans", http => AnswerAsync(http, q => store.SpanNames(Service(q)), JsonAnswer.NamesAsync));
        api.MapGet("/remoteServices", http => AnswerAsync(http, q => store.RemoteServices(Service(q)), JsonAnswer.NamesAsync));
        api.MapGet("/traces", http => AnswerAsync(http, q => QueryParameters.Traces(q, time).Select(store.All()), JsonAnswer.TracesAsync));
        api.MapGet("/trace/{traceId}", TraceAsync);
        api.MapGet("/traceMany", http => AnswerAsync(http, Many, JsonAnswer.TracesAsync));
        api.MapGet("/dependencies", http => AnswerAsync(http, Links, JsonAnswer.LinksAsync));
        api.MapGet("/autocompleteKeys", http => JsonAnswer.NamesAsync(http, AutocompleteKeys));
        api.MapGet("/autocompleteValues", http => AnswerAsync(http, Values, JsonAnswer.NamesAsync));
    }

    private static string Service(IQueryCollection query) => QueryParameters.Required(query, "serviceName").ToLowerInvariant();

    private static async Task AnswerAsync<T>(HttpContext http, Func<IQueryCollection, T> ask, Func<HttpContext, T, Task> answer)
    {
        T found;
        try
        {
            found = ask(http.Request.Query);
        }
        catch (Exception e) when (e is QueryException or SpanFormatException)
        {
            await TextAnswer.WriteAsync(http, StatusCodes.Status400BadRequest, e.Message);
            return;
        }

        await answer(http, found);
    }

    private Task TraceAsync(HttpContext http) => AnswerAsync(
        http,
        _ => TraceIds.Trace(((string)http.Request.RouteValues["traceId"]!).Trim()),
        (_, id) => store.Find(id) is { Count: > 0 } parts
            ? JsonAnswer.TraceAsync(http, SpanMerge.Merge(parts))
            : TextAnswer.WriteAsync(http, StatusCodes.Status404NotFound, $"{id} not found"));

    private IReadOnlyList<IReadOnlyList<Span>> Many(IQueryCollection query)
    {
        var given = QueryParameters.Required(query, "traceIds").Split(',', ZipkinLimits.TraceIdsMax);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in given)
        {
            if (!ids.Add(Span.LowTraceId(TraceIds.Trace(id))))
            {
                throw new QueryException($"redundant traceId: {id}");
            }
        }

        return ids.Count == 1
            ? throw new QueryException("Use /api/v2/trace/{traceId} endpoint to retrieve a single trace")
            : [.. ids.Select(store.Find).Where(static t => t.Count > 0).Select(SpanMerge.Merge)];
    }

    private IEnumerable<DependencyLink> Links(IQueryCollection query)
    {
        var window = QueryParameters.Links(query);
        var linker = new DependencyLinker();
        foreach (var trace in store.All().Where(t => t.Any(s => window.IsInWindow(s.Timestamp))))
        {
            linker.Add(trace);
        }

        return linker.Links;
    }

    private IEnumerable<string> Values(IQueryCollection query)
    {
        var key = QueryParameters.Required(query, "key");
        return !AutocompleteKeys.Contains(key)
            ? []
            : store.All().SelectMany(static t => t).Select(s => s.Tag(key)).OfType<string>().Distinct(StringComparer.Ordinal)
                .Take(ZipkinLimits.TagValuesMax).Order(StringComparer.Ordinal);
    }
}
