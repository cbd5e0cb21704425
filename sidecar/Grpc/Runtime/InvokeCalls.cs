using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.WebUtilities;
using Sidecar.Bindings;
using Sidecar.Hosting;
using Sidecar.Invocation;
using Sidecar.Telemetry;
using Wire.Grpc;
using Wire.Runtime;

namespace Sidecar.Grpc.Runtime;

/// <summary>
/// Service invocation of an app that speaks HTTP. Source: Dapr 1.18.3, pkg/api/grpc/grpc.go, pkg/channel/http, pkg/messaging/v1/util.go.
/// </summary>
internal sealed class InvokeCalls(AppRuntime runtime)
{
    private const string Prefix = "dapr-";
    private const string StatusName = "dapr-http-status";
    private const string Protobuf = "application/x-protobuf";

    // Dapr's limit of what an error's metadata repeats of the app's answer, in bytes.
    private const int ErrorTextBytesMax = 63;

    private readonly Invoker _invoker = new(runtime);

    /// <summary>Calls the app's path with the message's data as body.</summary>
    public async Task<InvokeResponse> InvokeAsync(InvokeServiceRequest request, GrpcCall call, TraceContext trace)
    {
        var message = request.Message ?? new InvokeRequest();
        if (message.HttpExtension is not { } http)
        {
            throw Refusal(request.Id, "missing HTTP extension field");
        }
        if (!System.Enum.IsDefined(http.Verb) || http.Verb == HTTPExtension.Types.Verb.None)
        {
            throw Refusal(request.Id, "invalid HTTP verb");
        }
        var (method, query) = Split(message.Method, http.Querystring);
        var (answer, refusal) = await _invoker.CallAsync(
            InvocationTarget.OfMethod(request.Id, method),
            new InvocationRequest(
                http.Verb.ToString().ToUpperInvariant(), query, HeadersOf(call.Metadata, message), message.Data?.Value.ToByteArray() ?? []),
            trace,
            call.Cancelled);
        if (answer is null)
        {
            throw RichErrors.Bare(refusal!);
        }
        using (answer)
        {
            return await AnswerAsync(answer, call);
        }
    }

    /// <summary>Answered as by HTTP: there are no output bindings.</summary>
    public static Task<InvokeBindingResponse> InvokeBinding(InvokeBindingRequest request) =>
        throw RichErrors.Of(OutputBindingApi.Refusal(request.Name, request.Operation));

    private static async Task<InvokeResponse> AnswerAsync(HttpResponseMessage answer, GrpcCall call)
    {
        var body = await answer.Content.ReadAsByteArrayAsync(call.Cancelled);
        CopyHeaders(answer, call.ResponseMetadata);
        var status = (int)answer.StatusCode;
        call.ResponseMetadata[StatusName] = $"{status}";
        return CodeOf(status) == StatusCode.OK
            ? new InvokeResponse
            {
                Data = new Any { Value = ByteString.CopyFrom(body) },
                ContentType = answer.Content.Headers.NonValidated.TryGetValues("Content-Type", out var type) ? type.ToString() : "",
            }
            : throw Failure(status, body);
    }

    private static RpcException Failure(int status, byte[] body)
    {
        var reason = ReasonPhrases.GetReasonPhrase(status);
        var text = Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, ErrorTextBytesMax)));
        return RichErrors.Create(
            CodeOf(status), reason, [RichErrors.Info(reason, ("http.code", $"{status}"), ("http.error_message", text))]);
    }

    private static StatusCode CodeOf(int status) => status switch
    {
        >= 200 and < 300 => StatusCode.OK,
        400 => StatusCode.Internal,
        401 => StatusCode.Unauthenticated,
        403 => StatusCode.PermissionDenied,
        404 => StatusCode.NotFound,
        408 => StatusCode.Cancelled,
        409 => StatusCode.AlreadyExists,
        429 => StatusCode.ResourceExhausted,
        501 => StatusCode.Unimplemented,
        503 => StatusCode.Unavailable,
        504 => StatusCode.DeadlineExceeded,
        _ => StatusCode.Unknown,
    };

    private static RpcException Refusal(string appId, string problem) => RichErrors.Bare(
        Invoker.Failed(appId, $"rpc error: code = InvalidArgument desc = {problem}"));

    private static (string Method, string Query) Split(string method, string query)
    {
        var mark = method.IndexOf('?');
        var (path, given) = mark < 0 ? (method, query) : (method[..mark], query.Length == 0 ? method[(mark + 1)..] : query);
        return (path, given.Length == 0 ? "" : "?" + Escape(given));
    }

    // What cannot stand in a request line is escaped; the rest is the caller's.
    private static string Escape(string query)
    {
        if (!query.AsSpan().ContainsAnyExceptInRange('!', '~') && !query.Contains('#'))
        {
            return query;
        }
        var text = new StringBuilder(query.Length + 16);
        foreach (var rune in query.EnumerateRunes())
        {
            text.Append(rune.Value is > ' ' and <= '~' and not '#' ? rune.ToString() : Uri.EscapeDataString(rune.ToString()));
        }
        return text.ToString();
    }

    // The metadata becomes the app's headers, but for what is about this call; what HTTP has reserved gets a prefix.
    private static HeaderDictionary HeadersOf(IHeaderDictionary metadata, InvokeRequest message)
    {
        var headers = new HeaderDictionary();
        foreach (var (name, values) in metadata)
        {
            if (name.StartsWith(':') || name.EndsWith("-bin", StringComparison.OrdinalIgnoreCase)
                || name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }
            var isReserved = name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase);
            headers[name.Equals("Host", StringComparison.OrdinalIgnoreCase) ? "dapr-authority" : isReserved ? Prefix + name : name] = values;
        }
        if (message.ContentType.Length > 0)
        {
            headers["Content-Type"] = message.ContentType;
        }
        else if (message.Data?.TypeUrl.Length > 0)
        {
            headers["Content-Type"] = Protobuf;
        }
        return headers;
    }

    private static void CopyHeaders(HttpResponseMessage answer, IHeaderDictionary metadata)
    {
        foreach (var source in new[] { answer.Headers.NonValidated, answer.Content.Headers.NonValidated })
        {
            foreach (var (name, values) in source)
            {
                if (!IsTrace(name))
                {
                    metadata[IsPermanent(name) ? Prefix + name.ToLowerInvariant() : name.ToLowerInvariant()] = values.ToString();
                }
            }
        }
    }

    private static bool IsTrace(string name) => name.ToLowerInvariant() is "traceparent" or "tracestate" or "grpc-trace-bin";

    // The headers that HTTP has registered: as metadata of a gRPC answer they would mean the answer itself.
    private static bool IsPermanent(string name) => name.ToLowerInvariant() is
        "accept" or "accept-charset" or "accept-language" or "accept-ranges" or "connection" or "keep-alive" or "proxy-connection"
        or "transfer-encoding" or "upgrade" or "cache-control" or "content-type" or "content-length" or "cookie" or "date" or "expect"
        or "from" or "host" or "if-match" or "if-modified-since" or "if-none-match" or "if-schedule-tag-match" or "if-unmodified-since"
        or "max-forwards" or "origin" or "pragma" or "referer" or "via" or "warning" or "grpc-status" or "grpc-message" or "trailer" or "te";
}
