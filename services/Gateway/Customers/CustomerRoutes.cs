using System.Text.Json;
using Contracts;
using Contracts.Conflicts;
using Contracts.Customers;
using Contracts.Snapshots;
using Gateway.Forwarding;
using Gateway.Security;
using ServiceDefaults.Problems;

namespace Gateway.Customers;

/// <summary>
/// Customer profiles and their conflicts. Two services have a replica each, and write it without asking the other: the plain paths lead to that of
/// Orders, the same paths behind <c>/billing</c> to that of Invoices.
/// </summary>
internal static class CustomerRoutes
{
    private const string BillingPrefix = "/billing";

    public static void MapCustomers(this WebApplication app)
    {
        Map(app, "", AppIds.Orders, "Orders' replica");
        Map(app, BillingPrefix, AppIds.Invoices, "Invoices' replica");
    }

    private static void Map(WebApplication app, string prefix, string appId, string whose)
    {
        var routes = app.MapGroup(prefix).WithTags("Customers");
        routes.MapGet("/customers/{customerId}", (string customerId, HttpContext http, ServiceProxy proxy) => ForwardAsync(http, proxy))
            .ForCustomers()
            .WithSummary($"A customer profile, as {whose} reads it; its ETag names the writes that it knows.")
            .DescribesQuery<CustomerDetails>();
        routes.MapPatch("/customers/{customerId}", (string customerId, JsonElement patch, HttpContext http, ServiceProxy proxy) =>
            {
                RefusedException.ThrowIfAny(ProfilePatch.Validate(customerId, patch));
                ThrowIfNotTheirs(http, patch);
                return ForwardAsync(http, proxy, patch);
            })
            .ForCustomers()
            .WithSummary($"Changes a customer profile in {whose} by a JSON merge patch (RFC 7396); the first patch makes the customer.")
            .Accepts<JsonElement>("application/merge-patch+json", "application/json")
            .DescribesCommand<CustomerDetails>(StatusCodes.Status200OK);
        routes.MapPost(
                "/customers/{customerId}/conflicts/{field}",
                (string customerId, string field, ResolveConflict request, HttpContext http, ServiceProxy proxy) =>
                {
                    RefusedException.ThrowIfAny(ProfilePatch.ValidateResolution(customerId, field, request.Value));
                    return ForwardAsync(http, proxy, request);
                })
            .WithSummary($"Decides an open conflict of a field in {whose}; the value reaches all replicas. For operators.")
            .DescribesCommand<CustomerDetails>(StatusCodes.Status200OK)
            .ProducesProblem(StatusCodes.Status409Conflict);
        routes.MapGet("/conflicts", (string? status, string? customerId, string? after, int? limit, HttpContext http, ServiceProxy proxy) =>
            {
                RefusedException.ThrowIfAny(ConflictListing.Validate(status, after, limit));
                return ForwardAsync(http, proxy);
            })
            .WithSummary($"Conflicts that {whose} met, in pages: status=open for those that wait for a decision, resolved for the others.")
            .DescribesQuery<Page<ConflictEntry>>();

        Task ForwardAsync(HttpContext http, ServiceProxy proxy, object? body = null)
        {
            var path = http.Request.Path.ToUriComponent()[prefix.Length..];
            return proxy.ForwardAsync(http, appId, path + http.Request.QueryString.ToUriComponent(), body);
        }
    }

    // Whoever owes does not say how much they may.
    private static void ThrowIfNotTheirs(HttpContext http, JsonElement patch)
    {
        if (Caller.Of(http).Role != ApiRole.Operator && patch.TryGetProperty(ProfileFields.CreditLimitCents, out _))
        {
            throw new RefusedException(
                StatusCodes.Status403Forbidden, "The key is not good for this.",
                $"{ProfileFields.CreditLimitCents}: only an operator sets it. Leave it out; nothing was changed.");
        }
    }
}
