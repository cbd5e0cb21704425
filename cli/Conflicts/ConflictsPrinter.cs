using Contracts.Conflicts;
using Contracts.Customers;
using Spectre.Console;

namespace Cli.Conflicts;

/// <summary>Prints conflicts for people.</summary>
internal static class ConflictsPrinter
{
    public static void Print(Terminal terminal, IReadOnlyList<ShownConflict> conflicts)
    {
        if (conflicts.Count > 0)
        {
            var table = new Table().Border(TableBorder.None)
                .AddColumns("replica", "customer", "field", "policy", "seen (UTC)", "state", "used", "others");
            foreach (var (replica, c) in conflicts)
            {
                table.AddRow(
                    replica, Terminal.Cell(c.Key), Terminal.Cell(c.Field), c.Policy, $"{c.SeenAt:yyyy-MM-dd HH:mm:ss}", Terminal.Cell(State(c)),
                    Terminal.Cell(c.Kept.GetRawText()), Terminal.Cell(Others(c)));
            }

            terminal.Out.Write(table);
        }

        terminal.Line($"{conflicts.Count} conflicts, {conflicts.Count(c => c.Conflict.ResolvedAt is null)} of them open");
    }

    public static void Print(Terminal terminal, IReadOnlyList<ShownCustomer> replicas)
    {
        foreach (var (replica, customer, history) in replicas)
        {
            terminal.Line(customer is null ? $"{replica}: unknown" : $"{replica}: version {customer.Version}");
            if (customer is not null)
            {
                Print(terminal, customer);
            }

            foreach (var past in history.Where(h => h.ResolvedAt is not null))
            {
                terminal.Line($"  past conflict in {past.Field}, seen {past.SeenAt:yyyy-MM-dd HH:mm:ss} UTC: {State(past)}, not used: {Others(past)}");
            }
        }

        var versions = replicas.Select(r => r.Customer?.Version).Distinct().Count();
        terminal.Line(versions == 1 ? "both replicas know the same writes" : "the replicas do not know the same writes yet");
    }

    private static void Print(Terminal terminal, CustomerDetails customer)
    {
        terminal.Line($"  name              {customer.Name ?? "-"}");
        terminal.Line($"  email             {customer.Email ?? "-"}");
        terminal.Line($"  shippingAddress   {Shown(customer.ShippingAddress)}");
        terminal.Line($"  billingAddress    {Shown(customer.BillingAddress)}");
        terminal.Line($"  creditLimitCents  {customer.CreditLimitCents?.ToString() ?? "-"}");
        foreach (var conflict in customer.Conflicts)
        {
            terminal.Line($"  {(conflict.Open ? "OPEN conflict" : "conflict")} in {conflict.Field} ({conflict.Policy}):");
            foreach (var s in conflict.Siblings)
            {
                terminal.Line($"    {(s.Used ? "used" : "    ")} {s.Path} = {s.Value.GetRawText()}, by {s.Replica} at {s.WrittenAt:yyyy-MM-dd HH:mm:ss.fff} UTC");
            }
        }
    }

    private static string Shown(PostalAddress? address) =>
        address is null ? "-" : string.Join(", ", new[] { address.Street, address.PostalCode, address.City, address.Country }.Select(m => m ?? "-"));

    private static string State(ConflictEntry conflict) => conflict.ResolvedAt is null ? "open" : $"resolved by {conflict.ResolvedBy}";

    private static string Others(ConflictEntry conflict) =>
        string.Join(", ", conflict.Siblings.Where(s => s.Value.GetRawText() != conflict.Kept.GetRawText() && !(s.Path != conflict.Field && s.Used))
            .Select(s => s.Path == conflict.Field ? s.Value.GetRawText() : $"{s.Path}: {s.Value.GetRawText()}"));
}
