using System.Net.Sockets;
using Sidecar.Hosting;
using Sidecar.Http;
using Sidecar.Resiliency;
using Sidecar.Telemetry;
using Sidecar.Telemetry.Describing;

namespace Sidecar.Invocation;

/// <summary>Service invocation: hands a request on to an app and its answer back, under the app's resiliency policy.</summary>
internal sealed partial class Invoker(AppRuntime runtime)
{
    // One read, one write: most answers fit.
    private const int ReadBytes = 16 * 1024;

    private static readonly UriCreationOptions PathAsGiven = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly ILogger _logger = runtime.Loggers.CreateLogger<Invoker>();
    private readonly InvocationHeaders _headers = new(runtime.AppId);

    /// <summary>Invokes the app that the request names, or answers 404 where it names none.</summary>
    public Task HandleAsync(HttpContext http, string rawPath, TraceContext trace)
    {
        if (InvocationTarget.Read(http.Request, rawPath) is not { } target)
        {
            return Answers.NotFound(http);
        }
        return Find(target, http.Request.Method, out var refusal) is { } app ? InvokeAsync(http, target, app, trace) : Answers.Error(http, refusal!);
    }

    /// <summary>Invokes an app and reads its whole answer.</summary>
    /// <returns>The answer, to be disposed by the caller; or the refusal, where there is none.</returns>
    /// <exception cref="OperationCanceledException">The caller has gone.</exception>
    public async Task<(HttpResponseMessage? Answer, ApiError? Refusal)> CallAsync(
        InvocationTarget target, InvocationRequest request, TraceContext trace, CancellationToken cancellationToken)
    {
        if (Find(target, request.Verb, out var refusal) is not { } app)
        {
            return (null, refusal);
        }
        HttpResponseMessage? answer = null;
        try
        {
            var policy = PolicyFor(request, target, app);
            using var deadline = new AnswerDeadline(policy.Timeout, runtime.Time, cancellationToken);
            answer = await SendAsync(request, target, app, trace, policy, deadline, cancellationToken);
            await answer.Content.LoadIntoBufferAsync(runtime.MaxBodyBytes, deadline.Rest());
            return (answer, null);
        }
        catch (Exception exception)
            when (!cancellationToken.IsCancellationRequested && Describe(exception, request, target, app) is { } problem)
        {
            answer?.Dispose();
            return (null, Failed(target.AppId, problem));
        }
    }

    private IAppChannel? Find(InvocationTarget target, string verb, out ApiError? refusal)
    {
        var app = Find(target.AppId);
        refusal = app switch
        {
            null => Failed(target.AppId, $"couldn't find service: {target.AppId}"),
            { BaseAddress: null } => Failed(target.AppId, "cannot invoke local endpoint: app channel not initialized"),
            _ => Deny(target, app, verb),
        };
        return refusal is null ? app : null;
    }

    private ApiError? Deny(InvocationTarget target, IAppChannel app, string verb)
    {
        if (AccessControlList.Refuse(runtime, app, target.Method, verb) is not { } refusal)
        {
            return null;
        }
        LogDenied(_logger, app.AppId, refusal);
        return Failed(target.AppId, $"rpc error: code = PermissionDenied desc = {refusal}") with { Status = 403 };
    }

    // "app.namespace" names the app in another namespace; this host has one namespace only.
    private IAppChannel? Find(string appId) =>
        ExternalEndpoint.Parse(appId)
        ?? runtime.Apps.Find(appId)
        ?? (appId.LastIndexOf('.') is > 0 and var dot ? runtime.Apps.Find(appId[..dot]) : null);

