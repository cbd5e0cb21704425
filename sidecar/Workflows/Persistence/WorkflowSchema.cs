namespace Sidecar.Workflows.Persistence;

/// <summary>
/// The tables of the workflow engine. A history row's number is its instance's key and the turn's number, so that an instance's
/// history lies together in the file and is read in order without another index; its number 0 holds how the instance was started.
/// </summary>
internal static class WorkflowSchema
{
    /// <summary>Creates the tables where they are missing.</summary>
    public const string Text = """
        CREATE TABLE IF NOT EXISTS instances (
            key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, status INTEGER NOT NULL,
            created BLOB NOT NULL, started BLOB, updated BLOB, custom_status TEXT, completed BLOB, open BLOB, wake_ms INTEGER,
            ended_ms INTEGER);
        CREATE INDEX IF NOT EXISTS instances_to_wake ON instances (wake_ms) WHERE wake_ms IS NOT NULL;
        CREATE INDEX IF NOT EXISTS instances_ended ON instances (status, ended_ms) WHERE ended_ms IS NOT NULL;
        CREATE TABLE IF NOT EXISTS history (row INTEGER PRIMARY KEY, events BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS inbox (
            seq INTEGER PRIMARY KEY, target TEXT NOT NULL, source TEXT, event BLOB NOT NULL, propagated BLOB);
        CREATE TABLE IF NOT EXISTS timers (
            key INTEGER NOT NULL, timer INTEGER NOT NULL, due_ms INTEGER NOT NULL, PRIMARY KEY (key, timer)) WITHOUT ROWID;
        """;

    /// <summary>The number of a history row.</summary>
    public static long RowOf(long key, int batch) => (key << WorkflowLimits.TurnBits) | (uint)batch;
}
