using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Grpc.Core;

namespace Wire.Grpc;

/// <summary>
/// A client's way to one server: gRPC over one HTTP/2 connection (more when its streams run out), without TLS for <c>http</c>
/// addresses. Connects when used, and anew after a break. Safe for concurrent use.
/// </summary>
public sealed class GrpcChannel : IDisposable
{
    private readonly HttpClient http;
    private readonly IReadOnlyList<KeyValuePair<string, string>> metadata;

    /// <summary>Nothing is opened yet.</summary>
    /// <param name="address">Server, for example <c>http://127.0.0.1:50001</c>.</param>
    /// <param name="metadata">Sent with every call, for example <c>dapr-api-token</c>; names in lower case.</param>
    public GrpcChannel(Uri address, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        Address = address;
        this.metadata = [.. metadata ?? []];
        http = new HttpClient(new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = GrpcLimits.Connect,
            KeepAlivePingDelay = GrpcLimits.KeepAliveDelay,
            KeepAlivePingTimeout = GrpcLimits.KeepAliveTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            UseProxy = false,
            AllowAutoRedirect = false,
        })
        {
            BaseAddress = address,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>The server.</summary>
    public Uri Address { get; }

    /// <summary>One request, one response.</summary>
    /// <exception cref="RpcException">The call failed; Cancelled when <paramref name="cancellationToken"/> was.</exception>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        TResponse? answer = null;
        await foreach (var response in StreamAsync(method, request, cancellationToken).ConfigureAwait(false))
        {
            answer = answer is null ? response : throw Failure(StatusCode.Internal, $"{method.Path} answered more than once.");
        }

        return answer ?? throw Failure(StatusCode.Internal, $"{method.Path} ended without an answer.");
    }

    /// <summary>One request, any number of responses; ends when the server ends it with OK.</summary>
    /// <exception cref="RpcException">The call failed; Cancelled when <paramref name="cancellationToken"/> was.</exception>
    public async IAsyncEnumerable<TResponse> StreamAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        using var response = await SendAsync(method.Path, request, cancellationToken).ConfigureAwait(false);
        // The headers are there, so this waits for nothing: only the reads below can be cancelled.
        var reader = PipeReader.Create(await response.Content.ReadAsStreamAsync(CancellationToken.None).ConfigureAwait(false));
        try
        {
            while (await ReadAsync(reader, method.Response, cancellationToken).ConfigureAwait(false) is { } message)
            {
                yield return message;
            }
        }
        finally
        {
            await reader.CompleteAsync().ConfigureAwait(false);
        }

        ThrowUnlessOk(
            Status(response.TrailingHeaders) ?? new Status(StatusCode.Internal, $"{method.Path} ended without a grpc-status."),
            response.TrailingHeaders);
    }

    /// <summary>Closes the connection; calls under way fail.</summary>
    public void Dispose() => http.Dispose();

    private static async Task<T?> ReadAsync<T>(PipeReader reader, MessageParser<T> parser, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        try
        {
            while (true)
            {
                // Read even when a whole message is buffered: the pipe hands out what it holds without touching the socket.
                var read = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                var buffer = read.Buffer;
                if (GrpcFraming.TryRead(ref buffer, parser, int.MaxValue, out var message))
                {
                    reader.AdvanceTo(buffer.Start);
                    return message;
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                {
                    return buffer.IsEmpty ? null : throw Failure(StatusCode.Internal, "The answer ended inside a message.");
                }
            }
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw Broken(e, cancellationToken);
        }
    }

    private static void ThrowUnlessOk(Status status, HttpResponseHeaders headers)
    {
        if (status.StatusCode != StatusCode.OK)
        {
            throw new RpcException(status, Trailers(headers));
        }
    }

    private static Metadata Trailers(HttpResponseHeaders headers)
    {
        var trailers = new Metadata();
        foreach (var (name, values) in headers.NonValidated)
        {
            if (!name.EndsWith("-bin", StringComparison.Ordinal))
            {
                trailers.Add(name, values.ToString());
            }
            else if (GrpcStatusText.ReadBinary(values.ToString()) is { } bytes)
            {
                trailers.Add(name, bytes);
            }
        }

        return trailers;
    }

    private static Status? Status(HttpResponseHeaders headers) => GrpcStatusText.Read(
        headers.TryGetValues(GrpcStatusText.StatusName, out var status) ? status.First() : null,
        headers.TryGetValues(GrpcStatusText.MessageName, out var message) ? message.First() : null);

    private static RpcException Failure(StatusCode code, string detail, Exception? cause = null) =>
        new(new Status(code, detail, cause));

    private static RpcException Broken(Exception e, CancellationToken cancellationToken) => e switch
    {
        _ when cancellationToken.IsCancellationRequested => Failure(StatusCode.Cancelled, "The caller gave the call up.", e),
        HttpProtocolException { ErrorCode: 8 } => Failure(StatusCode.Cancelled, "The server gave the call up.", e),
        HttpProtocolException { ErrorCode: 11 } => Failure(StatusCode.ResourceExhausted, "The server says: enhance your calm.", e),
        _ => Failure(StatusCode.Unavailable, $"The connection broke: {e.Message}", e),
    };

    private async Task<HttpResponseMessage> SendAsync(string path, IMessage request, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new GrpcContent(request),
        };
        message.Headers.TE.Add(new("trailers"));
        foreach (var (name, value) in metadata)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw Broken(e, cancellationToken);
        }

        try
        {
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw Failure(FromHttp(response.StatusCode), $"Bad gRPC response. HTTP status code: {(int)response.StatusCode}");
            }

            // An answer without messages may carry its status among the headers ("Trailers-Only").
            if (Status(response.Headers) is { } status)
            {
                ThrowUnlessOk(status, response.Headers);
            }

            return response;
        }
        catch (RpcException)
        {
            response.Dispose();
            throw;
        }
    }

    // Source: grpc/doc/http-grpc-status-mapping.md.
    private static StatusCode FromHttp(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout =>
            StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };
}
