using Sidecar.Components.Redis;

namespace Sidecar.Components.PubSubRedis;

// Pending messages: those that some process has taken and not acknowledged. Their idle time at the server tells the dead from the living.
internal sealed partial class StreamGroup
{
    // A process that is killed leaves its consumer. One that holds nothing and has not got anything for long can go: if it lives, the server makes
    // it again with the next message. Looked at and removed in one step, because with a consumer the server forgets what it holds.
    private const string ForgetDeadConsumers =
        """
        for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
          local about = {}
          for i = 1, #consumer, 2 do about[consumer[i]] = consumer[i + 1] end
          if about.pending == 0 and about.idle > tonumber(ARGV[2]) then
            redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], about.name)
          end
        end
        """;

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
            var room = await _ahead.WaitAsync(_dispatcher, stop);
            var reply = (await _client.ExecuteAsync(
                "XAUTOCLAIM", _topic, _name, _consumer, (long)timeout.TotalMilliseconds, cursor, "COUNT", room)).Array;
            Hand(reply[1].Array);
            cursor = reply[0].Text;
        }
        while (cursor != "0-0");
        await ForgetDeadConsumersAsync(timeout * StreamLimits.TimeoutsUntilForgotten);
    }

    // Nothing depends on it, so that a server that refuses it to this user is read from all the same.
    private async Task ForgetDeadConsumersAsync(TimeSpan idle)
    {
        try
        {
            await _client.ExecuteAsync("EVAL", ForgetDeadConsumers, 1, _topic, _name, (long)idle.TotalMilliseconds);
        }
        catch (RedisErrorException exception)
        {
            LogUpkeepFailed(_topic, _name, exception.Message);
        }
    }

    // Dapr does not renew: there a message that takes longer than the timeout is given to another instance while the first still works on it.
    private Task RenewAllAsync(CancellationToken stop)
    {
        if (_options.ProcessingTimeout is not { } timeout)
        {
            return Task.CompletedTask;
        }
        var interval = timeout / StreamLimits.RenewalsPerTimeout;
        return RepeatAsync(_ => SetIdleAsync(_held.HeldFor(interval / 2), _consumer, TimeSpan.Zero), interval, stop);
    }

    // A message that its consumer gave back, or never got, can be taken by anybody at once; until then it is under the group's name, as if by Dapr.
    // Where nothing is ever reclaimed it stays here.
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
            await SetIdleAsync(ids, _name, timeout);
        }
        catch (RedisException exception)
        {
            LogUpkeepFailed(_topic, _name, exception.Message); // their idle time grows by itself
        }
        _held.Remove(ids);
    }

    // JUSTID: this counts as no delivery.
    private async Task SetIdleAsync(string[] ids, string consumer, TimeSpan idle)
    {
        foreach (var chunk in ids.Chunk(StreamLimits.IdsMax))
        {
            await _client.ExecuteAsync(
                [
                    "XCLAIM", _topic, _name, consumer, 0, .. chunk.Select(static id => (RedisArgument)id),
                    "IDLE", (long)idle.TotalMilliseconds, "JUSTID",
                ]);
        }
    }
}
