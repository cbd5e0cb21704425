using Google.Protobuf.WellKnownTypes;
using Sidecar.Workflows.Logic;

namespace Sidecar.Workflows.Running;

/// <summary>Makes a copy of a finished instance that goes on from a point in its history.</summary>
internal sealed class CopyOperation(InstanceState source, Rerun rerun) : Request
{
    /// <inheritdoc/>
    public override bool IsBarrier => true;

    /// <inheritdoc/>
    public override void Run(InstanceScope scope)
    {
        if (scope.State is not null)
        {
            throw new WorkflowException(WorkflowError.AlreadyExists, $"workflow '{scope.Id}' has already been created");
        }
        var context = scope.Context.Turn();
        scope.Create(source.Start, source.Incoming);
        var state = scope.State!;
        state.TakeFromInbox(state.Inbox.Count); // the start is in the copied history
        foreach (var e in rerun.Settled)
        {
            scope.Change.History.Add(e);
            state.Append(e);
        }
        foreach (var e in rerun.Again)
        {
            e.Timestamp = Timestamp.FromDateTimeOffset(context.Now);
            scope.Change.History.Add(e);
            state.Append(e);
            if (e.TimerCreated is not null)
            {
                scope.Change.TimersAdded.Add(e);
            }
            else if (e.ChildWorkflowInstanceCreated is { } child)
            {
                var start = Children.Start(
                    Events.At(context.Now, router: e.Router), e, scope.Id, source.Start.ExecutionStarted.Name, parentExecution: null, context);
                scope.Change.Messages.Add(new Message(
                    context.NextSeq(), child.InstanceId, scope.Id, start,
                    Propagation.Assemble(state, child.HistoryPropagationScope, context.AppId)));
            }
        }
    }
}
