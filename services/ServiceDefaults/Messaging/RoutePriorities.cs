namespace ServiceDefaults.Messaging;

/// <summary>
/// Numbers the routing rules of an app: Dapr tries a topic's rules by priority and wants no two alike. Ours exclude each other, so
/// the order in which they are mapped serves.
/// </summary>
internal sealed class RoutePriorities
{
    private int last;

    public int Next() => ++last;
}
