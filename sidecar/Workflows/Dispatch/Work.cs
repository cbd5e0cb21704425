using System.Globalization;
using Wire.Workflow;

namespace Sidecar.Workflows.Dispatch;

/// <summary>A piece of work for a worker. Its place (waiting, with a worker, done) belongs to the <see cref="WorkQueue"/>.</summary>
internal abstract class Work
{
    /// <summary>The worker that has it or is about to get it; null while it waits. Guarded by the queue.</summary>
    public WorkerSession? Owner { get; set; }

    /// <summary>Its turn in the queue, kept when it is given again. Guarded by the queue.</summary>
    public long Order { get; set; }

    /// <summary>True once nobody needs it any more. Guarded by the queue.</summary>
    public bool IsDone { get; set; }

    /// <summary>True while its owner has it in hand. Guarded by the queue.</summary>
    public bool IsTaken { get; set; }

    /// <summary>True once any worker has had it in hand, so that an answer to it may come. Guarded by the queue.</summary>
    public bool WasTaken { get; set; }

    /// <summary>
    /// True if its instance has moved on while a worker holds it: it is not given again, but counts as open until it is answered or
    /// the worker is gone, because its answer could be taken for another's. Guarded by the queue.
    /// </summary>
    public bool IsAbandoned { get; set; }

    /// <summary>True for a turn, false for an activity: workers have room for so many of each.</summary>
    public abstract bool IsTurn { get; }

    /// <summary>Called when the worker that held abandoned work is gone.</summary>
    public System.Action? Released { get; init; }

    /// <summary>
    /// What the completion tokens of its items begin with: an answer with such a token is for this work and no other, while ids come
    /// again (in the next turn, after continue-as-new, after a purge). daprd sends no tokens; .NET workers give back what they got,
    /// and for those that do not (JavaScript) the ids have to do.
    /// </summary>
    public abstract string Token { get; }

    /// <summary>The item for the worker, made when it takes it.</summary>
    public abstract WorkItem ToItem();

    /// <summary>True if an answer with this token is surely for this work.</summary>
    public bool IsNamedBy(string token) => token.StartsWith(Token, StringComparison.Ordinal);

    /// <summary>True if an answer with this token may be for this work: it names it, or none.</summary>
    public bool MayBeMeantBy(string token) => IsNamedBy(token) || !IsToken(token);

    // Any other text is a worker's own, which daprd ignores.
    private static bool IsToken(string token) =>
        token.StartsWith(ActivityWork.Kind, StringComparison.Ordinal) || token.StartsWith(TurnWork.Kind, StringComparison.Ordinal);
}

/// <summary>An activity to run. Every delivery is the same.</summary>
internal sealed class ActivityWork(ActivityRequest request, string executionId, TimeProvider time) : Work
{
    /// <summary>How tokens of activities begin.</summary>
    public const string Kind = "activity:";

    /// <inheritdoc/>
    public override string Token { get; } = TokenOf(executionId, request.TaskId);

    /// <summary>The generation of its instance.</summary>
    public string ExecutionId => executionId;

    /// <inheritdoc/>
    public override bool IsTurn => false;

    /// <summary>The token of one activity of one generation, the same for ever.</summary>
    public static string TokenOf(string executionId, int taskId) => string.Create(CultureInfo.InvariantCulture, $"{Kind}{executionId}:{taskId}:");

    /// <summary>When a worker got it, the last time.</summary>
    public DateTimeOffset? GivenAt { get; private set; }

    /// <inheritdoc/>
    public override WorkItem ToItem()
    {
        GivenAt = time.GetUtcNow();
        return new() { ActivityRequest = request, CompletionToken = Token };
    }
}

/// <summary>
/// A turn to run. Until a worker takes it, what arrives for the instance still goes with it; from then on its events are settled, and
/// the answer is for them.
/// </summary>
/// <param name="instanceId">Instance id.</param>
/// <param name="key">Tells this turn from all others, also from those before a restart.</param>
/// <param name="time">Clock.</param>
/// <param name="router">Of the turn's first event; null for none.</param>
internal sealed class TurnWork(string instanceId, Guid key, TimeProvider time, TaskRouter? router) : Work
{
    /// <summary>How tokens of turns begin.</summary>
    public const string Kind = "turn:";

    private readonly Lock _lock = new();
    private readonly List<GivenTurn> _given = [];
    private IReadOnlyList<HistoryEvent> _history = [];
    private int _historyCount;
    private HistoryEvent[] _inbox = [];
    private bool _isTooLarge;
    private PropagatedHistory? _propagated;

    /// <inheritdoc/>
    public override bool IsTurn => true;

    /// <inheritdoc/>
    public override string Token { get; } = $"{Kind}{key:N}:";

    /// <summary>What the instance holds now. Only events that are stored.</summary>
    public void Offer(IReadOnlyList<HistoryEvent> history, HistoryEvent[] inbox, PropagatedHistory? propagated, bool isTooLarge)
    {
        lock (_lock)
        {
            (_history, _historyCount, _inbox, _propagated, _isTooLarge) = (history, history.Count, inbox, propagated, isTooLarge);
        }
    }

    /// <summary>True once any worker has taken it.</summary>
    public bool IsGiven
    {
        get
        {
            lock (_lock)
            {
                return _given.Count > 0;
            }
        }
    }

    /// <summary>What the worker was given whose answer has this token; null where it cannot be an answer to this turn.</summary>
    public GivenTurn? GivenTo(string token)
    {
        lock (_lock)
        {
            if (_given.Count == 0 || !MayBeMeantBy(token))
            {
                return null;
            }
            if (IsNamedBy(token) && int.TryParse(token.AsSpan(Token.Length), CultureInfo.InvariantCulture, out var delivery))
            {
                return delivery >= 0 && delivery < _given.Count ? _given[delivery] : null;
            }
            // A worker that was lost may still answer its delivery, which held less.
            return _given[^1] with { IsUncertain = _given.Exists(g => g.Taken != _given[^1].Taken) };
        }
    }

    /// <inheritdoc/>
    public override WorkItem ToItem()
    {
        lock (_lock)
        {
            // What has become too large since it was given first is given as it was then.
            var taken = _isTooLarge && _given.Count > 0 ? _given[^1].Taken : _inbox.Length;
            var given = new GivenTurn(Logic.Events.Started(time.GetUtcNow(), router), taken);
            var request = new WorkflowRequest { InstanceId = instanceId, PropagatedHistory = _propagated };
            request.PastEvents.Capacity = _historyCount;
            for (var i = 0; i < _historyCount; i++)
            {
                request.PastEvents.Add(_history[i]);
            }
            request.NewEvents.Add(given.Started);
            request.NewEvents.AddRange(_inbox.Take(taken));
            _given.Add(given);
            var token = string.Create(CultureInfo.InvariantCulture, $"{Token}{_given.Count - 1}");
            return new WorkItem { WorkflowRequest = request, CompletionToken = token };
        }
    }
}

/// <summary>What a worker was given of a turn.</summary>
/// <param name="Started">The turn's first event.</param>
/// <param name="Taken">How much of the inbox.</param>
internal sealed record GivenTurn(HistoryEvent Started, int Taken)
{
    /// <summary>True where the answer may as well be one to another delivery, with other events.</summary>
    public bool IsUncertain { get; init; }
}
