using Consistency.Commands;
using Consistency.Storage;
using Contracts;
using Contracts.Invoicing;
using Invoices.Storage;
using ServiceDefaults.Commands;
using ServiceDefaults.Customers;
using ServiceDefaults.Problems;

namespace Invoices.Accounts;

/// <summary>
/// An operator sets how much credit a customer has: a write of that one field of the profile. Open invoices stay, even above a lowered limit.
/// </summary>
internal static class SetCreditLimitCommand
{
    public static void MapAccounts(this WebApplication app) =>
        app.MapPut("/customers/{customerId}/credit-limit", (
            string customerId, SetCreditLimit request, HttpContext http, WriteQueue<InvoicesDb> writes, CustomerReplica<InvoicesDb> customers) =>
        {
            var errors = new FieldErrors();
            errors.CheckId("customerId", customerId);
            RefusedException.ThrowIfAny(errors);
            RefusedException.ThrowIfAny(request.Validate());
            return writes.ExecuteCommandAsync(
                http, "set-credit-limit", request, work => Handle(work, customerId, request.CreditLimitCents!.Value, customers));
        });

    public static CommandAnswer Handle(UnitOfWork<InvoicesDb> work, string customerId, long limitCents, CustomerReplica<InvoicesDb> customers)
    {
        customers.SetCreditLimit(work, customerId, limitCents);

        // Not looked up in the database: an account that was opened just now is not there before the unit ends.
        var account = work.Db.Accounts.Local.FirstOrDefault(a => a.CustomerId == customerId) ?? work.Db.FindAccount(customerId)!;
        return CommandEndpoints.Answer(StatusCodes.Status200OK, account.ToSnapshot());
    }
}
