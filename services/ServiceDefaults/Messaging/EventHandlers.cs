using System.Text.Json;
using Consistency.DeadLetters;
using Consistency.Storage;
using Microsoft.EntityFrameworkCore;

namespace ServiceDefaults.Messaging;

/// <summary>Handles one type of event, also where it is no delivery: a dead letter that is replayed.</summary>
internal interface IEventHandler<TDb>
    where TDb : DbContext
{
    /// <summary>Handles an event whose inbox mark is set.</summary>
    /// <exception cref="PoisonException">The envelope is malformed.</exception>
    void Handle(UnitOfWork<TDb> work, JsonElement envelope);
}

/// <summary>The event types that this app handles.</summary>
internal sealed class EventHandlers<TDb>
    where TDb : DbContext
{
    private readonly Dictionary<string, IEventHandler<TDb>> byType = new(StringComparer.Ordinal);

    /// <summary>
    /// Adds a type and numbers its routing rule: Dapr tries a topic's rules by priority and wants no two alike. Ours exclude each
    /// other, so the order in which they are mapped serves.
    /// </summary>
    public int Add(string type, IEventHandler<TDb> handler)
    {
        byType.Add(type, handler);
        return byType.Count;
    }

    /// <summary>True for a type that is handled here, in this version or another one.</summary>
    public bool Concerns(string? type) => type is not null && byType.Keys.Any(known => IsSameEvent(known, type));

    /// <summary>Handles a kept message; its inbox mark is set already.</summary>
    /// <exception cref="PoisonException">Nobody here handles that type, or the envelope is malformed.</exception>
    public void Handle(UnitOfWork<TDb> work, string type, string envelope)
    {
        if (!byType.TryGetValue(type, out var handler))
        {
            throw new PoisonException(UnknownType(type));
        }

        handler.Handle(work, JsonElement.Parse(envelope));
    }

    /// <summary>What is wrong with a type that nobody here handles.</summary>
    public string UnknownType(string? type) =>
        string.IsNullOrEmpty(type) ? "the event has no type"
        : Concerns(type) ? $"'{type}' is a version that this service does not handle"
        : $"'{type}' is a type that no service knows";

    // Types end in ".v" and a number (Contracts/Events).
    private static bool IsSameEvent(string known, string type)
    {
        var end = known.LastIndexOf(".v", StringComparison.Ordinal) + 2;
        return type.Length > end && type.AsSpan(0, end).SequenceEqual(known.AsSpan(0, end)) && !type.AsSpan(end).ContainsAnyExceptInRange('0', '9');
    }
}
