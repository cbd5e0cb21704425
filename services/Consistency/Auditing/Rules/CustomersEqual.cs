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

        var others = inInvoices.ToDictionary(c => c.CustomerId, StringComparer.Ordinal);
        foreach (var customer in inOrders)
        {
            others.Remove(customer.CustomerId, out var other);
            if (Difference(customer, other) is { } difference)
            {
                yield return new Finding(customer.CustomerId, difference);
            }
        }

        foreach (var other in others.Values)
        {
            yield return new Finding(other.CustomerId, "in Invoices, but unknown in Orders");
        }
    }

    private static string? Difference(CustomerSnapshot inOrders, CustomerSnapshot? inInvoices) =>
        inInvoices is null ? "in Orders, but unknown in Invoices"
        : inOrders.Version != inInvoices.Version ? $"Orders knows the writes {inOrders.Version}, Invoices {inInvoices.Version}"
        : inOrders.Document != inInvoices.Document ? $"both know the writes {inOrders.Version}, but not the same values"
        : null;
}
