using Microsoft.AspNetCore.Http;

namespace Wire.Grpc;

/// <summary>What a handler knows of the call that it serves.</summary>
public sealed class GrpcCall(HttpContext http, CancellationToken cancelled)
{
    /// <summary>The method's path, <c>/service/method</c>.</summary>
    public string Path => http.Request.Path;

    /// <summary>The request's metadata.</summary>
    public IHeaderDictionary Metadata => http.Request.Headers;

    /// <summary>The answer's metadata; to be set before the first message is written.</summary>
    public IHeaderDictionary ResponseMetadata => http.Response.Headers;

    /// <summary>Does something once the answer has been sent.</summary>
    public void OnAnswered(Action act) => http.Response.OnCompleted(() =>
    {
        act();
        return Task.CompletedTask;
    });

    /// <summary>Cancelled when the client gives up, its deadline passes, or the connection breaks.</summary>
    public CancellationToken Cancelled => cancelled;
}
