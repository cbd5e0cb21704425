namespace Sidecar.PubSub.Cel;

/// <summary>An expression that is not CEL, or uses what this subset does not have.</summary>
internal sealed class CelSyntaxException(string problem, int position)
    : Exception($"{problem} at character {position + 1}")
{
    /// <summary>Where, counted from 0.</summary>
    public int Position { get; } = position;
}
