using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sidecar.Bindings;
using Sidecar.Hosting;
using Sidecar.Invocation;
using Sidecar.PubSub;
using Sidecar.State;
using Sidecar.Telemetry;
using Sidecar.Telemetry.Describing;
using Sidecar.Telemetry.Metrics;

namespace Sidecar.Http;

/// <summary>
/// The HTTP API of one app's sidecar. All requests go through one delegate with a path switch instead of endpoint routing: this is
/// the hot path of the whole system. Statuses, headers and bodies are those of Dapr 1.18.
/// </summary>
public sealed class HttpFace
{
    private const string V1 = "/v1.0/";
    private const string Alpha1 = "/v1.0-alpha1/";
    private const string Beta1 = "/v1.0-beta1/";
    private const string TokenHeader = "dapr-api-token";

    private readonly AppRuntime _runtime;
    private readonly byte[]? _token;
    private readonly HealthApi _health;
    private readonly MetadataApi _metadata;
    private readonly PublishApi _publish;
    private readonly StateApi _state;
    private readonly WorkflowApi _workflows;
    private readonly OutputBindingApi _bindings;
    private readonly Invoker _invoker;
    private readonly Tracer _tracer;

    private HttpFace(AppRuntime runtime, IPublisher publisher)
    {
        _runtime = runtime;
        _token = string.IsNullOrEmpty(runtime.ApiToken) ? null : Encoding.UTF8.GetBytes(runtime.ApiToken);
        _health = new HealthApi(runtime);
        _metadata = new MetadataApi(runtime);
        _publish = new PublishApi(runtime, publisher);
        _state = new StateApi(runtime);
        _workflows = new WorkflowApi(runtime);
        _bindings = new OutputBindingApi(runtime);
        _invoker = new Invoker(runtime);
        _tracer = runtime.Telemetry.Tracer;
    }

    /// <summary>Makes <paramref name="app"/> answer as the sidecar of <paramref name="runtime"/>'s app. Call once per app and port.</summary>
    /// <exception cref="Resources.ResourceException">A state component's <c>keyPrefix</c> is illegal.</exception>
    public static void Map(IApplicationBuilder app, AppRuntime runtime, IPublisher publisher)
    {
        var face = new HttpFace(runtime, publisher);
        app.Run(runtime.Telemetry.Meter is { } meter ? http => face.MeasureAsync(meter, http) : face.HandleAsync);
    }

    /// <summary>Sets what this API needs of the server that it is mapped to.</summary>
    public static void Configure(KestrelServerOptions server)
    {
        server.AddServerHeader = false;
        // The API checks its own limit, to answer as Dapr does.
        server.Limits.MaxRequestBodySize = null;
        // Invocation hands header bytes on as they came, whatever their encoding: Latin-1 maps each to one character and back.
        server.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
        server.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
    }

    private async Task MeasureAsync(SidecarMeter meter, HttpContext http)
    {
        var began = _runtime.Time.GetTimestamp();
        try
        {
            await HandleAsync(http);
        }
        finally
        {
            meter.HttpServed(
                http.Request.Method, http.Request.Path.Value ?? "", http.Response.StatusCode, http.Request.ContentLength ?? 0,
                http.Response.ContentLength ?? 0, _runtime.Time.GetElapsedTime(began));
        }
    }

    private Task HandleAsync(HttpContext http)
    {
        var path = RequestPath.Raw(http);
        if (path is "/v1.0/healthz" or "/v1.0/healthz/outbound")
        {
            return !HttpMethods.IsGet(http.Request.Method) ? Answers.NotFound(http)
                : path.EndsWith('z') ? _health.GetAsync(http)
                : _health.GetOutboundAsync(http);
        }

        var headers = http.Request.Headers;
        var trace = TraceContext.ForRequest(headers.TraceParent, headers.TraceState, _runtime.TracingSamplingRate);
        http.Response.Headers.TraceParent = trace.HeaderValue;
        if (trace.TraceState.Length > 0)
        {
            http.Response.Headers.TraceState = trace.TraceState;
        }
        if (_token is not null && !HasToken(http))
        {
            return Answers.Unauthorized(http);
        }
        return HttpSpan.Start(_tracer, http, trace) is { } span
            ? RunAsync(span, http, path, trace)
            : Route(http, path, trace) ?? _invoker.HandleAsync(http, path, trace);
    }

