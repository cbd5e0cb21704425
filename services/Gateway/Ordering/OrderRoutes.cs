using Contracts;
using Contracts.Ordering;
using Contracts.Snapshots;
using Gateway.Forwarding;
using ServiceDefaults.Problems;

namespace Gateway.Ordering;

internal static class OrderRoutes
{
    public static void MapOrders(this WebApplication app)
    {
        var orders = app.MapGroup("/orders").WithTags("Orders");
        orders.MapPost("/", (PlaceOrder request, HttpContext http, ServiceProxy proxy) =>
            {
                RefusedException.ThrowIfAny(request.Validate());
                return proxy.ForwardAsync(http, AppIds.Orders, request);
            })
            .WithSummary("Places an order. It is accepted at once and settles by itself.")
            .DescribesCommand<OrderAccepted>(StatusCodes.Status202Accepted);
        orders.MapPost("/{orderId}/cancel", (string orderId, HttpContext http, ServiceProxy proxy) =>
                proxy.ForwardAsync(http, AppIds.Orders))
            .WithSummary("Cancels an order, settled or not. Cancelling twice is cancelling once.")
            .DescribesCommand<OrderAccepted>(StatusCodes.Status202Accepted);
        orders.MapPost("/{orderId}/retry", (string orderId, HttpContext http, ServiceProxy proxy) => proxy.ForwardAsync(http, AppIds.Orders))
            .WithSummary("Tries again to settle an order that needs attention, or whose workflow is lost. For operators.")
            .DescribesCommand<OrderAccepted>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status409Conflict);
        orders.MapGet("/{orderId}", (string orderId, HttpContext http, ServiceProxy proxy) => proxy.ForwardAsync(http, AppIds.Orders))
            .WithSummary("An order.")
            .DescribesQuery<OrderDetails>();
        orders.MapGet("/", (string? customerId, string? status, bool? attention, string? after, int? limit, HttpContext http, ServiceProxy proxy) =>
            {
                RefusedException.ThrowIfAny(CheckListing(status, limit));
                return proxy.ForwardAsync(http, AppIds.Orders);
            })
            .WithSummary("Orders by id, in pages; attention=true for those that wait for an operator.")
            .DescribesQuery<Page<OrderDetails>>();
        app.MapGet("/catalog/{sku}", (string sku, HttpContext http, ServiceProxy proxy) => proxy.ForwardAsync(http, AppIds.Orders))
            .WithTags("Orders")
            .WithSummary("Orders' copy of a product, from which orders are priced.")
            .DescribesQuery<Contracts.Stock.CatalogItem>();
    }

    private static Dictionary<string, string[]> CheckListing(string? status, int? limit)
    {
        var errors = new FieldErrors();
        errors.CheckPageSize(limit);
        if (status is not (null or OrderStatuses.Pending or OrderStatuses.Confirmed or OrderStatuses.Cancelled))
        {
            errors.Add(
                "status",
                $"'{FieldErrors.Shorten(status)}' is none of {OrderStatuses.Pending}, {OrderStatuses.Confirmed}, {OrderStatuses.Cancelled}.");
        }

        return errors.ToDictionary();
    }
}
