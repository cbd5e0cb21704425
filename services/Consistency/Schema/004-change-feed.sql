-- The change feed: one row per record that others may follow, at the place of its last change. A state feed, not a log: it is never trimmed,
-- and reading it from 0 gives everything there is. AUTOINCREMENT: a place is never used twice. One writer at a time: places are in commit
-- order, and none turns up late.
CREATE TABLE change (
    sequence   INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT NOT NULL,
    key        TEXT NOT NULL,
    lane       INTEGER NOT NULL,
    deleted    INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    UNIQUE (kind, key)
);
CREATE INDEX change_lane ON change (lane, sequence);

-- One row per start of a process on this database, with the feed's end at that time. A follower's cursor names the newest one it has seen;
-- where it lies beyond the end at which the next one started, or is not known here, this database was put back to an earlier state.
CREATE TABLE feed_generation (
    ordinal    INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    starts_at  INTEGER NOT NULL,
    created_at INTEGER NOT NULL
);

-- How far this service has followed the feeds of others.
CREATE TABLE feed_cursor (
    source TEXT NOT NULL,
    lane   TEXT NOT NULL,
    cursor TEXT NOT NULL,
    as_of  INTEGER NOT NULL,
    PRIMARY KEY (source, lane)
) WITHOUT ROWID;

-- Changes of others that could not be applied: the cursor has passed them, so they are kept and tried again.
CREATE TABLE feed_retry (
    source     TEXT NOT NULL,
    kind       TEXT NOT NULL,
    key        TEXT NOT NULL,
    change     TEXT NOT NULL,
    attempts   INTEGER NOT NULL,
    last_error TEXT NOT NULL,
    since      INTEGER NOT NULL,
    PRIMARY KEY (source, kind, key)
) WITHOUT ROWID;

-- What the repair found and did.
CREATE TABLE repair (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        TEXT NOT NULL,
    key         TEXT NOT NULL,
    pattern     TEXT,
    found       TEXT NOT NULL,
    did         TEXT NOT NULL,
    late_ms     INTEGER NOT NULL,
    repaired_at INTEGER NOT NULL
);
CREATE INDEX repair_at ON repair (repaired_at);
