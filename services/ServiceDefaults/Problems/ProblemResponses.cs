using System.Text.Json;
using System.Text.RegularExpressions;
using Consistency.Commands;
using Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ServiceDefaults.Problems;

/// <summary>Every refusal and failure leaves as application/problem+json (RFC 9457).</summary>
public static partial class ProblemResponses
{
    private const string WrongType = "The JSON value could not be converted";

    /// <summary>Registers the mapping.</summary>
    public static void AddProblemResponses(this IServiceCollection services)
    {
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
            context.ProblemDetails.Detail ??= DetailOf(context.ProblemDetails.Status));
        services.AddExceptionHandler<RefusalHandler>();
    }

    /// <summary>Switches the mapping on; first in the pipeline.</summary>
    public static void UseProblemResponses(this IApplicationBuilder app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = c => c.ExceptionHandledBy == ExceptionHandledType.ExceptionHandlerService });
        app.UseStatusCodePages();
    }

    // The framework answers these by itself, with nothing but the status.
    private static string? DetailOf(int? status) => status switch
    {
        StatusCodes.Status401Unauthorized => "The request does not show who makes it, or not rightly.",
        StatusCodes.Status413PayloadTooLarge => $"The body is larger than the {RequestLimits.BodyBytesMax} bytes allowed.",
        StatusCodes.Status429TooManyRequests => "This key, or this address, asks more often than it may. Retry-After tells how many seconds to wait.",
        StatusCodes.Status415UnsupportedMediaType => "Send the body as JSON, with Content-Type: application/json.",
        _ => null,
    };

    private sealed partial class RefusalHandler(IHostApplicationLifetime lifetime) : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            switch (exception)
            {
                case RefusedException { Errors.Count: > 0 } refused:
                    await TypedResults.Problem(new HttpValidationProblemDetails(refused.Errors) { Status = refused.Status, Title = refused.Title, Detail = refused.Message })
                        .ExecuteAsync(httpContext);
                    return true;
                case RefusedException refused:
                    await TypedResults.Problem(refused.Message, statusCode: refused.Status, title: refused.Title).ExecuteAsync(httpContext);
                    return true;
                case IdempotencyKeyReusedException reused:
                    await TypedResults.Problem(
                        new HttpValidationProblemDetails(new Dictionary<string, string[]> { ["Idempotency-Key"] = [reused.Message] })
                        {
                            Status = StatusCodes.Status422UnprocessableEntity,
                            Title = "The idempotency key was used for another request.",
                        }).ExecuteAsync(httpContext);
                    return true;
                case BadHttpRequestException bad:
                    await TypedResults.Problem(Describe(bad), statusCode: bad.StatusCode, title: "The request could not be read.").ExecuteAsync(httpContext);
                    return true;
                case OperationCanceledException when httpContext.RequestAborted.IsCancellationRequested:
                    httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
                    return true;

                // A server that stops cancels the reading of bodies that are still on their way (Kestrel,
                // Http1Connection.StopProcessingNextRequest), and what waits. The sidecar's policy, nginx and clients take a 503 to another instance; a 500 would be a defect.
                case OperationCanceledException when lifetime.ApplicationStopping.IsCancellationRequested:
                    httpContext.Response.Headers.RetryAfter = "1";
                    await TypedResults.Problem(
                        "Send the request again, with the same Idempotency-Key if it is a write: whether it took effect is not known.",
                        statusCode: StatusCodes.Status503ServiceUnavailable, title: "The app is stopping.").ExecuteAsync(httpContext);
                    return true;
                default:
                    return false;
            }
        }

        // For example: Failed to bind parameter "Nullable<int> limit" from "ten".
        [GeneratedRegex("^Failed to bind parameter \"[^\"]* (?<name>[^\" ]+)\" from \"(?<value>.*)\"\\.$", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
        private static partial Regex WrongParameter();

        // The framework's message names a parameter of ours; the inner one says where the JSON is wrong.
        private static string Describe(BadHttpRequestException bad) => bad switch
        {
            { InnerException: JsonException { Path: not (null or "$") } json } when json.Message.StartsWith(WrongType, StringComparison.Ordinal) =>
                $"{json.Path}: the value has the wrong type.",
            { InnerException: JsonException json } when json.Message.StartsWith(WrongType, StringComparison.Ordinal) =>
                "The body is JSON, but no object with members; the OpenAPI document tells which.",
            { InnerException: JsonException json } => $"The body is not JSON as it should be, line {json.LineNumber + 1}: {json.Message.Split(" Path:")[0]}",
            _ when bad.Message.Contains("no body was provided", StringComparison.Ordinal) => "A JSON body is required.",
            _ when WrongParameter().Match(bad.Message) is { Success: true } wrong =>
                $"{wrong.Groups["name"].Value}: '{FieldErrors.Shorten(wrong.Groups["value"].Value)}' has the wrong type.",
            _ => DetailOf(bad.StatusCode) ?? bad.Message,
        };
    }
}
