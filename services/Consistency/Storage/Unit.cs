using Microsoft.EntityFrameworkCore;

namespace Consistency.Storage;

/// <summary>How a unit of work of a group ended: with a value, or with the exception that took it back.</summary>
/// <param name="Value">The result; meaningless where <paramref name="Error"/> is set.</param>
/// <param name="Error">Why nothing of this unit was written, or null.</param>
public readonly record struct Outcome<T>(T? Value, Exception? Error);

/// <summary>Queued work; its caller is told after the commit.</summary>
internal abstract class Unit<TDb>(string? traceparent)
    where TDb : DbContext
{
    public string? Traceparent { get; } = traceparent;

    public abstract void Run(UnitOfWork<TDb> work);

    public abstract void Fail(Exception error);

    public abstract void Complete();
}

/// <inheritdoc/>
internal sealed class Unit<TDb, T>(Func<UnitOfWork<TDb>, T> act, string? traceparent) : Unit<TDb>(traceparent)
    where TDb : DbContext
{
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? value;
    private Exception? error;

    public Task<T> Result => completion.Task;

    /// <summary>How it has ended so far: known to the units behind it in the same transaction.</summary>
    public Outcome<T> SoFar => new(value, error);

    public override void Run(UnitOfWork<TDb> work) => value = act(work);

    public override void Fail(Exception error) => this.error ??= error;

    public override void Complete()
    {
        if (error is null)
        {
            completion.SetResult(value!);
        }
        else
        {
            completion.SetException(error);
        }
    }
}
