namespace Invoices.Storage;

/// <summary>Numbers without gaps. The next one is taken in the transaction that uses it: taken back with it, or used.</summary>
internal sealed class NumberSeries
{
    public const string Invoices = "INV";

    public const string CreditNotes = "CRN";

    public required string Name { get; init; }

    public long LastNumber { get; set; }

    public static long Next(InvoicesDb db, string name)
    {
        var series = db.FindSeries(name) ?? db.Series.Add(new NumberSeries { Name = name }).Entity;
        return ++series.LastNumber;
    }

    public static string Format(string series, long number) => $"{series}-{number:D8}";
}
