using Microsoft.Data.Sqlite;
using Sidecar.Resources;
using Sidecar.Workflows.Persistence;
using Wire.Workflow;

namespace Sidecar.Workflows.Running;

/// <summary>
/// Forgets finished instances once the policy's time has passed since their end, which is in the file: a restart changes nothing, and a
/// changed policy is good for the old ones, too. Between two looks it sleeps until the first of them is due; nothing that ends
/// meanwhile can be due before the shortest time of the policy has passed.
/// </summary>
internal sealed class Retention : IAsyncDisposable
{
    private readonly EngineContext _context;
    private readonly List<(OrchestrationStatus Status, long KeptMs)> _rules;
    private readonly Task _running;

    private Retention(EngineContext context, List<(OrchestrationStatus Status, long KeptMs)> rules)
    {
        _context = context;
        _rules = rules;
        _running = Task.Run(RunAsync);
    }

    /// <summary>Begins; null where the policy keeps everything for ever.</summary>
    public static Retention? Start(EngineContext context, WorkflowRetentionPolicy? policy)
    {
        (OrchestrationStatus Status, TimeSpan? Kept)[] kept =
        [
            (OrchestrationStatus.Completed, policy?.Completed ?? policy?.AnyTerminal),
            (OrchestrationStatus.Failed, policy?.Failed ?? policy?.AnyTerminal),
            (OrchestrationStatus.Terminated, policy?.Terminated ?? policy?.AnyTerminal),
            (OrchestrationStatus.Canceled, policy?.AnyTerminal),
        ];
        var rules = kept.Where(static k => k.Kept is not null).Select(static k => (k.Status, (long)k.Kept!.Value.TotalMilliseconds)).ToList();
        return rules.Count == 0 ? null : new Retention(context, rules);
    }

    /// <summary>Completes once nothing is looked at any more. The engine must be stopping.</summary>
    public async ValueTask DisposeAsync() => await _running;

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(await LookAsync(), _context.Time, _context.Stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The engine stops.
        }
    }

    // Forgets what is due; returns how long nothing else is.
    private async Task<TimeSpan> LookAsync()
    {
        try
        {
            var now = _context.NowMs;
            var nextMs = now + _rules.Min(static r => r.KeptMs);
            var hasAll = true;
            foreach (var (status, keptMs) in _rules)
            {
                hasAll &= await ForgetAsync(status, now - keptMs);
                if (_context.Store.FirstEndAfter(status, now - keptMs) is { } endedMs)
                {
                    nextMs = Math.Min(nextMs, endedMs + keptMs);
                }
            }
            var wait = Math.Clamp(
                nextMs - _context.NowMs, WorkflowLimits.RetentionPause.TotalMilliseconds, WorkflowLimits.RetentionSleepMax.TotalMilliseconds);
            return hasAll ? TimeSpan.FromMilliseconds(wait) : WorkflowLimits.RetentionRetry;
        }
        catch (SqliteException exception)
        {
            WorkflowLog.RetentionFailed(_context.Logger, exception);
            return WorkflowLimits.RetentionRetry;
        }
    }

    // False where one of them could not be; the others are all the same.
    private async Task<bool> ForgetAsync(OrchestrationStatus status, long untilMs)
    {
        var hasAll = true;
        List<EndedInstance> page = [];
        do
        {
            page = _context.Store.Ended(status, untilMs, page.LastOrDefault(), WorkflowLimits.RetentionBatchMax);
            foreach (var operation in page.ConvertAll(Post))
            {
                try
                {
                    await operation.Done;
                }
                // Its instance has logged why.
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    hasAll = false;
                }
            }
        }
        while (page.Count == WorkflowLimits.RetentionBatchMax);
        return hasAll;
    }

    private ExpireOperation Post(EndedInstance ended)
    {
        var operation = new ExpireOperation(ended.Key);
        _context.Instances.Post(ended.Id, operation);
        return operation;
    }
}
