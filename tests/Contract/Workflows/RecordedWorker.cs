using Grpc.Core;
using Wire.Grpc;
using Wire.Workflow;

namespace Tests.Contract.Workflows;

/// <summary>A worker that only takes work; what it answers is the test's.</summary>
internal sealed class RecordedWorker
{
    private readonly Lock _lock = new();
    private readonly List<WorkItem> _items = [];

    public RecordedWorker(GrpcChannel channel, CancellationToken cancellationToken) => _ = ReadAsync(channel, cancellationToken);

    /// <summary>Work that nobody took.</summary>
    public IReadOnlyList<string> Left
    {
        get
        {
            lock (_lock)
            {
                return [.. _items.Select(i => i.ToString())];
            }
        }
    }

    /// <summary>The next item of that instance, and of that task where it is an activity.</summary>
    public async Task<WorkItem> TakeAsync(WorkItem like)
    {
        WorkItem? found = null;
        try
        {
            await Eventually.HoldsAsync(() => (found = TryTake(like)) is not null);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"The work did not come. Expected: {like}\nLeft: {string.Join('\n', Left)}", e);
        }
        return found!;
    }

    private static (string Instance, int Task) KeyOf(WorkItem item) => item.ActivityRequest is { } activity
        ? (activity.WorkflowInstance.InstanceId, activity.TaskId)
        : (item.WorkflowRequest.InstanceId, -1);

    private WorkItem? TryTake(WorkItem like)
    {
        lock (_lock)
        {
            var index = _items.FindIndex(i => i.RequestCase == like.RequestCase && KeyOf(i) == KeyOf(like));
            if (index < 0)
            {
                return null;
            }
            var item = _items[index];
            _items.RemoveAt(index);
            return item;
        }
    }

    private async Task ReadAsync(GrpcChannel channel, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var item in channel.StreamAsync(TaskHub.GetWorkItems, new GetWorkItemsRequest(), cancellationToken))
            {
                lock (_lock)
                {
                    _items.Add(item);
                }
            }
        }
        catch (RpcException)
        {
            // Left, or the sidecar has stopped.
        }
    }
}
