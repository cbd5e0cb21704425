using System.Text.Json.Serialization.Metadata;
using Contracts.Ordering;
using Contracts.Snapshots;

namespace Cli.Gateway;

/// <summary>Snapshots of the services' records, and the gateway's view of orders.</summary>
internal sealed partial class GatewayClient
{
    /// <summary>One page of a snapshot.</summary>
    public async Task<Page<T>> PageAsync<T>(
        string snapshot, string? after, JsonTypeInfo<Page<T>> type, CancellationToken cancellation)
    {
        var path = $"snapshots/{snapshot}?limit={Limits.PageSize}{Query("after", after)}";
        return (await SendAsync(HttpMethod.Get, path, null, null, type, cancellation)).Required($"GET /{path}");
    }

    /// <summary>A page of the gateway's view of orders; null where the gateway has none (an earlier version).</summary>
    public async Task<OrderViewSnapshotPage?> OrderViewPageAsync(string? after, int size, CancellationToken cancellation)
    {
        var path = $"snapshots/order-view?limit={size}{Query("after", after)}";
        var answer = await SendAsync(HttpMethod.Get, path, null, null, GatewayJson.Default.OrderViewSnapshotPage, cancellation);
        return answer.Status == 404 ? null : answer.Required($"GET /{path}");
    }

    /// <summary>How the gateway's view of orders is.</summary>
    public async Task<OrderViewState> OrderViewAsync(CancellationToken cancellation) =>
        (await SendAsync(HttpMethod.Get, "views/orders", null, null, GatewayJson.Default.OrderViewState, cancellation)).Required("GET /views/orders");

    /// <summary>Has the view of orders built anew.</summary>
    public async Task<OrderViewState> RebuildOrderViewAsync(CancellationToken cancellation) =>
        (await SendAsync(HttpMethod.Post, "views/orders/rebuild", null, null, GatewayJson.Default.OrderViewState, cancellation))
            .Required("POST /views/orders/rebuild");
}
