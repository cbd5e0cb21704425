using System.Text.Json;
using Consistency.Identity;
using Contracts;
using Dapr.Client;
using ServiceDefaults.Commands;
using ServiceDefaults.Problems;

namespace Gateway.Forwarding;

/// <summary>
/// Passes a request on to the service that owns the answer, through Dapr service invocation. Every write carries an idempotency key,
/// the client's or one of ours, so that Dapr's retries act once.
/// </summary>
internal sealed class ServiceProxy(DaprClient dapr, IIdSource ids, ILogger<ServiceProxy> logger) : IDisposable
{
    private readonly Dictionary<string, HttpClient> clients = new[] { AppIds.Orders, AppIds.Inventory, AppIds.Invoices }
        .ToDictionary(id => id, id => dapr.CreateInvokableHttpClient(id), StringComparer.Ordinal);

    /// <summary>Forwards to the same path on the service.</summary>
    public Task ForwardAsync(HttpContext http, string appId, object? body = null) =>
        ForwardAsync(http, appId, http.Request.Path.ToUriComponent() + http.Request.QueryString.ToUriComponent(), body);

    /// <summary>Forwards to another path on the service, and copies its answer: status, location, body.</summary>
    public async Task ForwardAsync(HttpContext http, string appId, string pathAndQuery, object? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), pathAndQuery);
        if (body is not null)
        {
            request.Content = JsonContent.Create(body, body.GetType(), mediaType: null, JsonSerializerOptions.Web);
        }

        if (!HttpMethods.IsGet(http.Request.Method))
        {
            request.Headers.TryAddWithoutValidation(CommandEndpoints.KeyHeader, IdempotencyKey(http));
        }

        using var response = await SendAsync(appId, request, http.RequestAborted);
        await CopyAsync(response, http, appId);
    }

    public void Dispose()
    {
        foreach (var client in clients.Values)
        {
            client.Dispose();
        }
    }

    private string IdempotencyKey(HttpContext http)
    {
        if (!http.Request.Headers.TryGetValue(CommandEndpoints.KeyHeader, out var values))
        {
            return ids.Next();
        }

        var errors = new FieldErrors();
        errors.CheckId(CommandEndpoints.KeyHeader, values.ToString());
        RefusedException.ThrowIfAny(errors.ToDictionary());
        return values.ToString();
    }

    private async Task<HttpResponseMessage> SendAsync(string appId, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await clients[appId].SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            logger.SidecarUnreachable(appId, e.Message);
            throw Unavailable(appId);
        }
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
