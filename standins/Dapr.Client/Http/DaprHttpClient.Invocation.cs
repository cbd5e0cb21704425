using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Dapr.Client.Http;

internal sealed partial class DaprHttpClient
{
    private static readonly HttpRequestOptionsKey<string> AppIdKey = new("appId");
    private static readonly HttpRequestOptionsKey<string> MethodNameKey = new("methodName");

    public override HttpClient CreateInvokableHttpClient(string? appId = null) =>
        CreateInvokeHttpClient(appId, _channel.Endpoint.AbsoluteUri, _channel.ApiToken ?? string.Empty);

    public override HttpRequestMessage CreateInvokeMethodRequest(
        HttpMethod httpMethod, string appId, string methodName) =>
        CreateInvokeMethodRequest(httpMethod, appId, methodName, []);

    public override HttpRequestMessage CreateInvokeMethodRequest(
        HttpMethod httpMethod,
        string appId,
        string methodName,
        IReadOnlyCollection<KeyValuePair<string, string>> queryStringParameters)
    {
        ArgumentNullException.ThrowIfNull(httpMethod);
        ArgumentException.ThrowIfNullOrEmpty(appId);
        ArgumentNullException.ThrowIfNull(methodName);

        // The method's path is the caller's, query included: it is not escaped again.
        var path = new StringBuilder($"/v1.0/invoke/{appId}/method/{methodName.TrimStart('/')}");
        var separator = methodName.Contains('?') ? '&' : '?';
        foreach (var (name, value) in queryStringParameters ?? [])
        {
            path.Append(separator).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        var request = _channel.Request(httpMethod, path.ToString());
        request.Options.Set(AppIdKey, appId);
        request.Options.Set(MethodNameKey, methodName);
        return request;
    }

    public override HttpRequestMessage CreateInvokeMethodRequest<TRequest>(
        HttpMethod httpMethod,
        string appId,
        string methodName,
        IReadOnlyCollection<KeyValuePair<string, string>> queryStringParameters,
        TRequest data)
    {
        var request = CreateInvokeMethodRequest(httpMethod, appId, methodName, queryStringParameters);
        request.Content = JsonContent.Create(data, options: _json);
        return request;
    }

    [Obsolete(InvocationGuidance)]
    public override async Task<HttpResponseMessage> InvokeMethodWithResponseAsync(
        HttpRequestMessage request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.RequestUri is not null && !_channel.Endpoint.IsBaseOf(request.RequestUri))
        {
            throw new InvalidOperationException("The provided request URI is not a Dapr service invocation URI.");
        }

        try
        {
            return await _channel.Client.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException unreachable)
        {
            throw Failure(request, unreachable, response: null);
        }
    }

    [Obsolete(InvocationGuidance)]
    public override async Task InvokeMethodAsync(
        HttpRequestMessage request, CancellationToken cancellationToken = default) =>
        _ = await InvokeSuccessfullyAsync(request, cancellationToken);

    [Obsolete(InvocationGuidance)]
    public override async Task<TResponse> InvokeMethodAsync<TResponse>(
        HttpRequestMessage request, CancellationToken cancellationToken = default)
    {
        var response = await InvokeSuccessfullyAsync(request, cancellationToken);
        try
        {
            return (await response.Content.ReadFromJsonAsync<TResponse>(_json, cancellationToken))!;
        }
        catch (Exception unreadable) when (unreadable is HttpRequestException or JsonException)
        {
            throw Failure(request, unreadable, response);
        }
    }

    [Obsolete(InvocationGuidance)]
    private async Task<HttpResponseMessage> InvokeSuccessfullyAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await InvokeMethodWithResponseAsync(request, cancellationToken);
        try
        {
            return response.EnsureSuccessStatusCode();
        }
        catch (HttpRequestException refused)
        {
            throw Failure(request, refused, response);
        }
    }

    private static InvocationException Failure(
        HttpRequestMessage request, Exception cause, HttpResponseMessage? response)
    {
        request.Options.TryGetValue(AppIdKey, out var appId);
        request.Options.TryGetValue(MethodNameKey, out var methodName);
        return new InvocationException(appId, methodName, cause, response);
    }
}