    private async Task InvokeAsync(HttpContext http, InvocationTarget target, IAppChannel app, TraceContext trace)
    {
        var request = new InvocationRequest(http.Request.Method, http.Request.QueryString.Value ?? "", http.Request.Headers, []);
        try
        {
            request = StreamedBody.IsNeeded(http.Request)
                ? request with { Streamed = new StreamedBody(http, runtime.MaxBodyBytes) }
                : request with { Body = await ReadBodyAsync(http) };
            var policy = PolicyFor(request, target, app);
            using var deadline = new AnswerDeadline(policy.Timeout, runtime.Time, http.RequestAborted);
            using var response = await SendAsync(request, target, app, trace, policy, deadline, http.RequestAborted);
            await CopyAsync(response, http, deadline.Rest());
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone: nobody is left to answer.
        }
        catch (Exception exception) when (Describe(exception, request, target, app) is { } problem)
        {
            if (http.Response.HasStarted)
            {
                // The app broke off in the middle: the caller must see that too, rather than a body that looks complete.
                http.Abort();
                return;
            }
            await Answers.Error(http, Failed(target.AppId, problem));
        }
        finally
        {
            await (request.Streamed?.Stopped ?? Task.CompletedTask);
        }
    }

    private async ValueTask<byte[]> ReadBodyAsync(HttpContext http)
    {
        using var body = await RequestBody.ReadAsync(http, runtime.MaxBodyBytes);
        return body.Memory.ToArray();
    }

    // Daprd counts 4xx as failures too; a policy's "matching" narrows that down.
    private static Outcome Judge(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        return new Outcome(Failed: status is < 200 or > 399, HttpStatus: status);
    }

    private IPolicy PolicyFor(InvocationRequest request, InvocationTarget target, IAppChannel app)
    {
        var policy = runtime.Policies.ForApp(app.AppId, target.Method);
        return request.Streamed is null ? policy : policy.WithoutRetries;
    }

