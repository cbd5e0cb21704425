namespace Consistency.Auditing;

/// <summary>What an audit found.</summary>
/// <param name="Checked">Records looked at: orders, products, reservations, invoices, accounts, customers, and their copies.</param>
/// <param name="Violations">Broken rules, in the order of the rules; empty where the services agree.</param>
public sealed record AuditReport(int Checked, IReadOnlyList<Violation> Violations);

/// <summary>One broken rule.</summary>
/// <param name="Rule">Stable name of the rule, for machines.</param>
/// <param name="Subject">What breaks it: an order id, a SKU, a customer id or a number series.</param>
/// <param name="Detail">For people: expected and actual.</param>
public sealed record Violation(string Rule, string Subject, string Detail);
