using System.Net;
using System.Text.Json;

namespace Dapr.Client.Http;

/// <summary>Sends requests to one sidecar and turns whatever goes wrong into a <see cref="DaprException"/>.</summary>
internal sealed class SidecarChannel : IDisposable
{
    /// <summary>
    /// More than any answer of a sidecar about itself; what is longer comes from elsewhere and is cut.
    /// </summary>
    private const int ErrorTextLengthMax = 2000;

    public SidecarChannel(Uri endpoint, string? apiToken, TimeSpan timeout)
    {
        Endpoint = endpoint;
        ApiToken = string.IsNullOrWhiteSpace(apiToken) ? null : apiToken;
        Client = new HttpClient(SharedConnections.Handler, disposeHandler: false);
        if (timeout > TimeSpan.Zero)
        {
            Client.Timeout = timeout;
        }
    }

    public Uri Endpoint { get; }

    public string? ApiToken { get; }

    public HttpClient Client { get; }

    /// <summary>A request with the API token.</summary>
    public HttpRequestMessage Request(HttpMethod method, string pathAndQuery, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, new Uri(Endpoint, pathAndQuery)) { Content = content };
        if (ApiToken is not null)
        {
            request.Headers.TryAddWithoutValidation(SidecarHeaders.ApiToken, ApiToken);
        }

        return request;
    }

    /// <summary>Sends a request whose answer must be a success.</summary>
    /// <param name="operation">What is done, for the message of an error: <c>Publish</c>.</param>
    /// <param name="request">The request, which is disposed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DaprException">The sidecar refused or did not answer.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        string operation, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await SendAnyAsync(operation, request, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await ErrorAsync(operation, response, cancellationToken);
        }
    }

    /// <summary>Sends a request and returns the answer, whatever its status.</summary>
    /// <exception cref="DaprException">The sidecar did not answer.</exception>
    public async Task<HttpResponseMessage> SendAnyAsync(
        string operation, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            try
            {
                return await Client.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException unreachable)
            {
                throw new DaprException(
                    $"{operation} operation failed: the Dapr endpoint {Endpoint} could not be reached "
                    + $"({unreachable.Message}).",
                    unreachable);
            }
            catch (TaskCanceledException late) when (!cancellationToken.IsCancellationRequested)
            {
                throw new DaprException(
                    $"{operation} operation failed: the Dapr endpoint {Endpoint} did not answer within "
                    + $"{Client.Timeout.TotalSeconds} s.",
                    late);
            }
        }
    }

    /// <summary>The exception that tells what a sidecar answered instead of a success.</summary>
    public static async Task<DaprException> ErrorAsync(
        string operation, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return Error(operation, response.StatusCode, body);
    }

    /// <inheritdoc cref="ErrorAsync"/>
    public static DaprException Error(string operation, HttpStatusCode status, ReadOnlyMemory<byte> body)
    {
        var message = $"{operation} operation failed: the Dapr endpoint answered {(int)status}{Text(body)}";
        return new DaprException(
            message, new HttpRequestException(HttpRequestError.Unknown, message, inner: null, statusCode: status));
    }

    public void Dispose() => Client.Dispose();

    private static string Text(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            return ".";
        }

        try
        {
            var error = JsonSerializer.Deserialize<DaprError>(body.Span, JsonSerializerOptions.Web);
            if (error?.ErrorCode is not null)
            {
                return $" {error.ErrorCode}: {error.Message}";
            }
        }
        catch (JsonException)
        {
            // Some answers are plain text: 401 "invalid api token".
        }

        var text = System.Text.Encoding.UTF8.GetString(body.Span);
        return ": " + (text.Length <= ErrorTextLengthMax ? text : text[..ErrorTextLengthMax] + "...");
    }
}
