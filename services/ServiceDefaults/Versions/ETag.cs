using Microsoft.AspNetCore.Http;
using ServiceDefaults.Problems;

namespace ServiceDefaults.Versions;

/// <summary>Versions as entity tags, and conditional writes by <c>If-Match</c> (RFC 9110, sections 8.8.3 and 13.1.1).</summary>
public static class ETag
{
    /// <summary>The strong entity tag of a version.</summary>
    public static string Of(long version) => $"\"{version}\"";

    /// <summary>200 with the version as entity tag.</summary>
    public static IResult Ok<T>(HttpContext http, T body, long version)
    {
        http.Response.Headers.ETag = Of(version);
        return TypedResults.Ok(body);
    }

    /// <summary>Goes on if the request has no precondition or one that names this version; otherwise refuses with 412.</summary>
    /// <param name="http">The request; its header may list several tags, or be <c>*</c>.</param>
    /// <param name="version">The version now; 0 for what does not exist.</param>
    public static void ThrowUnlessMatches(HttpContext http, long version)
    {
        var header = http.Request.Headers.IfMatch.ToString();
        if (header.Length == 0 || (header == "*" && version > 0) || header.Split(',').Any(tag => tag.Trim() == Of(version)))
        {
            return;
        }

        throw new RefusedException(
            StatusCodes.Status412PreconditionFailed,
            "The version has changed.",
            $"If-Match: {Contracts.FieldErrors.Shorten(header)} does not name the version now, {Of(version)}. Read it again and decide anew.");
    }
}
