using Google.Protobuf;
using Sidecar.Workflows.Logic;
using Wire.Workflow;

namespace Sidecar.Workflows.Persistence;

/// <summary>A change as bytes: made by the instance's owner, so that the one writer has nothing to do but write.</summary>
internal sealed class StoredChange
{
    /// <summary>Takes a change of an instance as it is now.</summary>
    /// <param name="change">The change.</param>
    /// <param name="row">The instance's row after it; null where the instance is gone.</param>
    /// <param name="batch">Number of the new history's batch.</param>
    /// <param name="isWakeChanged">True where <see cref="InstanceRow.WakeMs"/> differs from what is stored.</param>
    public StoredChange(InstanceChange change, InstanceRow? row, int batch, bool isWakeChanged)
    {
        Change = change;
        Row = row;
        Batch = batch;
        IsWakeChanged = isWakeChanged;
        History = change.History.Count == 0 ? null : Batches.ToBytes(change.History);
        if (change.Start is { } start)
        {
            // The protocol's own message holds both, with presence.
            var request = new WorkflowRequest { PropagatedHistory = start.Propagated };
            request.NewEvents.Add(start.Event);
            Start = request.ToByteArray();
        }
    }

    /// <summary>The change.</summary>
    public InstanceChange Change { get; }

    /// <summary>The instance's row after it.</summary>
    public InstanceRow? Row { get; }

    /// <summary>Number of the new history's batch.</summary>
    public int Batch { get; }

    /// <summary>True where the row's place in the index of those to be woken changes.</summary>
    public bool IsWakeChanged { get; }

    /// <summary>The new history; null where there is none.</summary>
    public byte[]? History { get; }

    /// <summary>The new start; null where there is none.</summary>
    public byte[]? Start { get; }
}
