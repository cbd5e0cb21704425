using System.Collections.Frozen;
using System.Net.Http.Headers;
using Microsoft.Extensions.Primitives;
using Sidecar.Telemetry;

namespace Sidecar.Invocation;

/// <summary>Which headers an invocation hands on, and which it adds. Source: recorded requests of Dapr 1.18.3.</summary>
internal sealed class InvocationHeaders(string callerAppId)
{
    private const string LocalAddress = "127.0.0.1";

    /// <summary>The namespace of all apps of this host.</summary>
    public static readonly string Namespace = Environment.GetEnvironmentVariable("NAMESPACE") is { Length: > 0 } space ? space : "default";

    private static readonly string Host = Environment.MachineName;
    private static readonly string Forwarded = $"for={LocalAddress};by={LocalAddress};host={Host}";

    // RFC 9110, section 7.6.1: between two neighbours only.
    private static readonly string[] HopByHop =
        ["Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade"];

    // The token and the target are for this sidecar; the trace headers and the length are written anew.
    private static readonly FrozenSet<string> NotToApp = ((string[])
        [.. HopByHop, "Host", "Content-Length", "Expect", "dapr-app-id", "dapr-api-token", "traceparent", "tracestate"])
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> NotToCaller = ((string[])[.. HopByHop, "Content-Length", "traceparent", "tracestate"])
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Fills the request to the app.</summary>
    /// <param name="from">The caller's headers.</param>
    /// <param name="to">The request; its content is set where there is a body.</param>
    /// <param name="calleeAppId">Another app's id, or null for the caller's own app and for addresses outside, which get no Dapr headers.</param>
    /// <param name="trace">The app's trace context.</param>
    public void ToApp(IHeaderDictionary from, HttpRequestMessage to, string? calleeAppId, TraceContext trace)
    {
        var nominated = from.Connection;
        foreach (var (name, values) in from)
        {
            if (NotToApp.Contains(name) || (nominated.Count > 0 && IsNominated(nominated, name)))
            {
                continue;
            }
            // Refused by the first means: a header of the content, which a request without a body may have too (Content-Type on GET).
            if (!Add(to.Headers, name, values))
            {
                to.Content ??= new ByteArrayContent([]);
                Add(to.Content.Headers, name, values);
            }
        }
        to.Headers.TryAddWithoutValidation("Traceparent", trace.HeaderValue);
        if (trace.TraceState.Length > 0)
        {
            to.Headers.TryAddWithoutValidation("Tracestate", trace.TraceState);
        }
        if (calleeAppId is not null)
        {
            SetDaprHeaders(to.Headers, calleeAppId);
        }
    }

    /// <summary>Fills the answer to the caller: the app's headers, but for those that belong to the connection or the trace.</summary>
    public static void ToCaller(HttpResponseMessage from, HttpResponse to)
    {
        Copy(from.Headers.NonValidated, to.Headers);
        Copy(from.Content.Headers.NonValidated, to.Headers);
    }

    private void SetDaprHeaders(HttpRequestHeaders to, string calleeAppId)
    {
        // What callers claim about themselves in these is replaced.
        Replace(to, "Dapr-Caller-App-Id", callerAppId);
        Replace(to, "Dapr-Callee-App-Id", calleeAppId);
        Replace(to, "Dapr-Caller-Namespace", Namespace);
        // These grow with every hop.
        to.TryAddWithoutValidation("Forwarded", Forwarded);
        to.TryAddWithoutValidation("X-Forwarded-For", LocalAddress);
        to.TryAddWithoutValidation("X-Forwarded-Host", Host);
    }

    private static void Replace(HttpRequestHeaders to, string name, string value)
    {
        to.Remove(name);
        to.TryAddWithoutValidation(name, value);
    }

    private static bool Add(HttpHeaders to, string name, StringValues values) => values.Count == 1
        ? to.TryAddWithoutValidation(name, values[0])
        : to.TryAddWithoutValidation(name, (IEnumerable<string?>)values);

    private static void Copy(HttpHeadersNonValidated from, IHeaderDictionary to)
    {
        foreach (var (name, values) in from)
        {
            if (!NotToCaller.Contains(name))
            {
                to[name] = values.Count == 1 ? values.ToString() : values.ToArray();
            }
        }
    }

    private static bool IsNominated(StringValues connection, string name)
    {
        foreach (var value in connection)
        {
            foreach (var part in value.AsSpan().Split(','))
            {
                if (value.AsSpan(part).Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }
        return false;
    }
}
