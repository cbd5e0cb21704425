using Contracts;
using Contracts.Invoicing;
using Contracts.Snapshots;
using Gateway.Forwarding;
using Gateway.Security;
using ServiceDefaults.Problems;

namespace Gateway.Invoicing;

internal static class InvoiceRoutes
{
    public static void MapInvoices(this WebApplication app)
    {
        app.MapGet("/invoices/{orderId}", (string orderId, HttpContext http, ServiceProxy proxy) => proxy.ForwardAsync(http, AppIds.Invoices))
            .ForCustomers()
            .WithTags("Invoices")
            .WithSummary("The invoice of an order.")
            .DescribesQuery<InvoiceDetails>();
        app.MapPut("/customers/{customerId}/credit-limit", (string customerId, SetCreditLimit request, HttpContext http, ServiceProxy proxy) =>
            {
                RefusedException.ThrowIfAny(request.Validate());
                return proxy.ForwardAsync(http, AppIds.Invoices, request);
            })
            .WithTags("Invoices")
            .WithSummary("Sets a customer's credit limit.")
            .DescribesCommand<AccountSnapshot>(StatusCodes.Status200OK);
    }
}
