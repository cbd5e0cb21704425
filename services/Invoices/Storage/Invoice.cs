using Consistency.Feeds;
using Contracts;
using Contracts.Feeds;
using Contracts.Invoicing;
using Contracts.Snapshots;

namespace Invoices.Storage;

/// <summary>What Invoices did for an order: at most one invoice. A tombstone (NeverIssued) remembers an early cancellation.</summary>
internal sealed class Invoice : IFed
{
    public required string OrderId { get; init; }

    public required string CustomerId { get; init; }

    public required string Status { get; set; }

    public string? Series { get; set; }

    public long? Number { get; set; }

    public long? CreditNoteNumber { get; set; }

    public string? Detail { get; set; }

    public required long TotalCents { get; init; }

    /// <summary>Last version of the order that was seen; 0 if none.</summary>
    public long OrderVersion { get; set; }

    public long Version { get; set; } = 1;

    public required DateTimeOffset ChangedAt { get; set; }

    /// <summary>True where nobody is told of this invoice, or messages about its order were found missing: Orders pulls it.</summary>
    public bool Pulled { get; set; }

    string IFed.FeedKind => FeedKinds.Invoice;

    string IFed.FeedKey => OrderId;

    Lane IFed.FeedLane => Pulled ? Lane.Pulled : Lane.Pushed;

    /// <summary>Why no invoice stands; null where one does.</summary>
    public string? ReasonCode => Status switch
    {
        InvoiceStatuses.Issued => null,
        InvoiceStatuses.Refused => ReasonCodes.CreditLimit,
        _ => ReasonCodes.AlreadyUndone,
    };

    /// <summary>The number as printed, for example INV-00000001; null where none was given out.</summary>
    public string? FormattedNumber => Number is { } number ? NumberSeries.Format(Series!, number) : null;

    public string? FormattedCreditNoteNumber => CreditNoteNumber is { } note ? NumberSeries.Format(NumberSeries.CreditNotes, note) : null;

    public InvoiceDetails ToDetails() => new(
        OrderId, CustomerId, Status, FormattedNumber, FormattedCreditNoteNumber, Detail, TotalCents, ChangedAt);

    public InvoiceState ToState() => new(
        OrderId, CustomerId, Status, FormattedNumber, FormattedCreditNoteNumber, ReasonCode, Detail, TotalCents, ChangedAt);

    public InvoiceSnapshot ToSnapshot() => new(OrderId, CustomerId, Status, Series, Number, CreditNoteNumber, TotalCents, ChangedAt);
}
