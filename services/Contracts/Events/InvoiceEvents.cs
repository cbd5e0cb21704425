namespace Contracts.Events;

/// <summary>An invoice was issued for the order.</summary>
[EventType("invoice.issued.v1", Topics.Invoices)]
public sealed record InvoiceIssued(string OrderId, string InvoiceNumber, long TotalCents);

/// <summary>No invoice was issued, for example because of the customer's credit limit.</summary>
[EventType("invoice.refused.v1", Topics.Invoices)]
public sealed record InvoiceRefused(string OrderId, string ReasonCode, string Detail);

/// <summary>A credit note voided the order's invoice.</summary>
[EventType("invoice.voided.v1", Topics.Invoices)]
public sealed record InvoiceVoided(string OrderId, string InvoiceNumber, string CreditNoteNumber);
