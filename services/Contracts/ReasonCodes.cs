namespace Contracts;

/// <summary>Why an order was cancelled; stable codes for machines.</summary>
public static class ReasonCodes
{
    /// <summary>Inventory has too few pieces of a line.</summary>
    public const string OutOfStock = "out-of-stock";

    /// <summary>Inventory does not sell the SKU, or no longer.</summary>
    public const string UnknownSku = "unknown-sku";

    /// <summary>The customer's open invoices would pass the credit limit.</summary>
    public const string CreditLimit = "credit-limit";

    /// <summary>The customer cancelled.</summary>
    public const string CustomerCancelled = "customer-cancelled";

    /// <summary>A service did not do its step within the time that the workflow gives it.</summary>
    public const string StepFailed = "step-failed";

    /// <summary>The step was undone before it was asked for.</summary>
    public const string AlreadyUndone = "already-undone";

    /// <summary>Orders has lost the order (a restored backup), and nobody knows enough of it to carry it on.</summary>
    public const string RecordLost = "record-lost";
}
