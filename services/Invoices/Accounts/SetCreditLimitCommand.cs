using Consistency.Commands;
using Consistency.Storage;
using Contracts;
using Contracts.Invoicing;
using Invoices.Storage;
using ServiceDefaults.Commands;
using ServiceDefaults.Problems;

namespace Invoices.Accounts;

/// <summary>An operator sets how much credit a customer has. Open invoices stay, even above a lowered limit.</summary>
internal static class SetCreditLimitCommand
{
    public static void MapAccounts(this WebApplication app) =>
        app.MapPut("/customers/{customerId}/credit-limit", (
            string customerId, SetCreditLimit request, HttpContext http, WriteQueue<InvoicesDb> writes, CreditPolicy credit) =>
        {
            var errors = new FieldErrors();
            errors.CheckId("customerId", customerId);
            RefusedException.ThrowIfAny(errors);
            RefusedException.ThrowIfAny(request.Validate());
            return writes.ExecuteCommandAsync(
                http, "set-credit-limit", request, work => Handle(work, customerId, request.CreditLimitCents!.Value, credit));
        });

    public static CommandAnswer Handle(UnitOfWork<InvoicesDb> work, string customerId, long limitCents, CreditPolicy credit)
    {
        var account = credit.AccountOf(work.Db, customerId);
        account.CreditLimitCents = limitCents;
        return CommandEndpoints.Answer(StatusCodes.Status200OK, account.ToSnapshot());
    }
}
