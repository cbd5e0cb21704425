using System.Net.Sockets;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Sidecar.Components.PubSubRabbitMq;

/// <summary>
/// Keeps one connection to the broker. Where it breaks, it is made again for as long as it takes; who needs it waits for
/// <see cref="WhenUpAsync"/>. The client library's own recovery is off: with it a channel comes back with consumers and half of its confirms, and
/// nobody is told which messages were in between.
/// </summary>
internal sealed partial class RabbitConnection : IAsyncDisposable
{
    private readonly RabbitOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private volatile TaskCompletionSource<IConnection> _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string _problem = "not connected yet";
    private Task _keeping = Task.CompletedTask;

    private RabbitConnection(RabbitOptions options, TimeProvider time, ILogger logger) =>
        (_options, _time, _logger) = (options, time, logger);

    /// <summary>Why there is no connection; without secrets.</summary>
    public string Problem => _problem;

    /// <summary>Connects, with a few attempts.</summary>
    /// <exception cref="BrokerUnreachableException">Nobody answers, or the user is refused.</exception>
    public static async Task<RabbitConnection> OpenAsync(
        RabbitOptions options, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var kept = new RabbitConnection(options, time, logger);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var first = await options.Factory.CreateConnectionAsync(cancellationToken);
                kept._keeping = kept.KeepAsync(first);
                return kept;
            }
            catch (BrokerUnreachableException e) when (attempt < RabbitLimits.StartAttempts && !IsRefusal(e))
            {
                await Task.Delay(RabbitLimits.StartWait, time, cancellationToken);
            }
        }
    }

    /// <summary>True where the broker answered and refused the user: no further attempt will change that.</summary>
    public static bool IsRefusal(BrokerUnreachableException exception) =>
        exception.InnerException is AuthenticationFailureException or PossibleAuthenticationFailureException
        || (exception.InnerException as AggregateException)?.InnerExceptions.Any(
            static e => e is AuthenticationFailureException or PossibleAuthenticationFailureException) == true;

    /// <summary>What went wrong, in the broker's or the system's words.</summary>
    public static string Describe(Exception exception)
    {
        var inner = exception;
        while (inner is BrokerUnreachableException or AggregateException or ConnectFailureException or { InnerException: SocketException }
            && inner.InnerException is { } next)
        {
            inner = next;
        }
        return inner.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
    }

    /// <summary>The connection, as soon as there is one.</summary>
    public Task<IConnection> WhenUpAsync(CancellationToken cancellationToken) => _up.Task.WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            await _stop.CancelAsync();
            await _keeping;
        }
    }

    private async Task KeepAsync(IConnection? connection)
    {
        while (!_stop.IsCancellationRequested)
        {
            connection ??= await AgainAsync();
            if (connection is null)
            {
                return;
            }
            var lost = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            connection.ConnectionShutdownAsync += (_, reason) =>
            {
                lost.TrySetResult(reason.ReplyText);
                return Task.CompletedTask;
            };
            if (connection.CloseReason is { } closed)
            {
                lost.TrySetResult(closed.ReplyText);
            }
            _up.TrySetResult(connection);
            await Task.WhenAny(lost.Task, Task.Delay(Timeout.InfiniteTimeSpan, _time, _stop.Token));
            if (lost.Task.IsCompletedSuccessfully && !_stop.IsCancellationRequested)
            {
                _problem = await lost.Task;
                LogLost(_options.Address, _problem);
            }
            _up = new TaskCompletionSource<IConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
            await CloseAsync(connection);
            connection = null;
        }
    }

    private async Task<IConnection?> AgainAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var connection = await _options.Factory.CreateConnectionAsync(_stop.Token);
                LogBack(_options.Address);
                return connection;
            }
            catch (Exception e) when (e is BrokerUnreachableException or OperationCanceledException or IOException or TimeoutException)
            {
                _problem = Describe(e);
                LogAway(_options.Address, _problem, _options.ReconnectWait.TotalSeconds);
                await Task.Delay(_options.ReconnectWait, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        return null;
    }

    private static async Task CloseAsync(IConnection connection)
    {
        try
        {
            if (connection.IsOpen)
            {
                await connection.CloseAsync(RabbitLimits.CloseWait);
            }
            await connection.DisposeAsync().AsTask().WaitAsync(RabbitLimits.CloseWait);
        }
        // It is given up either way, and what a half-open connection throws has many names. None of them may end the keeping of the next one.
        catch (Exception)
        {
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the connection to RabbitMQ at {Address} is lost: {Problem}; it is made again")]
    private partial void LogLost(string address, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "RabbitMQ at {Address} cannot be reached: {Problem}; next attempt in {Wait} s")]
    private partial void LogAway(string address, string problem, double wait);

    [LoggerMessage(Level = LogLevel.Information, Message = "connected to RabbitMQ at {Address} again")]
    private partial void LogBack(string address);
}
