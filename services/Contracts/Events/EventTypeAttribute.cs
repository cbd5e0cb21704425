using System.Collections.Frozen;
using System.Reflection;

namespace Contracts.Events;

/// <summary>The CloudEvents <c>type</c> of an event record, and the topic on which its owner publishes it.</summary>
/// <param name="type"><c>&lt;aggregate&gt;.&lt;past-tense&gt;.v&lt;n&gt;</c>.</param>
/// <param name="topic">Topic name, from <see cref="Topics"/>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class EventTypeAttribute(string type, string topic) : Attribute
{
    /// <summary>CloudEvents type.</summary>
    public string Type { get; } = type;

    /// <summary>Topic name.</summary>
    public string Topic { get; } = topic;

    /// <summary>Types of all events that services publish.</summary>
    public static IReadOnlySet<string> All { get; } = typeof(EventTypeAttribute).Assembly.GetTypes()
        .Select(t => t.GetCustomAttribute<EventTypeAttribute>()?.Type)
        .OfType<string>()
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Types of the events that tell of an order, whichever service publishes them: those whose record names one.</summary>
    public static IReadOnlySet<string> OfOrders { get; } = typeof(EventTypeAttribute).Assembly.GetTypes()
        .Where(t => t.GetProperty(nameof(OrderPlaced.OrderId)) is not null)
        .Select(t => t.GetCustomAttribute<EventTypeAttribute>()?.Type)
        .OfType<string>()
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The attribute of <typeparamref name="TEvent"/>.</summary>
    /// <exception cref="InvalidOperationException">The record has none.</exception>
    public static EventTypeAttribute Of<TEvent>() => Cache<TEvent>.Value;

    private static class Cache<TEvent>
    {
        public static readonly EventTypeAttribute Value = typeof(TEvent).GetCustomAttribute<EventTypeAttribute>()
            ?? throw new InvalidOperationException($"{typeof(TEvent).Name} has no [EventType]; add one in Contracts/Events.");
    }
}
