using Contracts.Snapshots;

namespace Consistency.Auditing.Rules;

/// <summary>Both replicas of each customer profile are the same, to the byte.</summary>
internal sealed class CustomersEqual : IAuditRule
{
    public string Name => "customers-equal";

    public IEnumerable<Finding> Check(AuditView view)
    {
        if (view.All is not { Customers: { } inOrders, BillingCustomers: { } inInvoices })
        {
            yield break;
        }

        var (orders, invoices) = (Known(inOrders), Known(inInvoices));
        foreach (var customerId in orders.Concat(invoices).Select(c => c.Key).Distinct(StringComparer.Ordinal))
        {
            if (Difference([.. orders[customerId]], [.. invoices[customerId]]) is { } difference)
            {
                yield return new Finding(customerId, difference);
            }
        }
    }

    private static ILookup<string, CustomerSnapshot> Known(IEnumerable<CustomerSnapshot> customers) =>
        customers.ToLookup(c => c.CustomerId, StringComparer.Ordinal);

    private static string? Difference(IReadOnlyList<CustomerSnapshot> inOrders, IReadOnlyList<CustomerSnapshot> inInvoices) => (inOrders, inInvoices) switch
    {
        ([var one], [var other]) => Difference(one, other),
        ([_], []) => "in Orders, but unknown in Invoices",
        ([], [_]) => "in Invoices, but unknown in Orders",
        _ => $"expected once in each service, found {inOrders.Count} times in Orders, {inInvoices.Count} times in Invoices",
    };

    private static string? Difference(CustomerSnapshot inOrders, CustomerSnapshot inInvoices) =>
        inOrders.Version != inInvoices.Version ? $"Orders knows the writes {inOrders.Version}, Invoices {inInvoices.Version}"
        : inOrders.Document != inInvoices.Document ? $"both know the writes {inOrders.Version}, but not the same values"
        : null;
}
