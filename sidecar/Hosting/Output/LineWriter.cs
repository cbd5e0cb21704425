namespace Sidecar.Hosting.Output;

/// <summary>Whole lines to standard output from many threads: apps and sidecars share it.</summary>
internal sealed class LineWriter(TextWriter writer)
{
    private readonly Lock _gate = new();

    public void Write(string line)
    {
        lock (_gate)
        {
            writer.WriteLine(line);
            writer.Flush();
        }
    }
}
