namespace Sidecar.Components.Redis;

/// <summary>
/// A server as a component sees it: one shared connection for commands, made again whenever it breaks, and further ones for commands that
/// block. While there is none, commands wait for it for a moment and then fail. A command that was sent is never sent a second time: whether
/// it was carried out is for the caller to decide.
/// </summary>
internal sealed partial class RedisClient : IAsyncDisposable
{
    private readonly RedisOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource<RedisConnection> _current = NewSource();
    private Exception? _whyNot;
    private Task _keeping = Task.CompletedTask;

    private RedisClient(RedisOptions options, TimeProvider time, ILogger logger) => (_options, _time, _logger) = (options, time, logger);

    /// <summary>For messages.</summary>
    public string Address => _options.Address;

    /// <summary>Longest time until the answer to a command that does not block.</summary>
    public TimeSpan ReadTimeout => _options.ReadTimeout;

    /// <summary>Connects; a server that cannot be reached is tried again for a while.</summary>
    /// <exception cref="RedisUnavailableException">It could not be reached within <see cref="RedisLimits.StartWait"/>.</exception>
    /// <exception cref="RedisErrorException">It refuses the user, the password or the database.</exception>
    public static async Task<RedisClient> OpenAsync(
        RedisOptions options, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var client = new RedisClient(options, time, logger);
        var start = time.GetTimestamp();
        for (var wait = RedisLimits.ReconnectWait; ; wait = RedisLimits.NextWait(wait))
        {
            try
            {
                var connection = await client.ConnectAsync(cancellationToken);
                client._current.SetResult(connection);
                client._keeping = client.KeepAsync(connection);
                return client;
            }
            catch (RedisUnavailableException) when (time.GetElapsedTime(start) + wait < RedisLimits.StartWait)
            {
                await Task.Delay(wait, time, cancellationToken);
            }
        }
    }

    /// <summary>A connection of the caller's own.</summary>
    /// <exception cref="RedisException">As of <see cref="RedisConnection.OpenAsync"/>.</exception>
    public Task<RedisConnection> ConnectAsync(CancellationToken cancellationToken) =>
        RedisConnection.OpenAsync(_options, _time, cancellationToken);

    /// <summary>Runs a command that does not block.</summary>
    /// <exception cref="RedisUnavailableException">There is no connection, or it broke before the reply.</exception>
    /// <exception cref="RedisErrorException">The server refuses the command.</exception>
    public async Task<RespValue> ExecuteAsync(params RedisArgument[] command)
    {
        while (true)
        {
            var connection = await CurrentAsync();
            if (await connection.TrySendAsync(command) is { } reply)
            {
                return (await reply).OrThrow();
            }
            Replace(connection); // broke unnoticed: nothing was sent
        }
    }

    /// <summary>Runs commands that do not block in one go, with nobody else's between them; replies may be errors.</summary>
    /// <exception cref="RedisUnavailableException">There is no connection, or it broke before the last reply.</exception>
    public async Task<RespValue[]> ExecuteAllAsync(RedisArgument[][] commands)
    {
        while (true)
        {
            var connection = await CurrentAsync();
            if (await connection.TrySendAllAsync(commands) is { } replies)
            {
                return await replies;
            }
            Replace(connection);
        }
    }

    /// <summary>Closes the connection; what is outstanding fails.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _keeping;
        Task<RedisConnection> current;
        lock (_lock)
        {
            current = _current.Task;
            _current.TrySetException(new ObjectDisposedException(nameof(RedisClient)));
        }
        if (current.IsCompletedSuccessfully)
        {
            await (await current).DisposeAsync();
        }
        _stop.Dispose();
    }

    private static TaskCompletionSource<RedisConnection> NewSource()
    {
        var source = new TaskCompletionSource<RedisConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = source.Task.ContinueWith(static t => t.Exception, TaskContinuationOptions.OnlyOnFaulted); // it is no defect if nobody waits
        return source;
    }

    private async ValueTask<RedisConnection> CurrentAsync()
    {
        Task<RedisConnection> current;
        lock (_lock)
        {
            current = _current.Task;
        }
        if (current.IsCompletedSuccessfully)
        {
            return await current;
        }
        try
        {
            return await current.WaitAsync(_options.ConnectWait, _time);
        }
        catch (TimeoutException)
        {
            throw new RedisUnavailableException(
                $"there is no connection to redis at {Address}, nothing was sent: {Volatile.Read(ref _whyNot)?.Message ?? "it is being made"}");
        }
    }

    private void Replace(RedisConnection broken)
    {
        lock (_lock)
        {
            if (_current.Task.IsCompletedSuccessfully && ReferenceEquals(_current.Task.Result, broken))
            {
                _current = NewSource();
            }
        }
    }

    // Makes the connection again each time it breaks, until the client is disposed.
    private async Task KeepAsync(RedisConnection connection)
    {
        try
        {
            while (true)
            {
                var reason = await connection.Closed.WaitAsync(_stop.Token);
                Replace(connection);
                Volatile.Write(ref _whyNot, reason);
                LogLost(Address, reason.Message);
                await connection.DisposeAsync();
                connection = await ReconnectAsync();
                LogBack(Address);
                lock (_lock)
                {
                    _current.TrySetResult(connection);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task<RedisConnection> ReconnectAsync()
    {
        for (var wait = RedisLimits.ReconnectWait; ; wait = RedisLimits.NextWait(wait))
        {
            try
            {
                return await ConnectAsync(_stop.Token);
            }
            // A refused password may be the server's next configuration; until then every command says so.
            catch (RedisException exception)
            {
                Volatile.Write(ref _whyNot, exception);
                await Task.Delay(wait, _time, _stop.Token);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The connection to redis at {Address} is lost ({Reason}); it is being made again.")]
    private partial void LogLost(string address, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The connection to redis at {Address} stands again.")]
    private partial void LogBack(string address);
}
