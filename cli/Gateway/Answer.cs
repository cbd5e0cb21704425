namespace Cli.Gateway;

/// <summary>What the gateway answered.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Value">The body of a 2xx; null otherwise.</param>
/// <param name="Text">The body of anything else, as it came.</param>
internal sealed record Answer<T>(int Status, T? Value, string Text)
    where T : class
{
    /// <summary>Names what was written, for reads that must see it (header <c>Consistency-Token</c>); null where there was none.</summary>
    public string? Token { get; init; }

    private const int ShownCharsMax = 300;

    /// <summary>The value, where nothing else is expected.</summary>
    /// <exception cref="GatewayException">The gateway refused.</exception>
    public T Required(string request) =>
        Value ?? throw new GatewayException(
            $"{request} was answered {Status}: {(Text.Length <= ShownCharsMax ? Text : Text[..ShownCharsMax])}");
}
