namespace Sidecar.Workflows.Running;

// What happens where a change could not be stored: the file is right, and memory is made to follow it.
internal sealed partial class InstanceActor
{
    private async Task RecoverAsync(List<Operation> operations, Exception exception)
    {
        if (context.Stopping.IsCancellationRequested)
        {
            operations.ForEach(o => o.Failed(context, exception));
            return;
        }
        var culprit = (exception as OperationFault)?.Operation;
        if (culprit is null)
        {
            WorkflowLog.StoringFailed(context.Logger, id, exception);
        }
        else
        {
            WorkflowLog.OperationFailed(context.Logger, id, exception.InnerException!);
        }
        _state = null;
        _isLoaded = false;
        _timers.Forget();
        // Nothing of what these operations did is left: where only one is to blame, the others run again.
        var again = operations.FindAll(o => culprit is null ? o.Failed(context, exception)
            : !ReferenceEquals(o, culprit) || o.Faulted(context, exception.InnerException!));
        again.Add(new WakeOperation());
        if (culprit is null)
        {
            await PauseAsync();
        }
        lock (_lock)
        {
            _queue.InsertRange(0, again);
        }
    }

    private async Task PauseAsync()
    {
        try
        {
            await Task.Delay(WorkflowLimits.Pause, context.Time, context.Stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The engine stops.
        }
    }
}