    private Task<HttpResponseMessage> SendAsync(
        InvocationRequest request, InvocationTarget target, IAppChannel app, TraceContext trace, IPolicy policy, AnswerDeadline deadline,
        CancellationToken cancellationToken)
    {
        return policy.IsEmpty
            ? SendOnceAsync(request, target, app, trace, cancellationToken)
            : policy.RunAsync(Attempt, Judge, cancellationToken);

        Task<HttpResponseMessage> Attempt(CancellationToken token)
        {
            deadline.Begin();
            return SendOnceAsync(request, target, app, trace, token);
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(
        InvocationRequest request, InvocationTarget target, IAppChannel app, TraceContext trace, CancellationToken cancellationToken)
    {
        if (app.IsUnhealthy)
        {
            throw new AppUnhealthyException();
        }
        using var message = new HttpRequestMessage(HttpMethod.Parse(request.Verb), UrlOf(request, target, app));
        if (request.Streamed is not null)
        {
            message.Content = request.Streamed;
        }
        else if (request.Body.Length > 0)
        {
            message.Content = new ByteArrayContent(request.Body);
        }
        // Daprd calls its own app, and addresses outside, in the span of the request itself; another app's sidecar adds a span.
        var direct = app is ExternalEndpoint || app.AppId == runtime.AppId;
        var seen = direct || !app.Telemetry.IsTracing ? trace : trace.NewChild();
        _headers.ToApp(request.Headers, message, direct ? null : app.AppId, seen);
        var span = direct ? null : InvocationSpan.Start(app.Telemetry.Tracer, app.AppId, target.Method, seen);
        var began = runtime.Time.GetTimestamp();
        if (!direct)
        {
            runtime.Telemetry.Meter?.InvocationSent(app.AppId);
            app.Telemetry.Meter?.InvocationReceived(runtime.AppId);
        }
        var answer = span is null ? await app.SendAsync(message, cancellationToken) : await SendAsync(span, message, app, cancellationToken);
        if (!direct)
        {
            app.Telemetry.Meter?.InvocationServed(runtime.AppId, (int)answer.StatusCode);
            runtime.Telemetry.Meter?.InvocationAnswered(app.AppId, (int)answer.StatusCode, runtime.Time.GetElapsedTime(began));
        }
        return answer;
    }

    private static async Task<HttpResponseMessage> SendAsync(
        Span span, HttpRequestMessage message, IAppChannel app, CancellationToken cancellationToken)
    {
        try
        {
            return await app.SendAsync(message, cancellationToken);
        }
        catch (Exception exception)
        {
            span.Fail(exception is OperationCanceledException ? "context deadline exceeded" : exception.Message);
            throw;
        }
        finally
        {
            span.End();
        }
    }

    private static Uri UrlOf(InvocationRequest request, InvocationTarget target, IAppChannel app) =>
        new(app.BaseAddress!.GetLeftPart(UriPartial.Authority) + target.EscapedPath + request.Query, PathAsGiven);

    private static async Task CopyAsync(HttpResponseMessage from, HttpContext http, CancellationToken cancellationToken)
    {
        var to = http.Response;
        to.StatusCode = (int)from.StatusCode;
        InvocationHeaders.ToCaller(from, to);
        var length = from.Content.Headers.ContentLength;
        if (to.StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent)
        {
            return;
        }
        to.ContentLength = length;
        if (length == 0 || HttpMethods.IsHead(http.Request.Method) || to.StatusCode == StatusCodes.Status304NotModified)
        {
            return;
        }
        await using var stream = await from.Content.ReadAsStreamAsync(cancellationToken);
        long copied = 0;
        while (true)
        {
            var read = await stream.ReadAsync(to.BodyWriter.GetMemory(ReadBytes), cancellationToken);
            if (read == 0)
            {
                return;
            }
            to.BodyWriter.Advance(read);
            copied += read;
            if (copied == length && !to.HasStarted)
            {
                // The server sends headers and body in one piece when the request ends.
                return;
            }
            // Streamed: the caller gets each part when the app sends it.
            await to.BodyWriter.FlushAsync(cancellationToken);
        }
    }

    /// <summary>The refusal of an invocation.</summary>
    public static ApiError Failed(string appId, string problem) => new(500, "ERR_DIRECT_INVOKE", $"failed to invoke, id: {appId}, err: {problem}");

    // Daprd's words. Null for what is a mistake of ours, or of the caller's HTTP.
    private string? Describe(Exception exception, InvocationRequest request, InvocationTarget target, IAppChannel app)
    {
        switch (exception)
        {
            case BodyTooLargeException or CircuitOpenException:
                return exception.Message;
            // The caller's own end of it was dealt with before: this is the end of the policy's time.
            case AppUnhealthyException when app.AppId == runtime.AppId:
                return exception.Message;
            case AppUnhealthyException:
                return $"rpc error: code = Internal desc = error invoking app channel: {exception.Message}";
            case PolicyTimeoutException or OperationCanceledException:
                return "context deadline exceeded";
            case HttpRequestException { InnerException: BodyTooLargeException tooLarge }:
                return tooLarge.Message;
            // A reset while the answer is read is a plain IOException. BadHttpRequestException is the caller's.
            case HttpRequestException or (IOException and not BadHttpRequestException):
                var verb = request.Verb is [var first, .. var rest] ? first + rest.ToLowerInvariant() : "";
                var problem = $"{verb} \"{UrlOf(request, target, app)}\": {Cause(exception, app)}";
                return app is ExternalEndpoint ? problem : $"rpc error: code = Internal desc = error invoking app channel: {problem}";
            default:
                return null;
        }
    }

    private static string Cause(Exception exception, IAppChannel app)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return $"dial tcp {app.BaseAddress!.Host}:{app.BaseAddress.Port}: connect: connection refused";
                case SocketException { SocketErrorCode: SocketError.ConnectionReset }:
                    return "read: connection reset by peer";
                case HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }:
                    return "EOF";
            }
        }
        return exception.Message;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "call to {Callee} refused: {Refusal}")]
    private static partial void LogDenied(ILogger logger, string callee, string refusal);
}
