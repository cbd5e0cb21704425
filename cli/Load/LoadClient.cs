using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Cli.Load;

/// <summary>
/// Sends prepared orders with as little work as possible: no handlers, no cookies, no tracing, no JSON parser. Not safe
/// for several callers; each worker has its own, over shared connections.
/// </summary>
internal sealed class LoadClient(HttpMessageInvoker invoker, Uri orders, string? gatewayKey)
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private readonly byte[] buffer = new byte[4096];

    /// <summary>Connections that the clients of a run share.</summary>
    public static HttpMessageInvoker Connect(int connections) => new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = connections,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5),
        ConnectTimeout = Limits.Connect,
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
    });

    /// <summary>
    /// Sends one order; returns its id, or what went wrong ("timeout" where <paramref name="cancellation"/> ended it).
    /// </summary>
    public async Task<(string? OrderId, string? Error)> PlaceAsync(
        byte[] body, string key, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, orders);
        request.Content = new ByteArrayContent(body) { Headers = { ContentType = Json } };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        if (gatewayKey is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + gatewayKey);
        }

        try
        {
            using var answer = await invoker.SendAsync(request, cancellation);
            var length = await ReadAsync(answer, cancellation);
            return answer.StatusCode == HttpStatusCode.Accepted && OrderIdIn(buffer.AsSpan(0, length)) is { } id
                ? (id, null)
                : (null, $"HTTP {(int)answer.StatusCode}");
        }
        catch (HttpRequestException e)
        {
            return (null, e.HttpRequestError.ToString());
        }
        catch (IOException)
        {
            return (null, "connection lost");
        }
        catch (OperationCanceledException)
        {
            return (null, "timeout");
        }
    }

    /// <summary>
    /// The value of <c>"orderId"</c>. Ids hold no escapes, see <see cref="Contracts.FieldErrors.CheckId"/>.
    /// </summary>
    public static string? OrderIdIn(ReadOnlySpan<byte> json)
    {
        var name = "\"orderId\":\""u8;
        var at = json.IndexOf(name);
        if (at < 0)
        {
            return null;
        }

        var rest = json[(at + name.Length)..];
        var end = rest.IndexOf((byte)'"');
        return end < 0 ? null : Encoding.ASCII.GetString(rest[..end]);
    }

    // The answer to an accepted order is about 150 bytes; of anything longer, the first part is enough.
    private async Task<int> ReadAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        var stream = await answer.Content.ReadAsStreamAsync(cancellation);
        await using (stream)
        {
            return await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        }
    }
}
