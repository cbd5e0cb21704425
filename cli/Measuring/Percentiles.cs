namespace Cli.Measuring;

/// <summary>
/// Percentiles by nearest rank: the smallest value such that at least p percent of the values are not above it. Always
/// a measured value.
/// </summary>
internal sealed class Percentiles
{
    private readonly double[] sorted;

    private Percentiles(double[] sorted) => this.sorted = sorted;

    public int Count => sorted.Length;

    public double P50 => At(50);

    public double P99 => At(99);

    public double P999 => At(99.9);

    public double Max => At(100);

    /// <summary>Percentiles of values in milliseconds.</summary>
    public static Percentiles Of(IEnumerable<double> milliseconds) => new([.. milliseconds.Order()]);

    /// <summary>
    /// The value at a percentile (above 0, at most 100), rounded to hundredths of a millisecond; 0 where nothing was
    /// measured.
    /// </summary>
    public double At(double percent)
    {
        if (sorted.Length == 0)
        {
            return 0;
        }

        // The small subtraction keeps 99.9 % of 1000 at rank 999, although 0.999 x 1000 is a little more in binary.
        var rank = (int)Math.Ceiling((percent / 100 * sorted.Length) - 1e-9);
        return Math.Round(sorted[Math.Clamp(rank, 1, sorted.Length) - 1], 2);
    }
}
