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
    duplicates  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (consumer, message_id)
) WITHOUT ROWID;
CREATE INDEX inbox_received ON inbox (received_at);

-- Duplicates of marks that have been trimmed since, so that the total never falls.
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
    created_at   INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX command_created ON command (created_at);

-- Messages that were given up, with their envelope as it came.
CREATE TABLE dead_letter (
    message_id  TEXT PRIMARY KEY,
    topic       TEXT NOT NULL,
    type        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    envelope    TEXT NOT NULL,
    received_at INTEGER NOT NULL
) WITHOUT ROWID;
