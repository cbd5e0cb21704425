using Microsoft.AspNetCore.Http;
using ServiceDefaults.Problems;

namespace ServiceDefaults.Versions;

/// <summary>Versions as entity tags, and conditional writes by <c>If-Match</c> (RFC 9110, sections 8.8.3 and 13.1.1).</summary>
public static class ETag
{
    /// <summary>The strong entity tag of a version.</summary>
    public static string Of(long version) => $"\"{version}\"";

    /// <summary>The strong entity tag of a version vector in text form, which holds neither quotes nor commas.</summary>
    public static string Of(string vector) => $"\"{vector}\"";

    /// <summary>200 with the version as entity tag.</summary>
    public static IResult Ok<T>(HttpContext http, T body, long version) => Ok(http, body, Of(version));

    /// <summary>200 with an entity tag.</summary>
    public static IResult Ok<T>(HttpContext http, T body, string tag)
    {
        http.Response.Headers.ETag = tag;
        return TypedResults.Ok(body);
    }

    /// <summary>Goes on if the request has no precondition or one that names this version; otherwise refuses with 412.</summary>
    /// <param name="http">The request; its header may list several tags, or be <c>*</c>.</param>
    /// <param name="version">The version now; 0 for what does not exist.</param>
    public static void ThrowUnlessMatches(HttpContext http, long version) => ThrowUnlessMatches(http, Of(version), version > 0);

    /// <summary>Goes on if the request has no precondition or one that names this entity tag; otherwise refuses with 412.</summary>
    /// <param name="http">The request; its header may list several tags, or be <c>*</c>.</param>
    /// <param name="now">The entity tag now.</param>
    /// <param name="exists">False for what does not exist, which <c>*</c> does not name.</param>
    public static void ThrowUnlessMatches(HttpContext http, string now, bool exists)
    {
        var header = http.Request.Headers.IfMatch.ToString();
        if (header.Length == 0 || (header == "*" && exists) || header.Split(',').Any(tag => tag.Trim() == now))
        {
            return;
        }

        throw new RefusedException(
            StatusCodes.Status412PreconditionFailed,
            "The version has changed.",
            $"If-Match: {Contracts.FieldErrors.Shorten(header)} does not name the version now, {now}. Read it again and decide anew.");
    }
}
