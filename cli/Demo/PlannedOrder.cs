using Contracts.Ordering;

namespace Cli.Demo;

/// <summary>What an order is meant to show.</summary>
internal enum OrderKind
{
    /// <summary>Plenty of stock and credit: must be confirmed.</summary>
    Plain,

    /// <summary>For a SKU of which there are too few pieces for all who want it.</summary>
    ScarceStock,

    /// <summary>By a customer whose credit limit was set below the order's total: must be refused.</summary>
    LowCreditLimit,

    /// <summary>Above any usual credit limit.</summary>
    HugeTotal,

    /// <summary>For a SKU that is withdrawn at the same moment: Orders may not know it yet.</summary>
    WithdrawnSku,

    /// <summary>Cancelled by the customer right after it was accepted: must end Cancelled.</summary>
    CancelledAtOnce,

    /// <summary>Cancelled by the customer while the services are at it: must end Cancelled.</summary>
    CancelledMeanwhile,

    /// <summary>Cancelled by the customer after it was confirmed: must end Cancelled, with a credit note.</summary>
    CancelledAfterConfirmation,
}

/// <summary>How often a client sends an order, on purpose, with one idempotency key.</summary>
internal enum Resend
{
    /// <summary>Once.</summary>
    No,

    /// <summary>Again after the answer, as if the answer had been lost.</summary>
    AfterTheAnswer,

    /// <summary>Twice at the same moment, as impatient clients do.</summary>
    AtOnce,
}

/// <summary>One order of the scenario.</summary>
/// <param name="Key">Idempotency key.</param>
/// <param name="Kind">What it shows.</param>
/// <param name="Order">What is sent.</param>
/// <param name="Resend">Whether it is sent twice.</param>
/// <param name="CancelAfter">How long after acceptance it is cancelled, for <see
/// cref="OrderKind.CancelledMeanwhile"/>.</param>
internal sealed record PlannedOrder(string Key, OrderKind Kind, PlaceOrder Order, Resend Resend, TimeSpan CancelAfter)
{
    /// <summary>
    /// The status in which the order must end if it is accepted; null where that depends on the others.
    /// </summary>
    public string? MustEnd => Kind switch
    {
        OrderKind.Plain => OrderStatuses.Confirmed,
        OrderKind.LowCreditLimit => OrderStatuses.Cancelled,
        _ => null,
    };
}
