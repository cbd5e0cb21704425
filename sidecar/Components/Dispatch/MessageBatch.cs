namespace Sidecar.Components.Dispatch;

/// <summary>A batch on its way; runs its handler on the thread pool.</summary>
internal sealed class MessageBatch(
    GroupDispatcher group, Consumer consumer, List<DeliveredMessage> messages, List<Lane> lanes)
    : IMessageBatch, IThreadPoolWorkItem
{
    private readonly State[] _states = new State[messages.Count];

    [Flags]
    private enum State : byte
    {
        Open = 0,
        Passed = 1,
        Settled = 2,
    }

    /// <inheritdoc/>
    public IReadOnlyList<DeliveredMessage> Messages => messages;

    /// <summary>Whose share this is.</summary>
    public Consumer Consumer => consumer;

    /// <inheritdoc/>
    public void Settle(int index, bool done) => group.Settle(this, index, done ? Ending.Done : Ending.Again);

    /// <inheritdoc/>
    public void GiveUp(int index) => group.Settle(this, index, Ending.GivenUp);

    /// <inheritdoc/>
    public void LetPass(int index) => group.LetPass(this, index);

    /// <summary>Marks a message as settled; false if it was already. Guarded by the group's lock.</summary>
    public bool TrySettle(int index, out Lane? toRelease)
    {
        var state = _states[index];
        toRelease = state.HasFlag(State.Passed) ? null : lanes[index];
        _states[index] = state | State.Settled;
        return !state.HasFlag(State.Settled);
    }

    /// <summary>
    /// Marks a message as overtakable; false if it was already, or is settled. Guarded by the group's lock.
    /// </summary>
    public bool TryPass(int index, out Lane lane)
    {
        lane = lanes[index];
        if (_states[index] != State.Open)
        {
            return false;
        }
        _states[index] = State.Passed;
        return true;
    }

    /// <inheritdoc/>
    public void Execute() => _ = group.RunAsync(this);
}
