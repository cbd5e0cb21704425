using Sidecar.Components.Redis;

namespace Sidecar.Components.PubSubRedis;

// Pending messages: those that some process has taken and not acknowledged. Their idle time at the server tells the dead from the living.
internal sealed partial class StreamGroup
{
    /// <summary>Takes over what nobody has renewed for the processing timeout.</summary>
    private async Task ReclaimAsync(CancellationToken stop)
    {
        if (_options.ProcessingTimeout is not { } timeout)
        {
            return;
        }
        var cursor = "0-0";
        do
        {
            var room = await WaitForRoomAsync(stop);
            var reply = (await _client.ExecuteAsync(
                "XAUTOCLAIM", _topic, _name, _name, (long)timeout.TotalMilliseconds, cursor, "COUNT", room)).Array;
            Hand(reply[1].Array);
            cursor = reply[0].Text;
        }
        while (cursor != "0-0");
    }

    // Dapr does not renew: there a message that takes longer than the timeout is given to another instance while the first still works on it.
    private Task RenewAllAsync(CancellationToken stop)
    {
        if (_options.ProcessingTimeout is not { } timeout)
        {
            return Task.CompletedTask;
        }
        var interval = timeout / StreamLimits.RenewalsPerTimeout;
        return RepeatAsync(_ => SetIdleAsync(_held.HeldFor(interval / 2), TimeSpan.Zero), interval, stop);
    }

    // A message that its consumer gave back, or never got, can be taken by anybody at once. Where nothing is ever reclaimed it stays here.
    private async Task GiveBackAsync()
    {
        await Task.WhenAny(_done.Done, Task.Delay(StreamLimits.StopWait, _time));
        if (_options.ProcessingTimeout is not { } timeout)
        {
            return;
        }
        string[] ids = [.. _dispatcher.TakeWaiting().Select(static message => (string)message.Receipt!)];
        try
        {
            await SetIdleAsync(ids, timeout);
        }
        catch (RedisException exception)
        {
            LogUpkeepFailed(_topic, _name, exception.Message); // their idle time grows by itself
        }
        _held.Remove(ids);
    }

    // JUSTID: this counts as no delivery.
    private async Task SetIdleAsync(string[] ids, TimeSpan idle)
    {
        foreach (var chunk in ids.Chunk(StreamLimits.IdsMax))
        {
            await _client.ExecuteAsync(
                ["XCLAIM", _topic, _name, _name, 0, .. chunk.Select(static id => (RedisArgument)id), "IDLE", (long)idle.TotalMilliseconds, "JUSTID"]);
        }
    }
}
