using System.Net.Http.Headers;
using Sidecar.Components;
using Sidecar.Hosting;
using Sidecar.Resiliency;
using Sidecar.Telemetry;
using Sidecar.Telemetry.Describing;

namespace Sidecar.Bindings;

/// <summary>
/// Delivers one binding's events to the app: POST on the binding's path under the component's inbound policy. There is no dead letter and no
/// redelivery beyond the policy: the next event comes anyway.
/// </summary>
internal sealed partial class BindingDelivery
{
    private readonly AppRuntime _runtime;
    private readonly string _name;
    private readonly Uri _url;
    private readonly IPolicy _policy;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop;
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _underWay = 1; // the delivery itself, until it stops
    private volatile bool _isStopping;
    private volatile bool _isFailing;

    public BindingDelivery(AppRuntime runtime, string name, string path, ILogger logger)
    {
        (_runtime, _name, _logger) = (runtime, name, logger);
        _url = new Uri(runtime.App.BaseAddress!, path);
        _policy = runtime.Policies.ForComponentInbound(name);
        _stop = new CancellationTokenSource(Timeout.InfiniteTimeSpan, runtime.Time);
    }

    /// <summary>Delivers without waiting for the answer.</summary>
    public void Deliver(BindingEvent binding)
    {
        if (_isStopping || !_runtime.App.IsReady)
        {
            return;
        }
        if (Interlocked.Increment(ref _underWay) > BindingLimits.UnderWayMax + 1)
        {
            Leave();
            LogSkipped(_logger, _name, BindingLimits.UnderWayMax);
            return;
        }
        _ = DeliverAsync(binding);
    }

    /// <summary>Takes no more events; those under way may end, for a moment.</summary>
    public async Task StopAsync()
    {
        _isStopping = true;
        _stop.CancelAfter(BindingLimits.StopGrace);
        Leave();
        await _idle.Task;
        _stop.Dispose();
    }

    /// <summary>JSON content, also where it is empty: as daprd sends it.</summary>
    internal static ReadOnlyMemoryContent Json(ReadOnlyMemory<byte> data) =>
        new(data) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private async Task DeliverAsync(BindingEvent binding)
    {
        var trace = TraceContext.ForRequest(null, null, _runtime.TracingSamplingRate);
        var span = DeliverySpans.StartTrigger(_runtime.Telemetry.Tracer, _name, trace);
        var began = _runtime.Time.GetTimestamp();
        var success = false;
        try
        {
            var status = await _policy.RunAsync(
                token => PostAsync(binding, trace, token),
                // To the policy only 200 is a success, also among the 2xx: daprd's way.
                static status => new Outcome(Failed: status != 200, HttpStatus: status),
                _stop.Token);
            DeliverySpans.End(span, status);
            success = status is >= 200 and <= 299;
            if (success)
            {
                Report(null);
            }
            else
            {
                Report($"the app answered {status}");
            }
        }
        catch (OperationCanceledException e) when (_stop.IsCancellationRequested)
        {
            // Nobody waits for it any more.
            DeliverySpans.End(span, e);
        }
        // The edge: nobody awaits this.
        catch (Exception e)
        {
            DeliverySpans.End(span, e);
            Report(e.Message);
        }
        finally
        {
            _runtime.Telemetry.Meter?.Triggered(_name, success, _runtime.Time.GetElapsedTime(began));
            Leave();
        }
    }

    private async Task<int> PostAsync(BindingEvent binding, TraceContext trace, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = Json(binding.Data) };
        foreach (var (name, value) in binding.Metadata)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        request.Headers.TryAddWithoutValidation("Traceparent", trace.HeaderValue);
        using var response = await _runtime.App.SendAsync(request, cancellationToken);
        // Read to the end, within reason, so that the connection can be used again; Dapr does not look at it either.
        await response.Content.LoadIntoBufferAsync(_runtime.MaxBodyBytes, cancellationToken);
        return (int)response.StatusCode;
    }

    // Told once, and when it is over: a schedule of seconds would fill the log.
    private void Report(string? problem)
    {
        if (problem is not null && !_isFailing)
        {
            LogFailing(_logger, _name, _url.AbsolutePath, problem);
        }
        else if (problem is null && _isFailing)
        {
            LogAgain(_logger, _name, _url.AbsolutePath);
        }
        _isFailing = problem is not null;
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _underWay) == 0)
        {
            _idle.TrySetResult();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "binding {Binding}: {Path} does not take its triggers: {Problem}")]
    private static partial void LogFailing(ILogger logger, string binding, string path, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "binding {Binding}: {Path} takes its triggers again")]
    private static partial void LogAgain(ILogger logger, string binding, string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "binding {Binding}: a trigger is skipped, {Count} are not answered yet")]
    private static partial void LogSkipped(ILogger logger, string binding, int count);
}
