using Contracts;
using Contracts.Snapshots;
using Gateway.Forwarding;
using ServiceDefaults.Problems;

namespace Gateway.Operations;

/// <summary>What the audit and the operator read: progress and repairs of each service, and snapshots of each table.</summary>
internal static class OperationRoutes
{
    private static readonly Dictionary<string, string> OwnerOfSnapshot = new(StringComparer.Ordinal)
    {
        ["orders"] = AppIds.Orders,
        ["catalog"] = AppIds.Orders,
        ["stock"] = AppIds.Inventory,
        ["reservations"] = AppIds.Inventory,
        ["invoices"] = AppIds.Invoices,
        ["accounts"] = AppIds.Invoices,
        ["customers"] = AppIds.Orders,
        ["billing-customers"] = AppIds.Invoices,
    };

    public static void MapOperations(this WebApplication app)
    {
        app.MapGet("/services/{service}/progress", (string service, HttpContext http, ServiceProxy proxy) =>
                service is AppIds.Orders or AppIds.Inventory or AppIds.Invoices
                    ? proxy.ForwardAsync(http, service, "/progress", body: null)
                    : throw RefusedException.NotFound("service", service))
            .WithTags("Operations")
            .WithSummary("What a service waits for and has kept.")
            .DescribesQuery<ServiceProgress>();
        app.MapGet("/services/{service}/repairs", (string service, long? after, int? limit, HttpContext http, ServiceProxy proxy) =>
            {
                var errors = new FieldErrors();
                errors.CheckPageSize(limit);
                errors.CheckRange("after", after ?? 0, 0, long.MaxValue);
                RefusedException.ThrowIfAny(errors);
                return service is AppIds.Orders or AppIds.Inventory or AppIds.Invoices
                    ? proxy.ForwardAsync(http, service, "/repairs" + http.Request.QueryString.ToUriComponent(), body: null)
                    : throw RefusedException.NotFound("service", service);
            })
            .WithTags("Operations")
            .WithSummary("Differences to other services that a service has found and healed, oldest first, in pages.")
            .DescribesQuery<Page<RepairEntry>>();
        app.MapGet("/snapshots/{table}", (string table, string? after, int? limit, HttpContext http, ServiceProxy proxy) =>
            {
                var errors = new FieldErrors();
                errors.CheckPageSize(limit);
                RefusedException.ThrowIfAny(errors);
                return OwnerOfSnapshot.TryGetValue(table, out var owner)
                    ? proxy.ForwardAsync(http, owner, $"/snapshots/{TableOf(table)}{http.Request.QueryString.ToUriComponent()}", body: null)
                    : throw RefusedException.NotFound("snapshot", table);
            })
            .WithTags("Operations")
            .WithSummary($"Rows of one table in key order, in pages: {string.Join(", ", OwnerOfSnapshot.Keys)}.")
            .DescribesQuery<object>();
    }

    // Two services have a replica of the customers, under the same name.
    private static string TableOf(string snapshot) => snapshot == "billing-customers" ? "customers" : snapshot;
}
