using System.Text.Json.Serialization.Metadata;
using Contracts.Snapshots;

namespace Cli.Gateway;

/// <summary>Reads all pages of all snapshots. One after the other: the system under test shares the machine.</summary>
internal static class SnapshotReader
{
    public static async Task<SystemSnapshot> ReadAsync(GatewayClient gateway, TimeProvider time, CancellationToken cancellation) => new(
        await ReadAllAsync(gateway, "orders", GatewayJson.Default.PageOrderSnapshot, cancellation),
        await ReadAllAsync(gateway, "stock", GatewayJson.Default.PageStockLevel, cancellation),
        await ReadAllAsync(gateway, "reservations", GatewayJson.Default.PageReservationSnapshot, cancellation),
        await ReadAllAsync(gateway, "invoices", GatewayJson.Default.PageInvoiceSnapshot, cancellation),
        await ReadAllAsync(gateway, "accounts", GatewayJson.Default.PageAccountSnapshot, cancellation))
    {
        Catalog = await ReadAllAsync(gateway, "catalog", GatewayJson.Default.PageCatalogItem, cancellation),
        Customers = await ReadAllAsync(gateway, "customers", GatewayJson.Default.PageCustomerSnapshot, cancellation),
        BillingCustomers = await ReadAllAsync(gateway, "billing-customers", GatewayJson.Default.PageCustomerSnapshot, cancellation),
        OrderView = await ReadOrderViewAsync(gateway, time, cancellation),
    };

    // Last, and not before it has what the others had: the view follows the services by some milliseconds. One that does not catch up in time
    // is read as it is, so that the audit says where it differs. Null where the gateway has no view.
    private static async Task<IReadOnlyList<OrderViewSnapshot>?> ReadOrderViewAsync(
        GatewayClient gateway, TimeProvider time, CancellationToken cancellation)
    {
        var taken = time.GetUtcNow();
        while (await gateway.OrderViewPageAsync(after: null, size: 1, cancellation) is { } first)
        {
            if (first.AsOf >= taken || time.GetUtcNow() - taken > Limits.ViewCatchUp)
            {
                return await PagesAsync(
                    "order-view", async after => await gateway.OrderViewPageAsync(after, Limits.PageSize, cancellation) is { } page
                        ? new Page<OrderViewSnapshot>(page.Items, page.Next)
                        : throw new GatewayException("The gateway had a view of orders a moment ago, and has none any more."));
            }

            await Task.Delay(Limits.Poll, time, cancellation);
        }

        return null;
    }

    private static Task<List<T>> ReadAllAsync<T>(
        GatewayClient gateway, string snapshot, JsonTypeInfo<Page<T>> type, CancellationToken cancellation) =>
        PagesAsync(snapshot, after => gateway.PageAsync(snapshot, after, type, cancellation));

    private static async Task<List<T>> PagesAsync<T>(string snapshot, Func<string?, Task<Page<T>>> read)
    {
        var all = new List<T>();
        string? after = null;
        do
        {
            var page = await read(after);
            all.AddRange(page.Items);
            if (page.Next is not null && page.Next == after)
            {
                throw new GatewayException(
                    $"Snapshot '{snapshot}' does not move on: the page after '{after}' names itself as the next.");
            }

            after = page.Next;
        }
        while (after is not null);

        return all;
    }
}
