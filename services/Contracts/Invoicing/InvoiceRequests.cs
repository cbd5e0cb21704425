namespace Contracts.Invoicing;

/// <summary>Body of POST /invoices/{orderId}/issue. For orchestrators, not for clients.</summary>
/// <param name="CustomerId">Who pays.</param>
/// <param name="TotalCents">Total, in cents.</param>
public sealed record IssueRequest(string? CustomerId, long? TotalCents)
{
    // The dearest order that clients may place.
    private const long TotalCentsMax = RequestLimits.LinesMax * RequestLimits.QuantityMax * RequestLimits.UnitPriceCentsMax;

    /// <summary>What is wrong with the request, by field; empty where nothing is.</summary>
    public Dictionary<string, string[]> Validate(string orderId)
    {
        var errors = new FieldErrors();
        errors.CheckId("orderId", orderId);
        errors.CheckId("customerId", CustomerId);
        errors.CheckRange("totalCents", TotalCents, 0, TotalCentsMax);
        return errors.ToDictionary();
    }
}

/// <summary>Body of POST /invoices/{orderId}/void: undoes an invoice, also one that is still on its way.</summary>
/// <param name="Detail">Why, for people; printed on the credit note.</param>
public sealed record VoidRequest(string? Detail)
{
    /// <summary>What is wrong with the request, by field; empty where nothing is.</summary>
    public Dictionary<string, string[]> Validate(string orderId)
    {
        var errors = new FieldErrors();
        errors.CheckId("orderId", orderId);
        errors.CheckText("detail", Detail);
        return errors.ToDictionary();
    }
}

/// <summary>Answer of Invoices' steps: what the invoice is now.</summary>
/// <param name="OrderId">Order.</param>
/// <param name="Status">One of <see cref="InvoiceStatuses"/>.</param>
/// <param name="Number">The invoice's number; null where none was given out.</param>
/// <param name="ReasonCode">Why no invoice stands; null where one does.</param>
/// <param name="Detail">The same for people.</param>
public sealed record InvoiceOutcome(string OrderId, string Status, string? Number, string? ReasonCode, string? Detail);
