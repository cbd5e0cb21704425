using Contracts.Ordering;
using Contracts.Snapshots;

namespace Consistency.Auditing.Rules;

/// <summary>
/// The invoice number that an order names is the number of its invoice, also after a cancellation; a Confirmed order names one.
/// </summary>
internal sealed class InvoiceNumberAgrees : IAuditRule
{
    public string Name => "invoice-number-agrees";

    public IEnumerable<Finding> Check(AuditView view)
    {
        // Orders without a numbered invoice, or with several, are other rules' findings.
        foreach (var order in view.All.Orders)
        {
            if (view.Invoices[order.OrderId].Where(i => i.Number is not null).ToList() is [var invoice] && !Agrees(order, invoice))
            {
                yield return new Finding(
                    order.OrderId, $"{order.Status}: its invoice is {invoice.Series}-{invoice.Number}, the order names {order.InvoiceNumber ?? "none"}");
            }
            else if (order is { Status: not OrderStatuses.Confirmed, InvoiceNumber: not null } && !view.Invoices[order.OrderId].Any())
            {
                yield return new Finding(order.OrderId, $"{order.Status}: names invoice {order.InvoiceNumber}, Invoices has none");
            }
        }
    }

    // An order that was cancelled before it heard of its invoice names none.
    private static bool Agrees(OrderSnapshot order, InvoiceSnapshot invoice) =>
        order.InvoiceNumber is null ? order.Status != OrderStatuses.Confirmed : invoice.IsNumbered(order.InvoiceNumber);
}
