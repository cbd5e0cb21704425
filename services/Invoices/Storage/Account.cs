using Contracts.Snapshots;

namespace Invoices.Storage;

/// <summary>A customer's credit: the sum of open invoices, and the limit it may not pass.</summary>
internal sealed class Account
{
    public required string CustomerId { get; init; }

    public required long CreditLimitCents { get; set; }

    public long OpenCents { get; set; }

    public AccountSnapshot ToSnapshot() => new(CustomerId, CreditLimitCents, OpenCents);
}
