using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Wire.Grpc;

/// <summary>
/// Serves gRPC methods over Kestrel (HTTP/2). Handlers throw <see cref="RpcException"/> for any status but OK; whatever else they
/// throw is told as UNKNOWN. Every call that is refused is logged. Map first, then hand requests to <see cref="HandleAsync"/>.
/// </summary>
public sealed partial class GrpcServer(ILogger logger)
{
    private const string ContentType = "application/grpc";

    private readonly Dictionary<string, Func<HttpContext, Task>> methods = new(StringComparer.Ordinal);

    /// <summary>Judges every call before it is read, for example its token; throws <see cref="RpcException"/> to refuse it.</summary>
    public Action<HttpContext>? Authorize { get; init; }

    /// <summary>The refusal of calls to methods that are not mapped; by default what gRPC servers answer.</summary>
    public Func<string, RpcException> UnknownMethod { get; init; } =
        static path => new RpcException(new Status(StatusCode.Unimplemented, $"unknown method {path}"));

    /// <summary>Is told of every call with one response that has ended: method, status, bytes of request and response, time.</summary>
    public Action<string, StatusCode, int, int, TimeSpan>? Measured { get; init; }

    /// <summary>Serves a method with one response.</summary>
    public void Map<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, Func<TRequest, GrpcCall, Task<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        methods.Add(method.Path, http => ServeAsync(http, method, async (request, call) =>
        {
            var serving = handler(request, call);
            var answer = await (Measured is null ? serving : MeasureAsync(method.Path, request, serving)).ConfigureAwait(false);
            GrpcFraming.Write(http.Response.BodyWriter, answer, GrpcLimits.MessageBytesMax);
        }));

    /// <summary>Serves a method with a stream of responses, which ends when the handler ends.</summary>
    public void MapStream<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, Func<TRequest, GrpcResponseStream<TResponse>, GrpcCall, Task> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        methods.Add(method.Path, http => ServeAsync(
            http, method, (request, call) => handler(request, new GrpcResponseStream<TResponse>(http.Response, call.Cancelled), call)));

    /// <summary>Serves one request.</summary>
    public Task HandleAsync(HttpContext http)
    {
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return Task.CompletedTask;
        }

        if (http.Request.ContentType is not { } type || !type.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return Task.CompletedTask;
        }

        http.Response.ContentType = ContentType;
        try
        {
            Authorize?.Invoke(http);
        }
        catch (RpcException e)
        {
            Refuse(http, e.Status, e.Trailers);
            return Task.CompletedTask;
        }

        var path = http.Request.Path.Value ?? "";
        if (methods.TryGetValue(path, out var serve))
        {
            return serve(http);
        }

        var refusal = UnknownMethod(path);
        Refuse(http, refusal.Status, refusal.Trailers);
        return Task.CompletedTask;
    }

    private static void End(HttpContext http, Status status, Metadata trailers)
    {
        // A failure without any message is told among the headers ("Trailers-Only").
        if (status.StatusCode != StatusCode.OK && !http.Response.HasStarted && http.Response.BodyWriter.UnflushedBytes == 0)
        {
            Append(http.Response.Headers, status, trailers);
            return;
        }

        Append(http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers, status, trailers);
    }

    private static void Append(IHeaderDictionary headers, Status status, Metadata trailers)
    {
        headers[GrpcStatusText.StatusName] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (status.Detail.Length > 0)
        {
            headers[GrpcStatusText.MessageName] = GrpcStatusText.Encode(status.Detail);
        }

        foreach (var entry in trailers)
        {
            headers[entry.Key] = entry.IsBinary ? Convert.ToBase64String(entry.ValueBytes) : entry.Value;
        }
    }

    private static async Task<T> ReadAsync<T>(HttpContext http, MessageParser<T> parser, CancellationToken cancelled)
        where T : class, IMessage<T>
    {
        var encoding = http.Request.Headers.GrpcEncoding.ToString();
        if (encoding is not ("" or "identity"))
        {
            http.Response.Headers.GrpcAcceptEncoding = "identity";
            throw new RpcException(new Status(
                StatusCode.Unimplemented, $"grpc: Decompressor is not installed for grpc-encoding \"{encoding}\""));
        }

        // Read to the end of the request: a stream that is answered before its client has ended it is taken for aborted by some.
        T? message = null;
        var reader = http.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancelled).ConfigureAwait(false);
            var buffer = read.Buffer;
            if (message is null)
            {
                GrpcFraming.TryRead(ref buffer, parser, GrpcLimits.MessageBytesMax, out message);
            }

            var isMore = message is not null && !buffer.IsEmpty;
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (isMore)
            {
                throw new RpcException(new Status(StatusCode.Internal, "grpc: the request goes on after its message"));
            }

            if (read.IsCompleted)
            {
                return message ?? throw new RpcException(new Status(
                    StatusCode.Internal, buffer.IsEmpty ? "grpc: the request has no message" : "grpc: the request ends inside a message"));
            }
        }
    }

    private async Task<T> MeasureAsync<T>(string path, IMessage request, Task<T> serving)
        where T : class, IMessage<T>
    {
        var (began, status, size) = (Stopwatch.GetTimestamp(), StatusCode.Unknown, 0);
        try
        {
            var answer = await serving.ConfigureAwait(false);
            (status, size) = (StatusCode.OK, answer.CalculateSize());
            return answer;
        }
        catch (RpcException e)
        {
            status = e.StatusCode;
            throw;
        }
        finally
        {
            Measured!(path, status, request.CalculateSize(), size, Stopwatch.GetElapsedTime(began));
        }
    }

    private void Refuse(HttpContext http, Status status, Metadata trailers)
    {
        if (status.StatusCode != StatusCode.Cancelled)
        {
            LogRefused(logger, http.Request.Path, status.StatusCode, status.Detail);
        }

        End(http, status, trailers);
    }

    private async Task ServeAsync<TRequest, TResponse>(
        HttpContext http, GrpcMethod<TRequest, TResponse> method, Func<TRequest, GrpcCall, Task> serve)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        using var deadline = GrpcDeadline.Of(http);
        var cancelled = deadline?.Token ?? http.RequestAborted;
        try
        {
            var request = await ReadAsync(http, method.Request, cancelled).ConfigureAwait(false);
            await serve(request, new GrpcCall(http, cancelled)).ConfigureAwait(false);
            End(http, Status.DefaultSuccess, Metadata.Empty);
        }
        catch (RpcException e)
        {
            Refuse(http, e.Status, e.Trailers);
        }
        catch (Exception e) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone: nobody reads a status.
            LogGone(logger, method.Path, e.Message);
        }
        catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
        {
            End(http, new Status(StatusCode.DeadlineExceeded, "context deadline exceeded"), Metadata.Empty);
        }
#pragma warning disable CA1031 // A handler's fault is the caller's answer and ours to log; the server goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailed(logger, e, method.Path);
            End(http, new Status(StatusCode.Unknown, e.Message), Metadata.Empty);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Path}: the client is gone: {Reason}")]
    private static partial void LogGone(ILogger logger, string path, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} is refused: {Code}: {Detail}")]
    private static partial void LogRefused(ILogger logger, string path, StatusCode code, string detail);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string path);
}
