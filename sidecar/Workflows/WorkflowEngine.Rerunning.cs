using Sidecar.Workflows.Logic;
using Sidecar.Workflows.Running;
using Wire.Workflow;

namespace Sidecar.Workflows;

// Running a finished instance again from a point in its history.
public sealed partial class WorkflowEngine
{
    /// <inheritdoc/>
    public async Task<string> RerunAsync(RerunWorkflowFromEventRequest request, CancellationToken cancellationToken)
    {
        if (request.SourceInstanceID.Length == 0)
        {
            throw new WorkflowException(WorkflowError.InvalidArgument, "rerun workflow source instance ID is required");
        }
        var id = request.HasNewInstanceID ? request.NewInstanceID : _context.NewId().ToString();
        if (id == request.SourceInstanceID)
        {
            throw new WorkflowException(
                WorkflowError.InvalidArgument, "rerun workflow instance ID must be different from the original instance ID");
        }
        Check(id);
        var source = _context.Store.Instance(request.SourceInstanceID)
            ?? throw new WorkflowException(WorkflowError.NotFound, $"workflow instance does not exist with ID '{request.SourceInstanceID}'");
        if (!source.Row.IsFinished)
        {
            throw new WorkflowException(WorkflowError.InvalidArgument, $"'{request.SourceInstanceID}' is not in a terminal state");
        }
        if (source.State.Start.ExecutionStarted.ParentInstance is not null)
        {
            throw new WorkflowException(WorkflowError.InvalidArgument, $"'{request.SourceInstanceID}': cannot rerun from child-workflows");
        }
        await PostAsync(id, new CopyOperation(source.State, new Rerun(source.State, request, id)), cancellationToken);
        return id;
    }
}
