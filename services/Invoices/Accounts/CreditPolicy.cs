using Consistency.Storage;
using Invoices.Storage;
using ServiceDefaults.Customers;

namespace Invoices.Accounts;

/// <summary>How far a customer may run up a bill. New customers get the configured limit.</summary>
internal sealed class CreditPolicy(long defaultLimitCents)
{
    /// <summary>The customer's account, opened where there is none.</summary>
    public Account AccountOf(InvoicesDb db, string customerId) =>
        db.FindAccount(customerId) ?? db.Accounts.Add(new Account { CustomerId = customerId, CreditLimitCents = defaultLimitCents }).Entity;

    /// <summary>The account follows the customer's profile, whoever wrote that, and in which service.</summary>
    public void Follow(UnitOfWork<InvoicesDb> work, CustomerProfile profile)
    {
        if (profile.CreditLimitCents is { } limitCents)
        {
            AccountOf(work.Db, profile.CustomerId).CreditLimitCents = limitCents;
        }
    }

    /// <summary>Why an invoice over this total may not be issued, or null if it may.</summary>
    public static string? FindRefusal(Account account, long totalCents) =>
        account.OpenCents + totalCents > account.CreditLimitCents
            ? $"{totalCents} cents more than the {account.OpenCents} open would pass the credit limit of {account.CreditLimitCents}."
            : null;
}
