-- Dead letters with their history: why, how often, what became of them. Later messages of a dead one's aggregate park behind it here.
-- Every column that an older process does not name has a default: it goes on keeping its dead letters in this table.
ALTER TABLE dead_letter RENAME TO dead_letter_before;
CREATE TABLE dead_letter (
    sequence        INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id      TEXT NOT NULL UNIQUE,
    consumer        TEXT NOT NULL DEFAULT '',
    topic           TEXT NOT NULL,
    type            TEXT NOT NULL,
    subject         TEXT NOT NULL,
    version         INTEGER NOT NULL DEFAULT 0,
    holds           INTEGER NOT NULL DEFAULT 0,
    envelope        TEXT NOT NULL,
    traceparent     TEXT,
    reason          TEXT NOT NULL DEFAULT 'unknown: kept by an earlier version',
    attempts        INTEGER NOT NULL DEFAULT 0,
    first_failed_at INTEGER,
    last_failed_at  INTEGER,
    received_at     INTEGER NOT NULL,
    status          TEXT NOT NULL DEFAULT 'dead',
    replays         INTEGER NOT NULL DEFAULT 0,
    ended_at        INTEGER,
    ended_by        TEXT,
    note            TEXT
);
INSERT INTO dead_letter (message_id, topic, type, subject, envelope, received_at)
    SELECT message_id, topic, type, subject, envelope, received_at FROM dead_letter_before ORDER BY received_at;
DROP TABLE dead_letter_before;
CREATE INDEX dead_letter_status ON dead_letter (status, sequence);
CREATE INDEX dead_letter_ended ON dead_letter (ended_at) WHERE ended_at IS NOT NULL;

-- The line of an aggregate: what of it is dead or parked, in the order in which it is to be handled. Asked about each event; almost always empty.
CREATE INDEX dead_letter_line ON dead_letter (topic, subject, version, sequence) WHERE ended_at IS NULL AND holds = 1;

-- Handlings that failed. Dapr's dead-letter copy tells no reason: this does, once it comes.
CREATE TABLE delivery_failure (
    message_id      TEXT PRIMARY KEY,
    attempts        INTEGER NOT NULL,
    reason          TEXT NOT NULL,
    first_failed_at INTEGER NOT NULL,
    last_failed_at  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX delivery_failure_last ON delivery_failure (last_failed_at);
