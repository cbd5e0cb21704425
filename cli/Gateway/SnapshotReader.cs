using System.Text.Json.Serialization.Metadata;
using Contracts.Snapshots;

namespace Cli.Gateway;

/// <summary>Reads all pages of all snapshots. One after the other: the system under test shares the machine.</summary>
internal static class SnapshotReader
{
    public static async Task<SystemSnapshot> ReadAsync(GatewayClient gateway, CancellationToken cancellation) => new(
        await ReadAllAsync(gateway, "orders", GatewayJson.Default.PageOrderSnapshot, cancellation),
        await ReadAllAsync(gateway, "stock", GatewayJson.Default.PageStockLevel, cancellation),
        await ReadAllAsync(gateway, "reservations", GatewayJson.Default.PageReservationSnapshot, cancellation),
        await ReadAllAsync(gateway, "invoices", GatewayJson.Default.PageInvoiceSnapshot, cancellation),
        await ReadAllAsync(gateway, "accounts", GatewayJson.Default.PageAccountSnapshot, cancellation))
    {
        Catalog = await ReadAllAsync(gateway, "catalog", GatewayJson.Default.PageCatalogItem, cancellation),
        Customers = await ReadAllAsync(gateway, "customers", GatewayJson.Default.PageCustomerSnapshot, cancellation),
        BillingCustomers = await ReadAllAsync(gateway, "billing-customers", GatewayJson.Default.PageCustomerSnapshot, cancellation),
    };

    private static async Task<List<T>> ReadAllAsync<T>(
        GatewayClient gateway, string snapshot, JsonTypeInfo<Page<T>> type, CancellationToken cancellation)
    {
        var all = new List<T>();
        string? after = null;
        do
        {
            var page = await gateway.PageAsync(snapshot, after, type, cancellation);
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
