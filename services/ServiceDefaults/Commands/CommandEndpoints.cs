using System.Security.Cryptography;
using System.Text.Json;
using Consistency.Commands;
using Consistency.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace ServiceDefaults.Commands;

/// <summary>Carries out commands that clients may repeat (header <c>Idempotency-Key</c>).</summary>
public static class CommandEndpoints
{
    /// <summary>Name of the header.</summary>
    public const string KeyHeader = "Idempotency-Key";

    /// <summary>
    /// Carries a command out in one unit of work and answers with its stored answer; a repetition with the same key and body gets
    /// the same answer. Without a key the command is carried out as it is.
    /// </summary>
    /// <param name="writes">The service's writer.</param>
    /// <param name="http">The request.</param>
    /// <param name="operation">What is done, for example <c>place-order</c>: a key counts per operation.</param>
    /// <param name="body">The request's body as read, null for none; with the path it tells a repetition from a reuse of the key.</param>
    /// <param name="act">The command.</param>
    public static async Task<IResult> ExecuteCommandAsync<TDb>(
        this WriteQueue<TDb> writes, HttpContext http, string operation, object? body, Func<UnitOfWork<TDb>, CommandAnswer> act)
        where TDb : DbContext
    {
        var key = http.Request.Headers[KeyHeader].ToString();
        if (key.Length == 0)
        {
            return new AnswerResult(await writes.ExecuteAsync(act, http.RequestAborted));
        }

        var request = new { Path = http.Request.Path.Value, Body = body };
        var hash = Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, JsonSerializerOptions.Web)));
        var answer = await writes.ExecuteAsync(
            work => work.Commands.Once($"{operation}/{key}", hash, work.Now, () => act(work)), http.RequestAborted);
        return new AnswerResult(answer);
    }

    /// <summary>An answer with a JSON body.</summary>
    public static CommandAnswer Answer<T>(int status, T body, string? location = null, long? version = null, string? etag = null) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(body, JsonSerializerOptions.Web), location, version, etag);

    private sealed class AnswerResult(CommandAnswer answer) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = answer.Status;
            response.ContentType = "application/json; charset=utf-8";
            response.ContentLength = answer.Body.Length;
            if (answer.Location is not null)
            {
                response.Headers.Location = answer.Location;
            }

            if ((answer.ETag ?? (answer.Version is { } version ? Versions.ETag.Of(version) : null)) is { } tag)
            {
                response.Headers.ETag = tag;
            }

            await response.Body.WriteAsync(answer.Body, httpContext.RequestAborted);
        }
    }
}
