using Microsoft.AspNetCore.Http;

namespace Wire.Grpc;

/// <summary>What a handler knows of the call that it serves.</summary>
public sealed class GrpcCall(HttpContext http, CancellationToken cancelled)
{
    /// <summary>The request's metadata.</summary>
    public IHeaderDictionary Metadata => http.Request.Headers;

    /// <summary>Cancelled when the client gives up, its deadline passes, or the connection breaks.</summary>
    public CancellationToken Cancelled => cancelled;
}
