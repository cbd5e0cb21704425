using Contracts;
using Contracts.Ordering;
using Gateway.Forwarding;
using Gateway.Security;
using Gateway.Telemetry;
using Gateway.Views.Reading;
using ServiceDefaults.Problems;
using ServiceDefaults.Versions;

namespace Gateway.Ordering;

internal static class OrderRoutes
{
    private const string TokenMeaning = "What a write was answered with, several with commas between them: the answer is not older than those writes.";

    public static void MapOrders(this WebApplication app)
    {
        var orders = app.MapGroup("/orders").WithTags("Orders").AddEndpointFilter(OrderTrace.TellAsync);
        orders.MapPost("/", (PlaceOrder request, HttpContext http, ServiceProxy proxy) =>
            {
                RefusedException.ThrowIfAny(request.Validate());
                return proxy.ForwardAsync(http, AppIds.Orders, request);
            })
            .ForCustomers()
            .AddEndpointFilter(ConsistencyToken.AnswerWithAsync)
            .WithSummary("Places an order. It is accepted at once and settles by itself.")
            .DescribesCommand<OrderAccepted>(StatusCodes.Status202Accepted);
        orders.MapPost("/{orderId}/cancel", (string orderId, HttpContext http, ServiceProxy proxy) =>
                proxy.ForwardAsync(http, AppIds.Orders))
            .ForCustomers()
            .AddEndpointFilter(ConsistencyToken.AnswerWithAsync)
            .WithSummary("Cancels an order, settled or not. Cancelling twice is cancelling once.")
            .DescribesCommand<OrderAccepted>(StatusCodes.Status202Accepted);
        orders.MapPost("/{orderId}/retry", (string orderId, HttpContext http, ServiceProxy proxy) => proxy.ForwardAsync(http, AppIds.Orders))
            .AddEndpointFilter(ConsistencyToken.AnswerWithAsync)
            .WithSummary("Tries again to settle an order that needs attention, or whose workflow is lost. For operators.")
            .DescribesCommand<OrderAccepted>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status409Conflict);
        orders.MapGet("/{orderId}", async (string orderId, HttpContext http, OrderReads reads, CancellationToken cancellationToken) =>
                await reads.FindAsync(orderId, ConsistencyToken.Of(http), cancellationToken) is { } order
                    ? ETag.Ok(http, ShownTo(http, order), order.Version)
                    : throw RefusedException.NotFound("order", orderId))
            .ForCustomers()
            .WithSummary("An order with its reservation and its invoice, from the gateway's view; with Consistency-Token not older than that write.")
            .DescribesQuery<OrderViewDetails>()
            .Takes(ConsistencyToken.Header, TokenMeaning);
        orders.MapGet("/", async (
                string? customerId, string? status, string? pattern, string? attention, string? order, string? after, int? limit,
                HttpContext http, OrderReads reads, CancellationToken cancellationToken) =>
            {
                var page = await reads.ListAsync(
                    OrderQuery.Of(customerId, status, pattern, attention, order, after, limit), ConsistencyToken.Of(http), cancellationToken);
                return TypedResults.Ok(page with { Items = [.. page.Items.Select(o => ShownTo(http, o))] });
            })
            .ForCustomers()
            .WithSummary("Orders by id, in pages, order=newest for the newest first; attention=true for those that wait for an operator.")
            .DescribesQuery<OrderViewPage>()
            .Takes(ConsistencyToken.Header, TokenMeaning);
        app.MapGet("/catalog/{sku}", (string sku, HttpContext http, ServiceProxy proxy) => proxy.ForwardAsync(http, AppIds.Orders))
            .ForCustomers()
            .WithTags("Orders")
            .WithSummary("Orders' copy of a product, from which orders are priced.")
            .DescribesQuery<Contracts.Stock.CatalogItem>();
    }

    // Why an order needs attention is told in the words of services and their errors: those are for operators.
    private static OrderViewDetails ShownTo(HttpContext http, OrderViewDetails order) =>
        order.Attention is null || Caller.Of(http).Role == ApiRole.Operator
            ? order
            : order with { Attention = order.Attention with { Reason = "It is being looked after." } };
}
