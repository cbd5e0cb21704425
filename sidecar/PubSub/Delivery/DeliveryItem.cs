using Sidecar.Components;

namespace Sidecar.PubSub.Delivery;

/// <summary>One message on its way to the app.</summary>
/// <param name="batch">Where it came from; null for the second copy that fault injection makes, which is never
/// settled.</param>
/// <param name="index">Its place in the batch.</param>
/// <param name="message">The message.</param>
internal sealed class DeliveryItem(IMessageBatch? batch, int index, DeliveredMessage message)
{
    private int _settled;

    /// <summary>The message.</summary>
    public DeliveredMessage Message => message;

    /// <summary>True for a copy that fault injection made.</summary>
    public bool IsCopy => batch is null;

    /// <summary>What the app gets: the envelope; in a bulk delivery the value of <c>event</c>.</summary>
    public ReadOnlyMemory<byte> Body { get; set; } = message.Data;

    /// <summary>The envelope's trace; null where it has none at all.</summary>
    public string? TraceParent { get; set; }

    /// <summary>Path on the app.</summary>
    public string Path { get; set; } = "";

    /// <summary>True once the app or the dead-letter topic has it.</summary>
    public bool IsSettled => Volatile.Read(ref _settled) != 0;

    /// <summary>A copy for fault injection.</summary>
    public DeliveryItem Copy() => new(null, index, message);

    /// <summary>Acknowledges the message, or gives it back to the broker.</summary>
    public void Settle(bool done)
    {
        if (Interlocked.Exchange(ref _settled, 1) == 0)
        {
            batch?.Settle(index, done);
        }
    }

    /// <summary>Leaves the message, which the app has failed for good, to the broker's own rule.</summary>
    public void GiveUp()
    {
        if (Interlocked.Exchange(ref _settled, 1) == 0)
        {
            batch?.GiveUp(index);
        }
    }

    /// <summary>Lets later messages of the same subject overtake.</summary>
    public void LetPass() => batch?.LetPass(index);
}
