namespace Consistency;

/// <summary>
/// The places between two durable steps at which a process may die. Tests throw there and start again on the same file;
/// in production nobody listens.
/// </summary>
public enum CrashPoint
{
    /// <summary>The work is done, the transaction is not committed.</summary>
    BeforeCommit,

    /// <summary>The transaction is committed, nobody was told.</summary>
    AfterCommit,

    /// <summary>The broker has the messages, the relay has not taken note.</summary>
    AfterPublish,

    /// <summary>The relay is about to mark the messages as sent.</summary>
    BeforeMark,

    /// <summary>A delivery is handled and committed, the broker has not been answered.</summary>
    BeforeAcknowledge,

    /// <summary>A dead letter has ended, those parked behind it have not had their turn.</summary>
    BeforeRelease,
}

/// <summary>Called at each <see cref="CrashPoint"/>; throwing there stands for the process dying there.</summary>
public delegate void CrashHook(CrashPoint point);
