using System.Net;
using System.Text.Json;
using Consistency.Identity;
using Contracts;
using Dapr.Client;
using Gateway.Security;
using ServiceDefaults.Commands;
using ServiceDefaults.Problems;
using ServiceDefaults.Security;

namespace Gateway.Forwarding;

/// <summary>
/// Passes a request on to the service that owns the answer, through Dapr service invocation. Every write carries an idempotency key,
/// the client's or one of ours, so that Dapr's retries act once.
/// </summary>
internal sealed class ServiceProxy(DaprClient dapr, IIdSource ids, ILogger<ServiceProxy> logger) : IDisposable
{
    private readonly Dictionary<string, HttpClient> clients = new[] { AppIds.Orders, AppIds.Inventory, AppIds.Invoices }
        .ToDictionary(id => id, id => CreateClient(dapr, id), StringComparer.Ordinal);

    /// <summary>Forwards to the same path on the service.</summary>
    public Task ForwardAsync(HttpContext http, string appId, object? body = null) =>
        ForwardAsync(http, appId, http.Request.Path.ToUriComponent() + http.Request.QueryString.ToUriComponent(), body);

    /// <summary>Forwards to another path on the service, and copies its answer: status, location, body.</summary>
    public async Task ForwardAsync(HttpContext http, string appId, string pathAndQuery, object? body)
    {
        ThrowIfDisguised(http.Request.Path);
        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), pathAndQuery);
        if (body is not null)
        {
            request.Content = JsonContent.Create(body, body.GetType(), mediaType: null, JsonSerializerOptions.Web);
            // With its length: a body that does not say it is streamed by Dapr, and so not sent again, whatever the retry policy says.
            await request.Content.LoadIntoBufferAsync();
        }

        if (!HttpMethods.IsGet(http.Request.Method))
        {
            var key = IdempotencyKey(http);
            request.Headers.TryAddWithoutValidation(CommandEndpoints.KeyHeader, key);
            http.Response.Headers[CommandEndpoints.KeyHeader] = key;
            if (Caller.Of(http).Key is { Role: ApiRole.Operator } who)
            {
                request.Headers.TryAddWithoutValidation(Operator.Header, who.Id);
            }
        }

        if (http.Request.Headers.IfMatch.Count > 0)
        {
            request.Headers.TryAddWithoutValidation("If-Match", http.Request.Headers.IfMatch.ToString());
        }

        try
        {
            using var response = await clients[appId].SendAsync(request, HttpCompletionOption.ResponseHeadersRead, http.RequestAborted);
            await CopyAsync(response, http, appId);
        }
        catch (Exception e) when (IsAbsence(e, http.RequestAborted) && !http.Response.HasStarted)
        {
            logger.SidecarUnreachable(appId, e.Message);
            throw Unavailable(appId);
        }
    }

    /// <summary>Asks a service for one thing; null where it answers 404.</summary>
    /// <exception cref="RefusedException">503: it does not answer, or not as it should.</exception>
    public async Task<T?> AskAsync<T>(string appId, string path, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            using var response = await clients[appId].GetAsync(path, cancellationToken);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }

            if (response.StatusCode != HttpStatusCode.OK)
            {
                logger.ServiceFailed(appId, (int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
                throw Unavailable(appId);
            }

            return await response.Content.ReadFromJsonAsync<T>(JsonSerializerOptions.Web, cancellationToken);
        }
        catch (Exception e) when (IsAbsence(e, cancellationToken))
        {
            logger.SidecarUnreachable(appId, e.Message);
            throw Unavailable(appId);
        }
    }

    public void Dispose()
    {
        foreach (var client in clients.Values)
        {
            client.Dispose();
        }
    }

    // A slash that is escaped ("..%2Fdeadletters") is part of one segment here, by which the route and its role were found; Dapr unescapes the path and
    // takes ".." out, so that the service would see another one. Only such escapes are left in a decoded path, and no id has any.
    private static void ThrowIfDisguised(PathString path)
    {
        if (path.Value is { } text && text.Contains('%'))
        {
            throw RefusedException.NotFound("path", text);
        }
    }

    // Longer than the resiliency policy of service invocation (6 attempts of 5 s, 5 pauses of 0.2 s): the policy gives up first.
    private static HttpClient CreateClient(DaprClient dapr, string appId)
    {
        var client = dapr.CreateInvokableHttpClient(appId);
        client.Timeout = TimeSpan.FromSeconds(35);
        return client;
    }

    private static bool IsAbsence(Exception exception, CancellationToken cancellationToken) =>
        exception is HttpRequestException or IOException or TaskCanceledException && !cancellationToken.IsCancellationRequested;

    private string IdempotencyKey(HttpContext http)
    {
        if (!http.Request.Headers.TryGetValue(CommandEndpoints.KeyHeader, out var values))
        {
            return ids.Next();
        }

        // The header is a structured-field string, hence in quotation marks (draft-ietf-httpapi-idempotency-key-header, section 2.1);
        // most clients leave them out.
        var key = values.ToString();
        key = key.Length >= 2 && key[0] == '"' && key[^1] == '"' ? key[1..^1] : key;
        var errors = new FieldErrors();
        errors.CheckId(CommandEndpoints.KeyHeader, key);
        RefusedException.ThrowIfAny(errors);
        return key;
    }

    private async Task CopyAsync(HttpResponseMessage response, HttpContext http, string appId)
    {
        var contentType = response.Content.Headers.ContentType?.ToString();
        if ((int)response.StatusCode >= 500)
        {
            // A service's own problem stays in its log; the sidecar says that it found nobody. Neither is the client's business.
            logger.ServiceFailed(appId, (int)response.StatusCode, await response.Content.ReadAsStringAsync(http.RequestAborted));
            throw Unavailable(appId);
        }

        http.Response.StatusCode = (int)response.StatusCode;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = response.Content.Headers.ContentLength;
        if (response.Headers.ETag is { } tag)
        {
            http.Response.Headers.ETag = tag.ToString();
        }

        if (response.Headers.Location is { } location)
        {
            http.Response.Headers.Location = location.ToString();
        }

        await response.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
    }

    private static RefusedException Unavailable(string appId) => new(
        StatusCodes.Status503ServiceUnavailable,
        "The service does not answer.",
        $"'{appId}' does not answer right now. Send the request again, with the same {CommandEndpoints.KeyHeader} if it is a write.");
}
