using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Wire.Workflow;

namespace Sidecar.Workflows.Dispatch;

/// <summary>One connected worker and the work it has not answered.</summary>
internal sealed class WorkerSession(WorkQueue queue) : IWorkerSession
{
    private readonly Channel<Work> _toTake = Channel.CreateUnbounded<Work>(new UnboundedChannelOptions { SingleReader = true });
    private int _activities;

    /// <summary>Work that is this worker's and not answered. Guarded by the queue.</summary>
    public HashSet<Work> Open { get; } = [];

    /// <inheritdoc/>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _toTake.Reader.WaitToReadAsync(cancellationToken);

    /// <inheritdoc/>
    public bool TryTake([NotNullWhen(true)] out WorkItem? item)
    {
        while (_toTake.Reader.TryRead(out var work))
        {
            if (queue.TryTake(work, this))
            {
                item = work.ToItem();
                return true;
            }
        }
        item = null;
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => queue.Disconnect(this);

    /// <summary>True while it may get this, too. Guarded by the queue.</summary>
    internal bool HasRoom(Work work) =>
        Open.Count < WorkflowLimits.OpenPerWorkerMax && (work.IsTurn || _activities < WorkflowLimits.ActivitiesPerWorkerMax);

    /// <summary>The worker gets work. Guarded by the queue.</summary>
    internal void Add(Work work)
    {
        Open.Add(work);
        _activities += work.IsTurn ? 0 : 1;
        _toTake.Writer.TryWrite(work);
    }

    /// <summary>Work is the worker's no more. Guarded by the queue.</summary>
    internal void Remove(Work work)
    {
        Open.Remove(work);
        _activities -= work.IsTurn ? 0 : 1;
    }

    /// <summary>Lets the reader end.</summary>
    internal void Close() => _toTake.Writer.TryComplete();
}
