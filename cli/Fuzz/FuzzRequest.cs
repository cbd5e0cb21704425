using System.Text;

namespace Cli.Fuzz;

/// <summary>Bytes for a door.</summary>
internal sealed record FuzzRequest(FuzzTarget Target, byte[] Bytes)
{
    private const int ShownMax = 600;

    /// <summary>
    /// True for what must not be sent: it would end a sidecar, rightly; that is no finding. Or make one wait for a worker that its app does not have.
    /// </summary>
    public bool IsHarmful
    {
        get
        {
            var text = Encoding.Latin1.GetString(Bytes);
            return text.Contains("shutdown", StringComparison.OrdinalIgnoreCase) || text.Contains("/start", StringComparison.OrdinalIgnoreCase);
        }
    }

    /// <summary>The request on one line, without the secret.</summary>
    public override string ToString()
    {
        var text = Encoding.Latin1.GetString(Bytes.AsSpan(0, Math.Min(Bytes.Length, ShownMax)));
        if (Target.Secret is { } secret)
        {
            text = text.Replace(secret.Value, "SECRET", StringComparison.Ordinal);
        }

        var line = string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c.ToString() : c == '\r' ? "\\r" : c == '\n' ? "\\n" : $"\\x{(int)c:x2}"));
        return Bytes.Length > ShownMax ? $"{line}... ({Bytes.Length} bytes)" : line;
    }
}
