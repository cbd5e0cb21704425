using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Sidecar.Http;
using Sidecar.Invocation;

namespace Sidecar.Telemetry.Describing;

/// <summary>
/// The span of a request to the HTTP API. Source: Dapr 1.18.3, pkg/diagnostics/http_tracing.go, and the Append...SpanAttributes of pkg/api/http.
/// </summary>
internal static class HttpSpan
{
    private const string UserPrefix = "dapr-";

    // A secret, which daprd shows in its spans; no trace is worth that.
    private const string TokenHeader = "dapr-api-token";

    /// <summary>Begins it; null where nobody records the trace.</summary>
    public static Span? Start(Tracer tracer, HttpContext http, TraceContext trace) =>
        tracer.Records(trace) ? tracer.Start(trace, http.Request.Path, ActivityKind.Client) : null;

    /// <summary>Ends it with what is known of the answer.</summary>
    /// <param name="span">The span.</param>
    /// <param name="http">The request, answered.</param>
    /// <param name="rawPath">Its path as it came.</param>
    /// <param name="isInvocation">True where no building block had the path.</param>
    public static void End(Span span, HttpContext http, string rawPath, bool isInvocation)
    {
        var request = http.Request;
        foreach (var (name, values) in request.Headers)
        {
            if (name.StartsWith(UserPrefix, StringComparison.OrdinalIgnoreCase) && !name.Equals(TokenHeader, StringComparison.OrdinalIgnoreCase))
            {
                span.Tag(name.ToLowerInvariant(), values[^1]);
            }
        }
        var call = $"{request.Method} {request.Path}";
        Describe(span, call, http, rawPath, isInvocation);
        var status = http.Response.StatusCode;
        span.Tag("dapr.protocol", "http")
            .Tag("dapr.api", call)
            .Tag("dapr.status_code", status)
            .Tag("http.request.method", request.Method)
            .Tag("url.full", http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget)
            // The caller's: daprd takes it for the server's.
            .Tag("server.address", http.Connection.RemoteIpAddress?.MapToIPv4().ToString())
            .Tag("server.port", http.Connection.RemotePort.ToString(CultureInfo.InvariantCulture));
        FailFor(span, status);
        span.End();
    }

    /// <summary>Marks it as failed where the status says so.</summary>
    public static void FailFor(Span span, int status)
    {
        if (status >= StatusCodes.Status400BadRequest)
        {
            span.Fail($"Code({status}): {(ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } reason ? reason : "Unknown")}");
        }
    }

    private static void Describe(Span span, string call, HttpContext http, string rawPath, bool isInvocation)
    {
        if (isInvocation)
        {
            if (InvocationTarget.Read(http.Request, rawPath) is { } target)
            {
                span.Name = InvocationSpan.NameOf(target.AppId, target.Method);
                span.Tag("rpc.service", "ServiceInvocation").Tag("net.peer.name", target.AppId);
            }
            return;
        }
        // /v1.0/{block}/{component}/...
        var parts = rawPath.Split('/', 5);
        if (parts is not [_, _, var block, var component, ..])
        {
            return;
        }
        switch (block)
        {
            case "state" or "bindings" or "secrets":
                span.Tag("db.system", block)
                    .Tag("db.connection_string", block)
                    .Tag("db.statement", call)
                    .Tag("db.name", RequestPath.Unescape(component));
                break;
            case "publish":
                span.Tag("messaging.system", "pubsub");
                break;
        }
    }
}