    private async Task RunAsync(Span span, HttpContext http, string path, TraceContext trace)
    {
        var block = Route(http, path, trace);
        try
        {
            await (block ?? _invoker.HandleAsync(http, path, trace));
        }
        finally
        {
            HttpSpan.End(span, http, path, isInvocation: block is null);
        }
    }

    // Null where no building block answers to this path and method: then it may still be an invocation.
    private Task? Route(HttpContext http, string path, TraceContext trace)
    {
        if (path.StartsWith(V1, StringComparison.Ordinal))
        {
            RequestPath.TrySplit(path.AsSpan(V1.Length), out var block, out var rest);
            return block switch
            {
                "state" => _state.Route(http, rest),
                "publish" => RoutePublish(http, rest, trace),
                "metadata" => RouteMetadata(http, rest),
                "workflows" => _workflows.Route(http, rest, trace),
                "bindings" => _bindings.Route(http, rest),
                "shutdown" when rest.IsEmpty && HttpMethods.IsPost(http.Request.Method) => Shutdown(http),
                _ => Absent(http, block, rest, isStable: true),
            };
        }
        if (path.StartsWith(Alpha1, StringComparison.Ordinal))
        {
            RequestPath.TrySplit(path.AsSpan(Alpha1.Length), out var block, out var rest);
            return block switch
            {
                "publish" when rest.StartsWith("bulk/") => RoutePublish(http, rest, trace),
                "state" => _state.RouteQuery(http, rest),
                "workflows" => _workflows.Route(http, rest, trace),
                _ => Absent(http, block, rest, isStable: false),
            };
        }
        if (path.StartsWith(Beta1, StringComparison.Ordinal))
        {
            RequestPath.TrySplit(path.AsSpan(Beta1.Length), out var block, out var rest);
            return block is "workflows" ? _workflows.Route(http, rest, trace) : null;
        }
        return null;
    }

    private static Task? Absent(HttpContext http, ReadOnlySpan<char> block, ReadOnlySpan<char> rest, bool isStable) =>
        AbsentBlocks.Find(http.Request.Method, block, rest, isStable) is { } error ? Answers.Error(http, error) : null;

    private Task? RoutePublish(HttpContext http, ReadOnlySpan<char> rest, TraceContext trace)
    {
        if (!IsPostOrPut(http) || !RequestPath.TrySplit(rest, out var pubsub, out var topic))
        {
            return null;
        }
        // A topic may hold slashes, so that "bulk/pubsub/topic" is a bulk publish and never a topic of a component named bulk.
        if (pubsub is not "bulk")
        {
            return _publish.PublishAsync(http, RequestPath.Unescape(pubsub), RequestPath.Unescape(topic), trace);
        }
        return RequestPath.TrySplit(topic, out pubsub, out topic)
            ? _publish.BulkPublishAsync(http, RequestPath.Unescape(pubsub), RequestPath.Unescape(topic), trace)
            : null;
    }

    private Task? RouteMetadata(HttpContext http, ReadOnlySpan<char> key) =>
        key.IsEmpty && HttpMethods.IsGet(http.Request.Method) ? _metadata.GetAsync(http)
        : !key.IsEmpty && !key.Contains('/') && HttpMethods.IsPut(http.Request.Method) ? _metadata.PutAsync(http, RequestPath.Unescape(key))
        : null;

    private Task Shutdown(HttpContext http)
    {
        http.Response.OnCompleted(() =>
        {
            _runtime.RequestShutdown();
            return Task.CompletedTask;
        });
        return Answers.Empty(http);
    }

    private bool HasToken(HttpContext http)
    {
        var sent = http.Request.Headers[TokenHeader];
        return sent is [{ } value] && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(value), _token);
    }

    internal static bool IsPostOrPut(HttpContext http) =>
        HttpMethods.IsPost(http.Request.Method) || HttpMethods.IsPut(http.Request.Method);
}
