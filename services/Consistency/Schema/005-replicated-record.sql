-- Records that several services write, each its own replica. document: the state that replicas exchange, as JSON.
CREATE TABLE replicated_record (
    kind       TEXT NOT NULL,
    key        TEXT NOT NULL,
    document   TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;

-- Concurrent writes as this replica met them: what was used, what else there was, and who ended it.
CREATE TABLE conflict (
    sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        TEXT NOT NULL,
    key         TEXT NOT NULL,
    field       TEXT NOT NULL,
    policy      TEXT NOT NULL,
    kept        TEXT NOT NULL,
    siblings    TEXT NOT NULL,
    seen_at     INTEGER NOT NULL,
    resolved_at INTEGER,
    resolved_by TEXT
);
CREATE UNIQUE INDEX conflict_open ON conflict (kind, key, field) WHERE resolved_at IS NULL;
CREATE INDEX conflict_record ON conflict (kind, key, sequence);
CREATE INDEX conflict_resolved ON conflict (resolved_at) WHERE resolved_at IS NOT NULL;

-- Entity tag of an answer whose version is no number.
ALTER TABLE command ADD COLUMN etag TEXT;
