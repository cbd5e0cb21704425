using Contracts.Snapshots;

namespace Consistency.Auditing;

/// <summary>The snapshots, indexed by order. Lookups, not dictionaries: broken data may hold a key twice.</summary>
internal sealed class AuditView(SystemSnapshot snapshot, AuditOptions options)
{
    public SystemSnapshot All { get; } = snapshot;

    public AuditOptions Options { get; } = options;

    public ILookup<string,
    OrderSnapshot> Orders { get; } = snapshot.Orders.ToLookup(o => o.OrderId, StringComparer.Ordinal);

    public ILookup<string, ReservationSnapshot> Reservations { get; } =
        snapshot.Reservations.ToLookup(r => r.OrderId, StringComparer.Ordinal);

    public ILookup<string,
    InvoiceSnapshot> Invoices { get; } = snapshot.Invoices.ToLookup(i => i.OrderId, StringComparer.Ordinal);
}

/// <summary>One thing that must hold.</summary>
internal interface IAuditRule
{
    /// <summary>Stable name, for machines.</summary>
    string Name { get; }

    /// <summary>What breaks the rule.</summary>
    IEnumerable<Finding> Check(AuditView view);
}

/// <summary>A broken rule's subject and detail.</summary>
internal readonly record struct Finding(string Subject, string Detail);
