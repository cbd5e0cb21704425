using Dapr.Workflow.Worker.Activities;
using Dapr.Workflow.Worker.Turns;
using Grpc.Core;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Wire.Workflow;
using StatusCode = Grpc.Core.StatusCode;

namespace Dapr.Workflow.Worker;

/// <summary>
/// Takes work items from the sidecar and answers them, for as long as the host runs: whatever happens to the stream, it opens another
/// one. What was not answered when a stream broke is given out again by the sidecar.
/// </summary>
internal sealed partial class WorkflowWorker : BackgroundService
{
    private readonly SidecarConnection sidecar;
    private readonly TimeProvider time;
    private readonly ILogger<WorkflowWorker> logger;
    private readonly WorkAnswers answers;
    private readonly Backoff backoff;
    private readonly WorkQueue<(WorkItem Item, CancellationToken Stream)> turns;
    private readonly WorkQueue<(WorkItem Item, CancellationToken Stream)> activities;

    public WorkflowWorker(
        SidecarConnection sidecar,
        TurnExecutor turnExecutor,
        ActivityExecutor activityExecutor,
        WorkAnswers answers,
        TimeProvider time,
        ILogger<WorkflowWorker> logger)
    {
        this.sidecar = sidecar;
        this.answers = answers;
        this.time = time;
        this.logger = logger;
        backoff = new Backoff(WorkerLimits.ReconnectDelayFirst, WorkerLimits.ReconnectDelayMax, new Random(Environment.ProcessId));
        turns = new(WorkerLimits.TurnsMax, WorkerLimits.WaitingMax, work => GuardAsync(work.Item, async item =>
        {
            // A turn that still waits when its stream has ended comes again, perhaps with more events: then this answer would be stale.
            if (!work.Stream.IsCancellationRequested)
            {
                var answer = await turnExecutor.RunAsync(item.WorkflowRequest, item.CompletionToken);
                await this.answers.SendAsync(answer, work.Stream);
            }
        }));
        activities = new(WorkerLimits.ActivitiesMax, WorkerLimits.WaitingMax, work => GuardAsync(work.Item, async item =>
        {
            if (!work.Stream.IsCancellationRequested)
            {
                var answer = await activityExecutor.RunAsync(item.ActivityRequest, item.CompletionToken);
                await this.answers.SendAsync(answer, item.ActivityRequest.Name);
            }
        }));
    }

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await Task.WhenAll(turns.DrainAsync(), activities.DrainAsync()).WaitAsync(WorkerLimits.Drain, time, cancellationToken);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            LogNotDrained(turns.Count + activities.Count);
        }

        answers.Stop();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        LogStart(sidecar.Endpoint);
        while (!stoppingToken.IsCancellationRequested)
        {
            var opened = time.GetTimestamp();
            try
            {
                await ReadAsync(stoppingToken);
                LogEnded(sidecar.Endpoint);
            }
            catch (Exception broken) when (!stoppingToken.IsCancellationRequested)
            {
                // No error of a stream is final: a wrong token or an unknown service is mended at the sidecar.
                LogBroken(sidecar.Endpoint, broken is RpcException rpc ? $"{rpc.StatusCode}: {rpc.Status.Detail}" : broken.ToString());
            }
            catch (Exception)
            {
                return;
            }

            if (time.GetElapsedTime(opened) > WorkerLimits.StreamIsGood)
            {
                backoff.Reset();
            }

            await Task.Delay(backoff.Next(), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadAsync(CancellationToken stoppingToken)
    {
        using var stream = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var keepingAlive = KeepAliveAsync(stream.Token);
        try
        {
            await foreach (var item in sidecar.Channel.StreamAsync(TaskHub.GetWorkItems, new GetWorkItemsRequest(), stream.Token))
            {
                backoff.Reset();
                switch (item.RequestCase)
                {
                    case WorkItem.RequestOneofCase.WorkflowRequest:
                        await turns.AddAsync((item, stream.Token)).WaitAsync(stream.Token);
                        break;
                    case WorkItem.RequestOneofCase.ActivityRequest:
                        await activities.AddAsync((item, stream.Token)).WaitAsync(stream.Token);
                        break;
                    default:
                        LogUnknownItem();
                        break;
                }
            }
        }
        finally
        {
            await stream.CancelAsync();
            await keepingAlive;
        }
    }

    private async Task KeepAliveAsync(CancellationToken stream)
    {
        while (true)
        {
            await Task.Delay(WorkerLimits.HelloInterval, time, stream).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stream.IsCancellationRequested)
            {
                return;
            }

            try
            {
                await sidecar.Channel.CallAsync(TaskHub.Hello, new Empty(), stream);
            }
            catch (RpcException failed) when (failed.StatusCode != StatusCode.Cancelled)
            {
                LogHelloFailed(failed.Status.Detail);
            }
            catch (RpcException)
            {
                return;
            }
        }
    }

    /// <summary>No item may end the worker.</summary>
    private async Task GuardAsync(WorkItem item, Func<WorkItem, Task> run)
    {
        try
        {
            await run(item);
        }
        catch (Exception failure)
        {
            LogItemFailed(failure, item.RequestCase);
        }
    }
}
