using System.Globalization;
using Sidecar.Workflows.Logic;
using Sidecar.Workflows.Running;
using Wire.Workflow;

namespace Sidecar.Workflows;

// What clients ask for.
public sealed partial class WorkflowEngine
{
    private const string AddEvent = "add_event";

    /// <inheritdoc/>
    public async Task<string> StartAsync(CreateInstanceRequest request, CancellationToken cancellationToken)
    {
        var id = request.InstanceId.Length > 0 ? request.InstanceId : _context.NewId().ToString();
        Check(id);
        var (trace, span) = _context.Tracing.Create(request, id);
        var start = Events.At(_context.Time.GetUtcNow(), router: new TaskRouter { SourceAppID = _context.AppId });
        // Version, tags and execution id of the request are dropped, as daprd does.
        start.ExecutionStarted = new ExecutionStartedEvent
        {
            Name = request.Name,
            Input = request.Input,
            WorkflowInstance = new WorkflowInstance { InstanceId = id, ExecutionId = _context.NewId().ToString() },
            ScheduledStartTimestamp = request.ScheduledStartTimestamp,
            ParentTraceContext = trace,
            WorkflowSpanID = _context.Tracing.SpanIdFor(trace),
        };
        try
        {
            var operation = new StartOperation(start);
            await MeasureAsync("create_workflow", PostAsync(id, operation, cancellationToken));
            if (operation.FirstTurn is { } firstTurn)
            {
                await WaitAsync(firstTurn, cancellationToken);
            }
            return id;
        }
        catch (Exception exception) when (span is not null)
        {
            span.Fail(exception.Message);
            throw;
        }
        finally
        {
            span?.End();
        }
    }

    /// <inheritdoc/>
    public GetInstanceResponse Get(GetInstanceRequest request)
    {
        if (_context.Instances.Peek(request.InstanceId) is { } known)
        {
            return View(known, request);
        }
        if (request.GetInputsAndOutputs)
        {
            return _context.Store.RowAndStart(request.InstanceId) is { } stored
                ? InstanceView.Of(stored.Row, stored.Start.Event)
                : new GetInstanceResponse();
        }
        return _context.Store.Row(request.InstanceId) is { } row ? InstanceView.Of(row, null) : new GetInstanceResponse();
    }

    /// <inheritdoc/>
    public async Task<GetInstanceResponse> WaitForStartAsync(GetInstanceRequest request, CancellationToken cancellationToken)
    {
        var met = await WaitForAsync(request.InstanceId, static row => row.Status != OrchestrationStatus.Pending, cancellationToken);
        return View(met, request);
    }

    /// <inheritdoc/>
    public async Task<GetInstanceResponse> WaitForCompletionAsync(GetInstanceRequest request, CancellationToken cancellationToken)
    {
        var met = await WaitForAsync(request.InstanceId, static row => row.IsFinished, cancellationToken);
        return View(met, request);
    }

    /// <inheritdoc/>
    public Task RaiseEventAsync(RaiseEventRequest request, CancellationToken cancellationToken) => MeasureAsync(AddEvent, PostAsync(
        request.InstanceId, new EventOperation(Events.Raised(_context.Time.GetUtcNow(), request.Name, request.Input)), cancellationToken));

    /// <inheritdoc/>
    public Task TerminateAsync(TerminateRequest request, CancellationToken cancellationToken) => OrderAsync(
        request.InstanceId,
        Events.Terminated(_context.Time.GetUtcNow(), request.Output, request.Recursive),
        static row => row.IsFinished,
        cancellationToken);

    /// <inheritdoc/>
    public Task SuspendAsync(SuspendRequest request, CancellationToken cancellationToken) => OrderAsync(
        request.InstanceId,
        Events.Suspended(_context.Time.GetUtcNow(), request.Reason),
        static row => row.IsFinished || row.Status == OrchestrationStatus.Suspended,
        cancellationToken);

    /// <inheritdoc/>
    public Task ResumeAsync(ResumeRequest request, CancellationToken cancellationToken) => OrderAsync(
        request.InstanceId,
        Events.Resumed(_context.Time.GetUtcNow(), request.Reason),
        static row => row.IsFinished || row.Status == OrchestrationStatus.Running,
        cancellationToken);

    /// <inheritdoc/>
    public ListInstanceIDsResponse List(ListInstanceIDsRequest request)
    {
        var offset = 0L;
        if (request.HasContinuationToken && !long.TryParse(request.ContinuationToken, NumberStyles.None, CultureInfo.InvariantCulture, out offset))
        {
            throw new WorkflowException(WorkflowError.InvalidArgument, $"invalid continuation token '{request.ContinuationToken}'");
        }
        var isSizeGiven = request is { HasPageSize: true, PageSize: > 0 and < WorkflowLimits.ListPageMax };
        var size = isSizeGiven ? (int)request.PageSize : WorkflowLimits.ListPageMax;
        // One more tells whether there is another page.
        var ids = _context.Store.Ids(offset, size + 1);
        var response = new ListInstanceIDsResponse();
        response.InstanceIds.AddRange(ids.Take(size));
        if (ids.Count > size)
        {
            response.ContinuationToken = (offset + size).ToString(CultureInfo.InvariantCulture);
        }
        return response;
    }

    /// <inheritdoc/>
    public GetInstanceHistoryResponse History(string instanceId)
    {
        var stored = _context.Store.Instance(instanceId)
            ?? throw new WorkflowException(WorkflowError.NotFound, $"workflow instance '{instanceId}' not found");
        var response = new GetInstanceHistoryResponse();
        response.Events.AddRange(stored.State.History);
        return response;
    }

    private static GetInstanceResponse View(Snapshot snapshot, GetInstanceRequest request) =>
        InstanceView.Of(snapshot.Row, request.GetInputsAndOutputs ? snapshot.Start.Event : null);

    private static void Check(string id)
    {
        if (InstanceId.Refusal(id) is { } reason)
        {
            throw new WorkflowException(WorkflowError.InvalidArgument, reason);
        }
    }

    // The operation goes on where the caller has stopped waiting for it.
    private Task PostAsync(string id, Request operation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _context.Instances.Post(id, operation);
        return operation.Done.WaitAsync(cancellationToken);
    }

    private async Task MeasureAsync(string operation, Task done)
    {
        var (began, success) = (_context.Time.GetTimestamp(), false);
        try
        {
            await done;
            success = true;
        }
        finally
        {
            _context.Meter?.WorkflowOperation(operation, success, _context.Time.GetElapsedTime(began));
        }
    }

    private async Task OrderAsync(string id, HistoryEvent order, Func<InstanceRow, bool> obeyed, CancellationToken cancellationToken)
    {
        var operation = new EventOperation(order, obeyed);
        await MeasureAsync(AddEvent, PostAsync(id, operation, cancellationToken));
        await WaitAsync(operation.Obeyed!, cancellationToken);
    }

    private Task<Snapshot> WaitForAsync(string id, Func<InstanceRow, bool> condition, CancellationToken cancellationToken)
    {
        var waiter = _context.Waiters.Add(id, condition);
        if (_context.Instances.Peek(id) is { } known)
        {
            waiter.Tell(known);
        }
        else if (_context.Store.RowAndStart(id) is { } stored)
        {
            waiter.Tell(new Snapshot(stored.Row, stored.Start));
        }
        return WaitAsync(waiter, cancellationToken);
    }

    private async Task<Snapshot> WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _context.Stopping.Token);
            return await waiter.Met.WaitAsync(either.Token);
        }
        finally
        {
            _context.Waiters.Remove(waiter);
        }
    }
}
