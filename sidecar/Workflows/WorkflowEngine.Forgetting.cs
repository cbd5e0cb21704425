using Sidecar.Workflows.Logic;
using Sidecar.Workflows.Running;
using Wire.Workflow;

namespace Sidecar.Workflows;

// Forgetting instances.
public sealed partial class WorkflowEngine
{
    /// <inheritdoc/>
    public async Task<PurgeInstancesResponse> PurgeAsync(PurgeInstancesRequest request, CancellationToken cancellationToken)
    {
        if (request.RequestCase == PurgeInstancesRequest.RequestOneofCase.PurgeInstanceFilter)
        {
            throw new WorkflowException(WorkflowError.InvalidArgument, "multi-instance purge is not unimplemented");
        }
        var force = request is { HasForce: true, Force: true };
        var purge = request.Recursive
            ? PurgeTreeAsync(request.InstanceId, force, cancellationToken)
            : PurgeOneAsync(request.InstanceId, force, cancellationToken);
        await MeasureAsync("purge_workflow", purge);
        return new PurgeInstancesResponse { DeletedInstanceCount = await purge };
    }

    private async Task<int> PurgeOneAsync(string id, bool force, CancellationToken cancellationToken)
    {
        await PostAsync(id, new PurgeOperation(force), cancellationToken);
        return 1;
    }

    // Children before their parent, so that what is left after a failure in between can be purged by the same call.
    private async Task<int> PurgeTreeAsync(string id, bool force, CancellationToken cancellationToken)
    {
        var root = _context.Store.Instance(id)
            ?? throw new WorkflowException(WorkflowError.NotFound, "failed to fetch workflow state: no such instance exists");
        Refuse(root.Row, force, prefix: string.Empty);
        var order = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal) { id };
        var toSee = new Stack<string>(Children.Of(root.State.History));
        while (toSee.TryPop(out var child))
        {
            if (!seen.Add(child) || _context.Store.Instance(child) is not { } stored)
            {
                continue; // purged already, by somebody else
            }
            Refuse(stored.Row, force, prefix: "failed to purge child workflow: ");
            order.Add(child);
            foreach (var grandchild in Children.Of(stored.State.History))
            {
                toSee.Push(grandchild);
            }
        }
        order.Reverse();
        var count = 0;
        foreach (var child in order)
        {
            try
            {
                count += await PurgeOneAsync(child, force, cancellationToken);
            }
            catch (WorkflowException e) when (e.Error == WorkflowError.NotFound)
            {
                // Purged meanwhile.
            }
        }
        return count + await PurgeOneAsync(id, force, cancellationToken);
    }

    private static void Refuse(InstanceRow row, bool force, string prefix)
    {
        if (!row.IsFinished && !force)
        {
            throw new WorkflowException(WorkflowError.NotAllowed, prefix + "orchestration has not yet completed");
        }
    }
}
