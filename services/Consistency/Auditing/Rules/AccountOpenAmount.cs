using Contracts.Invoicing;

namespace Consistency.Auditing.Rules;

/// <summary>A customer's open amount equals the sum of the customer's Issued invoices.</summary>
/// <remarks>Open above the limit is no violation: a limit may be lowered after invoices were issued.</remarks>
internal sealed class AccountOpenAmount : IAuditRule
{
    public string Name => "account-open-amount";

    public IEnumerable<Finding> Check(AuditView view)
    {
        var open = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var invoice in view.All.Invoices.Where(i => i.Status == InvoiceStatuses.Issued))
        {
            open[invoice.CustomerId] = open.GetValueOrDefault(invoice.CustomerId) + invoice.TotalCents;
        }

        foreach (var account in view.All.Accounts)
        {
            open.Remove(account.CustomerId, out var expected);
            if (account.OpenCents != expected)
            {
                yield return new Finding(
                    account.CustomerId,
                    $"Issued invoices sum up to {expected} cents, the account says {account.OpenCents}");
            }
        }

        foreach (var (customer, cents) in open.Where(o => o.Value != 0))
        {
            yield return new Finding(
                customer, $"Issued invoices sum up to {cents} cents, but the customer has no account");
        }
    }
}
