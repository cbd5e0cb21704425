using Consistency.Storage;
using Consistency.Telemetry;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Consistency.Outbox;

/// <summary>
/// Sends what one channel of the outbox holds: at least once, woken by the commit. One instance relays at a time (lease), which spares
/// work but promises nothing: what a send that its lease outlived still does, receivers must bear. While the receiver is away the outbox
/// only grows.
/// </summary>
public abstract class Relay<TDb>
    where TDb : DbContext
{
    private readonly string owner;
    private readonly OutboxChannels channels;
    private readonly SemaphoreSlim wake = new(0, 1);

    /// <summary>Listens for commits; <see cref="RunAsync"/> does the work.</summary>
    private protected Relay(OutboxStore<TDb> store, WriteQueue<TDb> writes, string owner, TimeProvider time, ILogger logger, CrashHook? crash)
    {
        this.owner = owner;
        channels = (OutboxChannels)(1 << (int)store.Channel);
        Store = store;
        Time = time;
        Logger = logger;
        Crash = crash;
        writes.MessagesCommitted += Wake;
    }

    private protected OutboxStore<TDb> Store { get; }

    private protected TimeProvider Time { get; }

    private protected ILogger Logger { get; }

    private protected CrashHook? Crash { get; }

    /// <summary>When the lease ends; in the past where another instance has it.</summary>
    private protected DateTimeOffset LeasedUntil { get; private set; } = DateTimeOffset.UnixEpoch;

    /// <summary>Sends until nothing is to be sent now, or another instance holds the lease. Throws where the receiver is away.</summary>
    public abstract Task RelayAllAsync(CancellationToken cancellationToken);

    /// <summary>Relays until cancelled; then gives the lease up.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Span.LeaveCaller();
        var pause = Limits.RelayPauseMin;
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                try
                {
                    await RelayAllAsync(cancellationToken);
                    pause = Limits.RelayPauseMin;
                    await wake.WaitAsync(Limits.RelayIdle, cancellationToken);
                }
                catch (Exception e) when (!cancellationToken.IsCancellationRequested)
                {
                    Logger.SendFailed(Store.Channel, pause.TotalMilliseconds, e.Message);
                    await Task.Delay(pause, Time, cancellationToken);
                    pause = pause * 2 < Limits.RelayPauseMax ? pause * 2 : Limits.RelayPauseMax;
                }
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping: whatever was interrupted stays unsent, and the next relay sends it.
        }
        finally
        {
            OnStopped();
            await Store.ReleaseAsync(owner);
        }
    }

    /// <summary>It sends nothing any more.</summary>
    private protected virtual void OnStopped()
    {
    }

    /// <summary>True if this instance relays for at least half a lease from now.</summary>
    private protected async ValueTask<bool> HoldLeaseAsync(CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow();
        if (now < LeasedUntil - (Limits.RelayLease / 2))
        {
            return true;
        }

        var held = !Store.IsLeasedToAnother(owner, now) && await Store.TryLeaseAsync(owner, cancellationToken);
        LeasedUntil = held ? now + Limits.RelayLease : DateTimeOffset.UnixEpoch;
        return held;
    }

    private void Wake(OutboxChannels committed)
    {
        if ((committed & channels) == OutboxChannels.None)
        {
            return;
        }

        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already awake: the relay looks again after what it is doing.
        }
    }
}
