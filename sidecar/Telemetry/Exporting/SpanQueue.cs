using System.Threading.Channels;

namespace Sidecar.Telemetry.Exporting;

/// <summary>
/// The spans on their way to one exporter. Adding never waits: where the exporter is slow or its server is away, spans are lost and counted, and
/// calls go on.
/// </summary>
public sealed partial class SpanQueue : IAsyncDisposable
{
    private readonly Channel<Span> _waiting = Channel.CreateBounded<Span>(
        new BoundedChannelOptions(TelemetryLimits.WaitingMax) { SingleReader = true });

    private readonly ISpanExporter _exporter;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _sending;
    private long _lost;
    private bool _isFailing;

    /// <summary>Starts sending.</summary>
    public SpanQueue(ISpanExporter exporter, TimeProvider time, ILogger logger)
    {
        (_exporter, _time, _logger) = (exporter, time, logger);
        _sending = Task.Run(SendAllAsync);
    }

    /// <summary>Spans that were not sent.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Takes a span that has ended.</summary>
    public void Add(Span span)
    {
        if (!_waiting.Writer.TryWrite(span))
        {
            Interlocked.Increment(ref _lost);
        }
    }

    /// <summary>Sends what is left, for a moment.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        _stop.CancelAfter(TelemetryLimits.StopGrace);
        await _sending;
        _exporter.Dispose();
        _stop.Dispose();
    }

    private async Task SendAllAsync()
    {
        var batch = new List<Span>(TelemetryLimits.BatchMax);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            if (!_waiting.Reader.Completion.IsCompleted && _waiting.Reader.Count < TelemetryLimits.BatchMax)
            {
                await Task.WhenAny(_waiting.Reader.Completion, Task.Delay(TelemetryLimits.BatchDelay, _time));
            }
            while (batch.Count < TelemetryLimits.BatchMax && _waiting.Reader.TryRead(out var span))
            {
                batch.Add(span);
            }
            await SendAsync(batch);
            batch.Clear();
        }
    }

    private async Task SendAsync(List<Span> batch)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            limit.CancelAfter(TelemetryLimits.ExportTimeout);
            await _exporter.ExportAsync(batch, limit.Token);
            if (_isFailing)
            {
                LogAgain(_logger, _exporter.Target, Lost);
            }
            _isFailing = false;
        }
        // The edge: whatever goes wrong with telemetry, the sidecar goes on.
        catch (Exception exception)
        {
            var lost = Interlocked.Add(ref _lost, batch.Count);
            if (!_isFailing)
            {
                LogFailing(_logger, _exporter.Target, lost, exception.Message);
            }
            _isFailing = true;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "spans cannot be sent to {Target} and are dropped, {Lost} so far: {Problem}")]
    private static partial void LogFailing(ILogger logger, string target, long lost, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "spans are sent to {Target} again; {Lost} were lost")]
    private static partial void LogAgain(ILogger logger, string target, long lost);
}
