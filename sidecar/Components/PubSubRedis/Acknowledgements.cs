using Sidecar.Components.Redis;

namespace Sidecar.Components.PubSubRedis;

/// <summary>
/// Tells the server what is done: one command at a time, with all that has become done since the last. While the server is away they are kept, so
/// that an outage repeats as little as possible.
/// </summary>
internal sealed partial class Acknowledgements(
    RedisClient client, string topic, string group, HeldEntries held, TimeProvider time, ILogger logger, CancellationToken stop)
{
    private readonly Lock _lock = new();
    private List<string> _ids = [];
    private Task _running = Task.CompletedTask;
    private bool _isRunning;

    /// <summary>Completes when all that was added has been told, or when the component is disposed.</summary>
    public Task Done
    {
        get
        {
            lock (_lock)
            {
                return _running;
            }
        }
    }

    /// <summary>An entry is done.</summary>
    public void Add(string id)
    {
        lock (_lock)
        {
            _ids.Add(id);
            if (!_isRunning)
            {
                _isRunning = true;
                _running = Task.Run(RunAsync, CancellationToken.None);
            }
        }
    }

    private async Task RunAsync()
    {
        var wait = RedisLimits.ReconnectWait;
        while (Take() is { } ids)
        {
            try
            {
                await client.ExecuteAsync(["XACK", topic, group, .. ids]);
                held.Remove(ids);
                wait = RedisLimits.ReconnectWait;
            }
            catch (RedisException exception)
            {
                LogFailed(exception.Message, ids.Length, topic, group);
                PutBack(ids);
                await Task.Delay(wait, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                wait = RedisLimits.NextWait(wait);
            }
        }
    }

    private string[]? Take()
    {
        lock (_lock)
        {
            if (_ids.Count == 0 || stop.IsCancellationRequested)
            {
                _isRunning = false;
                return null;
            }
            string[] taken = [.. _ids.Take(StreamLimits.IdsMax)];
            _ids = taken.Length == _ids.Count ? [] : _ids[taken.Length..];
            return taken;
        }
    }

    private void PutBack(string[] ids)
    {
        lock (_lock)
        {
            _ids.InsertRange(0, ids);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "{Count} messages of {Topic} that group {Group} is done with could not be acknowledged ({Problem}); it is tried again.")]
    private partial void LogFailed(string problem, int count, string topic, string group);
}
