using Contracts;
using Orders.Storage;

namespace Orders.Reconciling;

/// <summary>What is different about orders whose messages were found missing.</summary>
internal static class OrderHealing
{
    /// <summary>
    /// From now on the others pull the order, and go on with it in this same session. Orders of pattern <c>sync</c> are pulled anyway.
    /// </summary>
    public static void Mark(Order order) => order.Healing |= order.Pattern != Patterns.Sync;

    /// <summary>True where reading the others' feeds is the order's way, and no repair.</summary>
    public static bool IsNormal(Order order) => order.Pattern == Patterns.Sync;
}
