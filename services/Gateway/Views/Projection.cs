using System.Text.Json;
using Consistency.Storage;
using Contracts.Feeds;

namespace Gateway.Views;

/// <summary>
/// What a change does to the view. A change carries the record's whole state, and a feed is read in order, so the last one is the truth:
/// written twice it is the same, and no part looks at the others, so that the three feeds may come in any order.
/// </summary>
internal static class Projection
{
    private const string OrderColumns =
        "customer_id = NULL, pattern = NULL, status = NULL, reason_code = NULL, detail = NULL, invoice_number = NULL, lines = NULL, "
        + "total_cents = NULL, version = NULL, placed_at = NULL, changed_at = NULL, attention_step = NULL, attention_reason = NULL, "
        + "attention_since = NULL";

    private const string ReservationColumns = "reservation_status = NULL, reservation_reason = NULL, reservation_changed_at = NULL";

    private const string InvoiceColumns =
        "invoice_status = NULL, invoice_printed = NULL, invoice_credit_note = NULL, invoice_changed_at = NULL";

    /// <summary>Applies a change to an edition. Kinds that are not in the view (stock, customers) are passed over.</summary>
    /// <exception cref="JsonException">The change is not what its kind says: the owner speaks another version.</exception>
    public static void Apply(UnitOfWork<ViewsDb> work, long edition, Change change)
    {
        switch (change)
        {
            case { Kind: FeedKinds.Order, Deleted: false }:
                Put(work, edition, change.Read<OrderState>());
                break;
            case { Kind: FeedKinds.Reservation, Deleted: false }:
                Put(work, edition, change.Read<ReservationState>());
                break;
            case { Kind: FeedKinds.Invoice, Deleted: false }:
                Put(work, edition, change.Read<InvoiceState>());
                break;
            case { Kind: FeedKinds.Order }:
                Remove(work, edition, change.Key, $"UPDATE order_view SET {OrderColumns} WHERE edition = @edition AND order_id = @id");
                break;
            case { Kind: FeedKinds.Reservation }:
                Remove(work, edition, change.Key, $"UPDATE order_view SET {ReservationColumns} WHERE edition = @edition AND order_id = @id");
                break;
            case { Kind: FeedKinds.Invoice }:
                Remove(work, edition, change.Key, $"UPDATE order_view SET {InvoiceColumns} WHERE edition = @edition AND order_id = @id");
                break;
        }
    }

    private static void Put(UnitOfWork<ViewsDb> work, long edition, OrderState order) => work.Run(
        """
        INSERT INTO order_view (
            edition, order_id, customer_id, pattern, status, reason_code, detail, invoice_number, lines, total_cents, version, placed_at, changed_at,
            attention_step, attention_reason, attention_since)
        VALUES (
            @edition, @id, @customer, @pattern, @status, @reason, @detail, @invoice, @lines, @total, @version, @placed, @changed,
            @step, @why, @since)
        ON CONFLICT (edition, order_id) DO UPDATE SET
            customer_id = excluded.customer_id, pattern = excluded.pattern, status = excluded.status, reason_code = excluded.reason_code,
            detail = excluded.detail, invoice_number = excluded.invoice_number, lines = excluded.lines, total_cents = excluded.total_cents,
            version = excluded.version, placed_at = excluded.placed_at, changed_at = excluded.changed_at,
            attention_step = excluded.attention_step, attention_reason = excluded.attention_reason, attention_since = excluded.attention_since
        """,
        ("@edition", edition),
        ("@id", order.OrderId),
        ("@customer", order.CustomerId),
        ("@pattern", order.Pattern),
        ("@status", order.Status),
        ("@reason", order.ReasonCode),
        ("@detail", order.Detail),
        ("@invoice", order.InvoiceNumber),
        ("@lines", JsonSerializer.Serialize(order.Lines, JsonSerializerOptions.Web)),
        ("@total", order.TotalCents),
        ("@version", order.Version),
        ("@placed", order.PlacedAt.ToUnixTimeMilliseconds()),
        ("@changed", order.ChangedAt.ToUnixTimeMilliseconds()),
        ("@step", order.Attention?.Step),
        ("@why", order.Attention?.Reason),
        ("@since", order.Attention?.Since.ToUnixTimeMilliseconds()));

    private static void Put(UnitOfWork<ViewsDb> work, long edition, ReservationState reservation) => work.Run(
        """
        INSERT INTO order_view (edition, order_id, reservation_status, reservation_reason, reservation_changed_at)
        VALUES (@edition, @id, @status, @reason, @changed)
        ON CONFLICT (edition, order_id) DO UPDATE SET
            reservation_status = excluded.reservation_status, reservation_reason = excluded.reservation_reason,
            reservation_changed_at = excluded.reservation_changed_at
        """,
        ("@edition", edition),
        ("@id", reservation.OrderId),
        ("@status", reservation.Status),
        ("@reason", reservation.ReasonCode),
        ("@changed", reservation.ChangedAt.ToUnixTimeMilliseconds()));

    private static void Put(UnitOfWork<ViewsDb> work, long edition, InvoiceState invoice) => work.Run(
        """
        INSERT INTO order_view (edition, order_id, invoice_status, invoice_printed, invoice_credit_note, invoice_changed_at)
        VALUES (@edition, @id, @status, @number, @note, @changed)
        ON CONFLICT (edition, order_id) DO UPDATE SET
            invoice_status = excluded.invoice_status, invoice_printed = excluded.invoice_printed,
            invoice_credit_note = excluded.invoice_credit_note, invoice_changed_at = excluded.invoice_changed_at
        """,
        ("@edition", edition),
        ("@id", invoice.OrderId),
        ("@status", invoice.Status),
        ("@number", invoice.Number),
        ("@note", invoice.CreditNoteNumber),
        ("@changed", invoice.ChangedAt.ToUnixTimeMilliseconds()));

    // A row without any part is not there.
    private static void Remove(UnitOfWork<ViewsDb> work, long edition, string orderId, string clearPart)
    {
        work.Run(clearPart, ("@edition", edition), ("@id", orderId));
        work.Run(
            """
            DELETE FROM order_view WHERE edition = @edition AND order_id = @id
                AND version IS NULL AND reservation_status IS NULL AND invoice_status IS NULL
            """,
            ("@edition", edition),
            ("@id", orderId));
    }
}
