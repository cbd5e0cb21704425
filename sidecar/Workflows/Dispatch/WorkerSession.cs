using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Wire.Workflow;

namespace Sidecar.Workflows.Dispatch;

/// <summary>One connected worker and the work it has not answered.</summary>
internal sealed class WorkerSession(WorkQueue queue) : IWorkerSession
{
    private readonly Channel<Work> _toTake = Channel.CreateUnbounded<Work>(new UnboundedChannelOptions { SingleReader = true });
    private int _turns;
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

    /// <summary>True while it may get more of this kind. Guarded by the queue.</summary>
    internal bool HasRoom(Work work) => (work.IsTurn ? _turns : _activities) < WorkflowLimits.OpenPerWorkerMax;

    /// <summary>Counts open work. Guarded by the queue.</summary>
    internal void Count(Work work, int change)
    {
        if (work.IsTurn)
        {
            _turns += change;
        }
        else
        {
            _activities += change;
        }
    }

    /// <summary>Hands over work.</summary>
    internal void Push(Work work) => _toTake.Writer.TryWrite(work);

    /// <summary>Lets the reader end.</summary>
    internal void Close() => _toTake.Writer.TryComplete();
}
