using Sidecar.Components.Redis;

namespace Sidecar.Components.PubSubRedis;

// New messages: a connection of its own that waits at the server, so that a message is here as soon as it is published.
internal sealed partial class StreamGroup
{
    private Blocked? _blocked;

    private async Task ReadAsync(CancellationToken stop)
    {
        var wait = RedisLimits.ReconnectWait;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await CreateGroupAsync();
                // What was left behind is older than what is new.
                await ReclaimAsync(stop);
                await using var connection = await _client.ConnectAsync(stop);
                var id = (await connection.ExecuteAsync(_client.ReadTimeout, "CLIENT", "ID")).Number;
                Volatile.Write(ref _blocked, new Blocked(connection, id));
                await RecoverAsync(connection, stop);
                wait = RedisLimits.ReconnectWait;
                await ReadOnAsync(connection, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (RedisException exception)
            {
                LogReadFailed(_topic, _name, exception.Message);
                await Task.Delay(wait, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                wait = RedisLimits.NextWait(wait);
            }
        }
    }

    private async Task ReadOnAsync(RedisConnection connection, CancellationToken stop)
    {
        var limit = StreamLimits.Block + _client.ReadTimeout;
        while (!stop.IsCancellationRequested)
        {
            var room = await _ahead.WaitAsync(_dispatcher, stop);
            try
            {
                var reply = await connection.ExecuteAsync(
                    limit, "XREADGROUP", "GROUP", _name, _consumer, "COUNT", room, "BLOCK", (long)StreamLimits.Block.TotalMilliseconds,
                    "STREAMS", _topic, ">");
                foreach (var stream in reply.Array)
                {
                    Hand(stream.Array[1].Array);
                }
            }
            // The server came back without its data, or somebody has deleted the stream or the group.
            catch (RedisErrorException exception) when (exception.Code is "NOGROUP" or "UNBLOCKED")
            {
                LogNoGroup(_topic, _name);
                await CreateGroupAsync();
            }
        }
    }

    // What the server has given to this process and a broken connection has swallowed.
    private async Task RecoverAsync(RedisConnection connection, CancellationToken stop)
    {
        for (var after = "0"; ;)
        {
            var room = await _ahead.WaitAsync(_dispatcher, stop);
            var reply = await connection.ExecuteAsync(
                _client.ReadTimeout, "XREADGROUP", "GROUP", _name, _consumer, "COUNT", room, "STREAMS", _topic, after);
            if (reply.Array is not [var stream] || stream.Array[1].Array is not [.., var last] entries)
            {
                return;
            }
            Hand(entries);
            after = last.Array[0].Text;
        }
    }

    // From the first entry on, as Dapr does it: what was published before the group was made is not lost.
    private async Task CreateGroupAsync()
    {
        try
        {
            await _client.ExecuteAsync("XGROUP", "CREATE", _topic, _name, "0", "MKSTREAM");
        }
        catch (RedisErrorException exception) when (exception.Code == "BUSYGROUP")
        {
            // It exists, which is what was wanted.
        }
    }

    // An app that becomes ready while the server is away is subscribed when it comes back.
    private async Task TryCreateGroupAsync()
    {
        try
        {
            await CreateGroupAsync();
        }
        catch (RedisException exception)
        {
            LogReadFailed(_topic, _name, exception.Message);
        }
    }

    // A read that is cut off might have taken messages, which would then wait for their timeout; so it is asked to end, again if it was between two.
    private async Task EndReadAsync()
    {
        var start = _time.GetTimestamp();
        while (!_running.IsCompleted && Volatile.Read(ref _blocked) is { } blocked)
        {
            if (_time.GetElapsedTime(start) > StreamLimits.StopWait)
            {
                await blocked.Connection.DisposeAsync();
                return;
            }
            try
            {
                await _client.ExecuteAsync("CLIENT", "UNBLOCK", blocked.ClientId);
            }
            catch (RedisException)
            {
                // Away, or not allowed: the limit above ends it.
            }
            await Task.WhenAny(_running, Task.Delay(StreamLimits.UnblockWait, _time));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reading {Topic} for group {Group} failed ({Problem}); it is tried again.")]
    private partial void LogReadFailed(string topic, string group, string problem);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Stream {Topic} has no group {Group} any more: the server has lost it, or it was deleted. It is made again.")]
    private partial void LogNoGroup(string topic, string group);

    private sealed record Blocked(RedisConnection Connection, long ClientId);
}
