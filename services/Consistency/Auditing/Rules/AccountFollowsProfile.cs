namespace Consistency.Auditing.Rules;

/// <summary>An account's credit limit is the one of the customer's profile in the same service.</summary>
/// <remarks>A profile without a limit says nothing: the configured one counts.</remarks>
internal sealed class AccountFollowsProfile : IAuditRule
{
    public string Name => "account-follows-profile";

    public IEnumerable<Finding> Check(AuditView view)
    {
        var accounts = view.All.Accounts.ToLookup(a => a.CustomerId, StringComparer.Ordinal);
        foreach (var customer in (view.All.BillingCustomers ?? []).Where(c => c.CreditLimitCents is not null))
        {
            var found = string.Join(", ", accounts[customer.CustomerId].Select(a => a.CreditLimitCents));
            if (found != $"{customer.CreditLimitCents}")
            {
                yield return new Finding(
                    customer.CustomerId,
                    $"the profile's credit limit is {customer.CreditLimitCents} cents, the account's {(found.Length == 0 ? "is missing" : found)}");
            }
        }
    }
}
