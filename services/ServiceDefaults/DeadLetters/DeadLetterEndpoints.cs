using Consistency.DeadLetters;
using Consistency.Storage;
using Contracts.DeadLetters;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Problems;

namespace ServiceDefaults.DeadLetters;

/// <summary>Lists, shows, replays and discards a service's dead letters. For operators: the gateway decides who that is.</summary>
internal static class DeadLetterEndpoints
{
    public static void MapDeadLetters<TDb>(this WebApplication app)
        where TDb : DbContext
    {
        app.MapGet("/deadletters", List<TDb>);
        app.MapGet("/deadletters/{id:long}", (long id, Database<TDb> database) =>
            TypedResults.Ok(database.FindDeadLetter(id) ?? throw NotFound(id)));
        app.MapPost("/deadletters/{id:long}/replay", async (
            long id, ReplayLetter? request, LetterDecisions<TDb> decisions, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        {
            request ??= new ReplayLetter();
            RefusedException.ThrowIfAny(request.Validate());
            var outcome = await decisions.ReplayAsync(id, request.Force, request.By ?? Operators.Unnamed, cancellationToken);
            return Told(loggers, outcome ?? throw NotFound(id));
        });
        app.MapPost("/deadletters/{id:long}/discard", async (
            long id, DiscardLetter request, LetterDecisions<TDb> decisions, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        {
            RefusedException.ThrowIfAny(request.Validate());
            var outcome = await decisions.DiscardAsync(id, request.Note!, request.By ?? Operators.Unnamed, cancellationToken);
            return Told(loggers, outcome ?? throw NotFound(id));
        });
        app.MapPost("/deadletters/replay", async (
            ReplayLetters request, LetterDecisions<TDb> decisions, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        {
            RefusedException.ThrowIfAny(request.Validate());
            return Told(loggers, await decisions.ReplayAllAsync(request, cancellationToken));
        });
        app.MapPost("/deadletters/discard", async (
            DiscardLetters request, LetterDecisions<TDb> decisions, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        {
            RefusedException.ThrowIfAny(request.Validate());
            return Told(loggers, await decisions.DiscardAllAsync(request, cancellationToken));
        });
    }

    private static IResult List<TDb>(
        string? status, string? topic, string? type, string? subject, string? reason, long? olderThanSeconds, long? after, int? limit,
        Database<TDb> database, TimeProvider time)
        where TDb : DbContext
    {
        var filter = new DeadLetterFilter(topic, type, subject, reason, olderThanSeconds);
        RefusedException.ThrowIfAny(DeadLetterListing.Validate(status, filter, after, limit));
        return TypedResults.Ok(database.ListDeadLetters(status, filter, time.GetUtcNow(), after ?? 0, KeysetPage.Size(limit)));
    }

    private static IResult Told(ILoggerFactory loggers, LetterOutcome outcome)
    {
        if (outcome.Result is LetterResults.Behind or LetterResults.Guarded or LetterResults.Ended)
        {
            throw new RefusedException(StatusCodes.Status409Conflict, "The letter is left as it is.", $"Letter {outcome.Id}: {outcome.Detail}.");
        }

        loggers.CreateLogger(typeof(DeadLetterEndpoints)).LetterDecided(outcome.Id, outcome.MessageId, outcome.Result, outcome.Detail ?? "", outcome.Released);
        return TypedResults.Ok(outcome);
    }

    private static IResult Told(ILoggerFactory loggers, LettersOutcome outcome)
    {
        var logger = loggers.CreateLogger(typeof(DeadLetterEndpoints));
        foreach (var one in outcome.DryRun ? [] : outcome.Outcomes)
        {
            logger.LetterDecided(one.Id, one.MessageId, one.Result, one.Detail ?? "", one.Released);
        }

        return TypedResults.Ok(outcome);
    }

    private static RefusedException NotFound(long id) => RefusedException.NotFound("dead letter", $"{id}");
}
