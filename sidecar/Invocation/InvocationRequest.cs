namespace Sidecar.Invocation;

/// <summary>What an invocation hands on to the app, from whichever face it came.</summary>
/// <param name="Verb">HTTP method.</param>
/// <param name="Query">Query string with its question mark, or empty.</param>
/// <param name="Headers">The caller's headers, of which some are kept back.</param>
/// <param name="Body">
/// The whole body. Not pooled: an app may answer before it has read the whole request, and an attempt that was timed out may still be
/// sending when the next one starts, so nobody can say when the last reader of the body is done.
/// </param>
internal sealed record InvocationRequest(string Verb, string Query, IHeaderDictionary Headers, byte[] Body)
{
    /// <summary>Takes the place of <see cref="Body"/> where the body is handed on as it comes.</summary>
    public StreamedBody? Streamed { get; init; }
}
