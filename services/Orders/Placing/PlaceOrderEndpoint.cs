using Consistency.Storage;
using Contracts;
using Contracts.Ordering;
using Orders.Storage;
using ServiceDefaults.Commands;
using ServiceDefaults.Problems;

namespace Orders.Placing;

internal static class PlaceOrderEndpoint
{
    public static void MapPlacing(this WebApplication app)
    {
        var defaultPattern = app.Configuration["DefaultPattern"] ?? Patterns.Events;
        if (!Patterns.Offered.Contains(defaultPattern))
        {
            throw new InvalidOperationException(
                $"appsettings.json: DefaultPattern: '{defaultPattern}' is not offered; use one of: {string.Join(", ", Patterns.Offered)}.");
        }

        app.MapPost("/orders", (PlaceOrder request, HttpContext http, WriteQueue<OrdersDb> writes) =>
        {
            RefusedException.ThrowIfAny(request.Validate());
            return writes.ExecuteCommandAsync(http, "place-order", request, work => PlaceOrderHandler.Handle(work, request, defaultPattern));
        });
    }
}
