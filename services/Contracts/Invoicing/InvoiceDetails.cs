namespace Contracts.Invoicing;

/// <summary>An invoice's states.</summary>
public static class InvoiceStatuses
{
    /// <summary>Open: it stands.</summary>
    public const string Issued = "Issued";

    /// <summary>Voided by a credit note.</summary>
    public const string Voided = "Voided";

    /// <summary>Not issued; the reason says why.</summary>
    public const string Refused = "Refused";

    /// <summary>The order was cancelled before an invoice was asked for (a tombstone): a late request issues nothing.</summary>
    public const string NeverIssued = "NeverIssued";
}

/// <summary>Answer to GET /invoices/{orderId}.</summary>
public sealed record InvoiceDetails(
    string OrderId, string CustomerId, string Status, string? Number, string? CreditNoteNumber, string? Detail, long TotalCents, DateTimeOffset ChangedAt);

/// <summary>Body of PUT /customers/{id}/credit-limit.</summary>
/// <param name="CreditLimitCents">Most that the customer's open invoices may sum up to, in cents.</param>
public sealed record SetCreditLimit(long? CreditLimitCents)
{
    /// <summary>What is wrong with the request, by field; empty where nothing is.</summary>
    public Dictionary<string, string[]> Validate()
    {
        var errors = new FieldErrors();
        errors.CheckRange("creditLimitCents", CreditLimitCents, 0, RequestLimits.CreditLimitCentsMax);
        return errors.ToDictionary();
    }
}
