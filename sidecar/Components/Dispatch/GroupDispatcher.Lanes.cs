namespace Sidecar.Components.Dispatch;

// The lanes: which message is next, and when its subject is free again. All under the group's lock.
internal sealed partial class GroupDispatcher
{
    // Always the oldest message whose subject no other batch holds, until the batch is full.
    private MessageBatch? Take(Consumer consumer)
    {
        var messages = new List<DeliveredMessage>(Math.Min(consumer.Options.MaxBatch, _waiting));
        var lanes = new List<Lane>(messages.Capacity);
        var bytes = 0L;
        while (messages.Count < consumer.Options.MaxBatch && _ready.TryPeek(out var lane, out _))
        {
            if (lane.IsEmpty || (lane.UnderWay > 0 && !ReferenceEquals(lane.Owner, messages)))
            {
                _ready.Dequeue();
                lane.IsQueued = false; // comes back when its batch releases it
                continue;
            }
            if (messages.Count > 0 && bytes + lane.NextSize > DispatchLimits.BatchBytesMax)
            {
                break;
            }
            _ready.Dequeue();
            lane.IsQueued = false;
            var message = lane.Take();
            if (IsWithdrawn?.Invoke(message) == true)
            {
                Count(message, -1);
                Ready(lane);
                Forget(lane);
                continue;
            }
            bytes += message.Data.Length;
            lane.UnderWay++;
            lane.Owner = messages;
            messages.Add(message);
            lanes.Add(lane);
            Count(message, -1);
            Ready(lane);
        }
        if (messages.Count == 0)
        {
            return null;
        }
        consumer.Calls++;
        consumer.Unsettled += messages.Count;
        return new MessageBatch(this, consumer, messages, lanes);
    }

    private Lane LaneOf(DeliveredMessage message)
    {
        if (message.Subject is not { } subject)
        {
            return new Lane(null);
        }
        if (!_lanes.TryGetValue(subject, out var lane))
        {
            lane = new Lane(subject);
            _lanes.Add(subject, lane);
        }
        return lane;
    }

    private void PutBack(Lane lane, DeliveredMessage message)
    {
        lane.PutBack(message);
        Count(message, 1);
        // The lane may stand too far back in the queue by now. A second entry at the right place does no harm: one
        // whose lane is empty or held is skipped.
        lane.IsQueued = false;
        if (lane.UnderWay == 0)
        {
            Ready(lane);
        }
    }

    private void Release(Lane lane, MessageBatch batch)
    {
        if (lane.UnderWay > 0 && ReferenceEquals(lane.Owner, batch.Messages) && --lane.UnderWay == 0)
        {
            lane.Owner = null;
            Ready(lane);
            Forget(lane);
        }
    }

    private void Forget(Lane lane)
    {
        if (lane is { IsEmpty: true, UnderWay: 0, Subject: not null })
        {
            _lanes.Remove(lane.Subject);
        }
    }

    private void Ready(Lane lane)
    {
        if (!lane.IsEmpty && !lane.IsQueued)
        {
            lane.IsQueued = true;
            _ready.Enqueue(lane, lane.NextId);
        }
    }

    private void Count(DeliveredMessage message, int sign)
    {
        _waiting += sign;
        _waitingBytes += sign * (long)message.Data.Length;
    }
}
