using Consistency.Commands;
using Consistency.Storage;
using Contracts;
using Contracts.Ordering;
using Orders.Orchestrating;
using Orders.Settling;
using Orders.Storage;
using ServiceDefaults.Commands;
using ServiceDefaults.Problems;

namespace Orders.Placing;

/// <summary>
/// Accepts an order from this service's own data alone: it is priced from the replicated catalog and committed together with its
/// <c>order.placed</c> event, or with the start of its workflow; in pattern <c>sync</c> the others will read it. Nobody is waited for.
/// </summary>
internal static class PlaceOrderHandler
{
    public static CommandAnswer Handle(UnitOfWork<OrdersDb> work, PlaceOrder request, string defaultPattern)
    {
        var lines = Price(work.Db, request.Lines!);
        var order = new Order
        {
            OrderId = work.Ids.Next(),
            CustomerId = request.CustomerId!,
            Pattern = request.Pattern ?? defaultPattern,
            Lines = lines,
            TotalCents = lines.Sum(l => l.Quantity * l.UnitPriceCents),
            PlacedAt = work.Now,
            ClientWroteAt = work.Now,
            ChangedAt = work.Now,
        };
        work.Db.Orders.Add(order);
        OrderTransitions.Announce(work, order, order.ToPlaced());
        OrderWorkflows.TellPlaced(work, order);
        return CommandEndpoints.Answer(StatusCodes.Status202Accepted, order.ToAccepted(), $"/orders/{order.OrderId}", order.Version);
    }

    private static List<OrderLine> Price(OrdersDb db, IReadOnlyList<PlaceOrderLine?> requested)
    {
        var errors = new FieldErrors();
        var lines = new List<OrderLine>(requested.Count);
        for (var i = 0; i < requested.Count; i++)
        {
            var (sku, quantity) = (requested[i]!.Sku!, (int)requested[i]!.Quantity!.Value);
            if (db.FindProduct(sku) is { Withdrawn: false } product)
            {
                lines.Add(new OrderLine(sku, quantity, product.UnitPriceCents, product.Version));
            }
            else
            {
                errors.Add($"lines[{i}].sku", $"'{sku}' is not in the catalog of Orders, or not yet; GET /catalog/{sku} shows it once it is.");
            }
        }

        RefusedException.ThrowIfAny(errors);
        return lines;
    }
}
