namespace Invoices.Storage;

/// <summary>Numbers without gaps. The next one is taken in the transaction that uses it: taken back with it, or used.</summary>
internal sealed class NumberSeries
{
    public const string Invoices = "INV";

    public const string CreditNotes = "CRN";

    private const int NameCharsMax = 10;

    public required string Name { get; init; }

    public long LastNumber { get; set; }

    public static long Next(InvoicesDb db, string name)
    {
        var series = db.FindSeries(name) ?? db.Series.Add(new NumberSeries { Name = name }).Entity;
        return ++series.LastNumber;
    }

    /// <summary>The configured name of the series of new invoices.</summary>
    /// <exception cref="InvalidOperationException">It is none that can be printed, or that of the credit notes.</exception>
    public static string Check(string name) =>
        name.Length is > 0 and <= NameCharsMax && name.All(char.IsAsciiLetterOrDigit) && name != CreditNotes
            ? name
            : throw new InvalidOperationException(
                $"InvoiceSeries: '{name}' is not 1 to {NameCharsMax} letters and digits, and not {CreditNotes}; for example INV2.");

    public static string Format(string series, long number) => $"{series}-{number:D8}";
}
