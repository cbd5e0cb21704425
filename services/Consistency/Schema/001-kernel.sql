-- Messages that committed work wants published, in commit order (there is one writer). Sent rows are kept for a while.
CREATE TABLE outbox (
    sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL,
    topic       TEXT NOT NULL,
    type        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    version     INTEGER NOT NULL,
    data        BLOB NOT NULL,
    traceparent TEXT,
    created_at  INTEGER NOT NULL,
    sent_at     INTEGER
);
CREATE INDEX outbox_unsent ON outbox (sequence) WHERE sent_at IS NULL;

-- Which instance relays. One row.
CREATE TABLE outbox_lease (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    owner   TEXT NOT NULL,
    until   INTEGER NOT NULL
);

-- Messages that took effect. The key is what makes a second effect impossible.
CREATE TABLE inbox (
    consumer    TEXT NOT NULL,
    message_id  TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (consumer, message_id)
) WITHOUT ROWID;
CREATE INDEX inbox_received ON inbox (received_at);

-- How many repetitions were suppressed, ever. Counting the marks would read them all.
CREATE TABLE inbox_total (
    consumer    TEXT PRIMARY KEY,
    duplicates  INTEGER NOT NULL
) WITHOUT ROWID;

-- Answers to commands by idempotency key.
CREATE TABLE command (
    key          TEXT PRIMARY KEY,
    request_hash TEXT NOT NULL,
    status       INTEGER NOT NULL,
    body         BLOB NOT NULL,
    location     TEXT,
    version      INTEGER,
    created_at   INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX command_created ON command (created_at);

-- Written by the health probe after a failure, to see whether writing works again. One row.
CREATE TABLE probe (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL
);

-- Messages that were given up, with their envelope as it came.
CREATE TABLE dead_letter (
    message_id  TEXT PRIMARY KEY,
    topic       TEXT NOT NULL,
    type        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    envelope    TEXT NOT NULL,
    received_at INTEGER NOT NULL
) WITHOUT ROWID;
