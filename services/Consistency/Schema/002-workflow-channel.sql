-- A channel of its own for what workflows are told (start, raise), so that events and workflows never wait for each other, neither
-- while being sent nor while being trimmed. Only adds: an older process on the same file goes on working.
CREATE TABLE workflow_outbox (
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
CREATE INDEX workflow_outbox_unsent ON workflow_outbox (sequence) WHERE sent_at IS NULL;

-- Which instance relays to the workflow engine. One row.
CREATE TABLE workflow_outbox_lease (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    owner   TEXT NOT NULL,
    until   INTEGER NOT NULL
);
