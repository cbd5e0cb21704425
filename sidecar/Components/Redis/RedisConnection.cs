using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;

namespace Sidecar.Components.Redis;

/// <summary>
/// One connection, shared by any number of callers: commands go out in the order of the calls without waiting for earlier answers, those
/// that come while others are being sent go together in the next write, and answers come back in the same order. Whatever breaks it fails
/// all that is outstanding; it does not come back. (StackExchange.Redis does all that, but on our feed it is a version of 2017, without streams.)
/// </summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    private readonly RedisOptions _options;
    private readonly TimeProvider _time;
    private readonly Stream _stream;
    private readonly PipeReader _input;
    private readonly ITimer _watch;
    private readonly Lock _lock = new();
    private readonly Queue<RedisReply> _outstanding = new();
    private readonly SemaphoreSlim _room = new(RedisLimits.OutstandingMax);
    private readonly TaskCompletionSource<Exception> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ArrayBufferWriter<byte> _filling = new();
    private ArrayBufferWriter<byte> _leaving = new();
    private bool _isSending;
    private Exception? _broken;
    private Task _reading = Task.CompletedTask;

    private RedisConnection(RedisOptions options, TimeProvider time, Stream stream)
    {
        (_options, _time, _stream) = (options, time, stream);
        _input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 << 10, leaveOpen: true));
        var look = TimeSpan.FromMilliseconds(Math.Max(1, options.ReadTimeout.TotalMilliseconds / 4)); // a period of 0 would be: once
        _watch = time.CreateTimer(static c => ((RedisConnection)c!).BreakIfSilent(), this, look, look);
    }

    /// <summary>Completes, with the reason, when the connection can be used no more.</summary>
    public Task<Exception> Closed => _closed.Task;

    /// <summary>Connects, authenticates and selects the database.</summary>
    /// <exception cref="RedisUnavailableException">The server cannot be reached, or is not ready yet.</exception>
    /// <exception cref="RedisErrorException">The server refuses the user, the password or the database.</exception>
    public static async Task<RedisConnection> OpenAsync(RedisOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.DialTimeout);
        Socket? socket = null;
        RedisConnection? connection = null;
        try
        {
            socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(options.Host, options.Port, limit.Token);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (options.IsTls)
            {
                var tls = new SslStream(stream);
                stream = tls;
                await tls.AuthenticateAsClientAsync(options.Tls(), limit.Token);
            }
            connection = new RedisConnection(options, time, stream);
            connection._reading = connection.ReadAsync();
            await connection.GreetAsync().WaitAsync(limit.Token);
            return connection;
        }
        catch (Exception exception)
        {
            socket?.Dispose();
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }
            cancellationToken.ThrowIfCancellationRequested();
            throw exception is RedisException
                ? exception
                : new RedisUnavailableException($"redis at {options.Address} cannot be reached: {ReasonOf(exception, options)}", exception);
        }
    }

    /// <summary>Sends a command; the task completes with its reply, which may be an error.</summary>
    /// <param name="command">The command.</param>
    /// <param name="limit">Longest time until the reply; null for the connection's.</param>
    /// <returns>Null where the connection was broken before, so that nothing was sent.</returns>
    public async ValueTask<Task<RespValue>?> TrySendAsync(RedisArgument[] command, TimeSpan? limit = null)
    {
        var reply = new SingleReply();
        return await TryEnqueueAsync(reply, [command], limit ?? _options.ReadTimeout) ? reply.Task : null;
    }

    /// <summary>Sends several commands with nobody else's between them.</summary>
    /// <returns>As of <see cref="TrySendAsync"/>.</returns>
    public async ValueTask<Task<RespValue[]>?> TrySendAllAsync(RedisArgument[][] commands)
    {
        var replies = new ManyReplies(commands.Length);
        return await TryEnqueueAsync(replies, commands, _options.ReadTimeout) ? replies.Task : null;
    }

    /// <summary>Sends a command over a connection of one's own, and waits for the reply.</summary>
    /// <exception cref="RedisUnavailableException">The connection is broken.</exception>
    /// <exception cref="RedisErrorException">The server refuses the command.</exception>
    public async Task<RespValue> ExecuteAsync(TimeSpan limit, params RedisArgument[] command) =>
        await TrySendAsync(command, limit) is { } reply ? (await reply).OrThrow() : throw Unavailable(_broken!);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Break(new ObjectDisposedException(nameof(RedisConnection)));
        await _reading;
        await _watch.DisposeAsync();
        await _stream.DisposeAsync();
    }

    private async ValueTask<bool> TryEnqueueAsync(RedisReply reply, RedisArgument[][] commands, TimeSpan limit)
    {
        if (!_room.Wait(0))
        {
            await _room.WaitAsync();
        }
        lock (_lock)
        {
            if (_broken is not null)
            {
                _room.Release();
                return false;
            }
            reply.Deadline = _time.GetTimestamp() + (long)(limit.TotalSeconds * _time.TimestampFrequency);
            _outstanding.Enqueue(reply);
            foreach (var command in commands)
            {
                RedisArgument.Write(_filling, command);
            }
            if (_isSending)
            {
                return true; // goes with the next write
            }
            _isSending = true;
            Swap();
        }
        _ = SendAsync();
        return true;
    }

    // Begins on the caller's thread, which saves a switch where there is no load; goes on elsewhere, so that no caller works for the others.
    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                await _stream.WriteAsync(_leaving.WrittenMemory);
                lock (_lock)
                {
                    if (_filling.WrittenCount == 0)
                    {
                        _isSending = false;
                        return;
                    }
                }
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                lock (_lock)
                {
                    Swap();
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            Break(exception);
        }
    }

    private void Swap()
    {
        if (_leaving.Capacity > RedisLimits.KeptBufferBytes)
        {
            _leaving = new ArrayBufferWriter<byte>();
        }
        _leaving.ResetWrittenCount();
        (_filling, _leaving) = (_leaving, _filling);
    }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                var result = await _input.ReadAsync();
                var buffer = result.Buffer;
                while (RespReader.TryRead(ref buffer, out var value))
                {
                    Take(value);
                }
                _input.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                {
                    throw new IOException("the server closed the connection");
                }
            }
        }
        // Whatever ended the reading, nothing else would ever tell those who wait.
        catch (Exception exception)
        {
            Break(exception);
        }
        await _input.CompleteAsync();
    }

    private void Take(in RespValue value)
    {
        RedisReply? reply;
        lock (_lock)
        {
            if (!_outstanding.TryPeek(out reply))
            {
                throw new RespFormatException($"the server answers what nobody asked: {value.Text}");
            }
        }
        // Only this thread takes from the queue, but for Break, which fails a reply that then takes no value any more.
        if (reply.Take(value))
        {
            lock (_lock)
            {
                _outstanding.TryDequeue(out _);
            }
            _room.Release();
        }
    }

    private void BreakIfSilent()
    {
        lock (_lock)
        {
            if (!_outstanding.TryPeek(out var oldest) || _time.GetTimestamp() < oldest.Deadline)
            {
                return;
            }
        }
        Break(new TimeoutException("the server did not answer in time"));
    }

    private void Break(Exception reason)
    {
        RedisReply[] failed;
        lock (_lock)
        {
            if (_broken is not null)
            {
                return;
            }
            _broken = reason;
            failed = [.. _outstanding];
            _outstanding.Clear();
        }
        // Closing the stream ends a read and a write under way.
        _stream.Dispose();
        foreach (var reply in failed)
        {
            reply.Fail(Unavailable(reason));
            _room.Release();
        }
        _closed.TrySetResult(reason);
    }

    private async Task GreetAsync()
    {
        if (_options.Password is { } password)
        {
            await ExecuteAsync(_options.ReadTimeout, _options.Username is { } user ? ["AUTH", user, password] : ["AUTH", password]);
        }
        if (_options.Database != 0)
        {
            await ExecuteAsync(_options.ReadTimeout, "SELECT", _options.Database);
        }
        try
        {
            await ExecuteAsync(_options.ReadTimeout, "PING");
        }
        // Still reading its file, or a replica without its master: soon it will not be.
        catch (RedisErrorException exception) when (exception.Code is "LOADING" or "MASTERDOWN" or "BUSY")
        {
            throw new RedisUnavailableException($"redis at {_options.Address} is not ready: {exception.Message}", exception);
        }
    }

    private RedisUnavailableException Unavailable(Exception reason) =>
        new($"the connection to redis at {_options.Address} broke: {ReasonOf(reason, _options)}", reason);

    private static string ReasonOf(Exception exception, RedisOptions options) =>
        exception is OperationCanceledException ? $"no answer within {options.DialTimeout.TotalSeconds} s" : exception.Message;
}
