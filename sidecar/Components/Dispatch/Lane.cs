namespace Sidecar.Components.Dispatch;

/// <summary>
/// The messages of one subject that wait in a consumer group, in order. While some of them are under way in one
/// batch, no other batch may take from the lane: that keeps messages of the same subject in order. A message
/// without subject has a lane of its own.
/// </summary>
internal sealed class Lane(string? subject)
{
    private DeliveredMessage? _first;
    private Queue<DeliveredMessage>? _rest;

    /// <summary>The subject, or null for a message without one.</summary>
    public string? Subject { get; } = subject;

    /// <summary>Messages under way, all in the batch <see cref="Owner"/>.</summary>
    public int UnderWay { get; set; }

    /// <summary>The batch that holds the lane while <see cref="UnderWay"/> is above zero.</summary>
    public object? Owner { get; set; }

    /// <summary>True while the lane stands in the queue of ready lanes.</summary>
    public bool IsQueued { get; set; }

    /// <summary>True if nothing waits.</summary>
    public bool IsEmpty => _first is null;

    /// <summary>Id of the message that is next.</summary>
    public long NextId => _first!.Id;

    /// <summary>Size of the message that is next, in bytes.</summary>
    public int NextSize => _first!.Data.Length;

    /// <summary>Adds a message that is younger than all that wait.</summary>
    public void Add(DeliveredMessage message)
    {
        if (_first is null)
        {
            _first = message;
        }
        else
        {
            (_rest ??= new()).Enqueue(message);
        }
    }

    /// <summary>Takes the oldest.</summary>
    public DeliveredMessage Take()
    {
        var message = _first!;
        _first = _rest is { Count: > 0 } ? _rest.Dequeue() : null;
        return message;
    }

    /// <summary>Puts a message back to its place in the order. Costs the lane's length, and is rare.</summary>
    public void PutBack(DeliveredMessage message)
    {
        var all = new List<DeliveredMessage>(_rest ?? []) { message };
        if (_first is not null)
        {
            all.Add(_first);
        }
        all.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        _first = all[0];
        _rest = all.Count == 1 ? null : new Queue<DeliveredMessage>(all.Skip(1));
    }
}
