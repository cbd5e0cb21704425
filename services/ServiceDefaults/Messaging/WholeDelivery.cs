using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Dapr.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using ServiceDefaults.Problems;

namespace ServiceDefaults.Messaging;

/// <summary>
/// Refuses what is no bulk delivery at all: without entries, or with text that is not UTF-8. Dapr sends neither, whatever was published; whoever
/// does gets a 400 and not the failure of a handler. What is wrong inside an entry is that entry's matter alone.
/// </summary>
internal static class WholeDelivery
{
    public static RouteHandlerBuilder RefusesPartialDeliveries(this RouteHandlerBuilder route) => route.AddEndpointFilter(static (context, next) =>
    {
        if (context.Arguments.OfType<BulkSubscribeMessage<JsonElement>>().Any(d => !IsWhole(d)))
        {
            throw new RefusedException(
                StatusCodes.Status400BadRequest, "The request could not be read.", "entries: each must have an entryId and an event, in UTF-8.");
        }

        return next(context);
    });

    private static bool IsWhole(BulkSubscribeMessage<JsonElement> delivery) =>
        delivery.Entries is { } entries && entries.All(e =>
            e is { EntryId: not null, Event.ValueKind: not JsonValueKind.Undefined } && Utf8.IsValid(JsonMarshal.GetRawUtf8Value(e.Event)));
}
