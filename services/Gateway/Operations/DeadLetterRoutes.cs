using Contracts;
using Contracts.DeadLetters;
using Contracts.Snapshots;
using Gateway.Forwarding;
using Gateway.Security;
using ServiceDefaults.Problems;

namespace Gateway.Operations;

/// <summary>What operators see and decide of each service's dead letters.</summary>
internal static class DeadLetterRoutes
{
    public static void MapDeadLetters(this WebApplication app)
    {
        var letters = app.MapGroup("/services/{service}/deadletters").WithTags("Operations");
        letters.MapGet(
                "/",
                (string service, string? status, string? topic, string? type, string? subject, string? reason, long? olderThanSeconds, long? after,
                    int? limit, HttpContext http, ServiceProxy proxy) =>
                {
                    var filter = new DeadLetterFilter(topic, type, subject, reason, olderThanSeconds);
                    return ForwardAsync(http, proxy, service, "", DeadLetterListing.Validate(status, filter, after, limit));
                })
            .WithSummary("Messages that a service could not handle, and those parked behind them, oldest first, in pages. For operators.")
            .DescribesQuery<Page<DeadLetterEntry>>();
        letters.MapGet("/{id:long}", (string service, long id, HttpContext http, ServiceProxy proxy) => ForwardAsync(http, proxy, service, $"/{id}", []))
            .WithSummary("A dead letter with its whole envelope. For operators.")
            .DescribesQuery<DeadLetterDetails>();
        letters.MapPost("/{id:long}/replay", (string service, long id, ReplayLetter? request, HttpContext http, ServiceProxy proxy) =>
                ForwardAsync(http, proxy, service, $"/{id}/replay", (request ??= new ReplayLetter()).Validate(), request))
            .WithSummary("Handles a dead letter again, and what is parked behind it; the answer tells how it ended. For operators.")
            .DescribesCommand<LetterOutcome>(StatusCodes.Status200OK)
            .ProducesProblem(StatusCodes.Status409Conflict);
        letters.MapPost("/{id:long}/discard", (string service, long id, DiscardLetter request, HttpContext http, ServiceProxy proxy) =>
                ForwardAsync(http, proxy, service, $"/{id}/discard", request.Validate(), request))
            .WithSummary("Decides that a message is never handled, with a note that says why; what is parked behind it is. For operators.")
            .DescribesCommand<LetterOutcome>(StatusCodes.Status200OK)
            .ProducesProblem(StatusCodes.Status409Conflict);
        letters.MapPost("/replay", (string service, ReplayLetters request, HttpContext http, ServiceProxy proxy) =>
                ForwardAsync(http, proxy, service, "/replay", request.Validate(), request))
            .WithSummary("Handles a batch of dead letters again, by filter or all; with dryRun it only tells what it would do. For operators.")
            .DescribesCommand<LettersOutcome>(StatusCodes.Status200OK);
        letters.MapPost("/discard", (string service, DiscardLetters request, HttpContext http, ServiceProxy proxy) =>
                ForwardAsync(http, proxy, service, "/discard", request.Validate(), request))
            .WithSummary("Discards a batch of dead letters, by filter or all; with dryRun it only tells what it would do. For operators.")
            .DescribesCommand<LettersOutcome>(StatusCodes.Status200OK);
    }

    private static Task ForwardAsync(
        HttpContext http, ServiceProxy proxy, string service, string path, Dictionary<string, string[]> errors, object? body = null)
    {
        RefusedException.ThrowIfAny(errors);
        return service is AppIds.Orders or AppIds.Inventory or AppIds.Invoices
            ? proxy.ForwardAsync(http, service, $"/deadletters{path}{http.Request.QueryString.ToUriComponent()}", Signed(http, body))
            : throw RefusedException.NotFound("service", service);
    }

    // Who shows a key is who its name says, whatever the body says.
    private static object? Signed(HttpContext http, object? body) => Caller.Of(http).Key is not { Id: var who }
        ? body
        : body switch
        {
            ReplayLetter one => one with { By = who },
            ReplayLetters many => many with { By = who },
            DiscardLetter one => one with { By = who },
            DiscardLetters many => many with { By = who },
            _ => body,
        };
}
