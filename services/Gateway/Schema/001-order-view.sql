-- The view: one row per order that any of the three services has told of. All of it can be had again from their feeds.
-- edition: a rebuild fills a second edition beside the one that serves. Columns of a part are null until its owner has told of it.
CREATE TABLE order_view (
    edition                INTEGER NOT NULL,
    order_id               TEXT NOT NULL,
    customer_id            TEXT,
    pattern                TEXT,
    status                 TEXT,
    reason_code            TEXT,
    detail                 TEXT,
    invoice_number         TEXT,
    lines                  TEXT,
    total_cents            INTEGER,
    version                INTEGER,
    placed_at              INTEGER,
    changed_at             INTEGER,
    attention_step         TEXT,
    attention_reason       TEXT,
    attention_since        INTEGER,
    reservation_status     TEXT,
    reservation_reason     TEXT,
    reservation_changed_at INTEGER,
    invoice_status         TEXT,
    invoice_printed        TEXT,
    invoice_credit_note    TEXT,
    invoice_changed_at     INTEGER,
    PRIMARY KEY (edition, order_id)
) WITHOUT ROWID;

-- One per way of listing, each in the order of its pages.
CREATE INDEX order_view_customer ON order_view (edition, customer_id, order_id);
CREATE INDEX order_view_status ON order_view (edition, status, order_id);
CREATE INDEX order_view_pattern ON order_view (edition, pattern, order_id);
CREATE INDEX order_view_pattern_status ON order_view (edition, pattern, status, order_id);
CREATE INDEX order_view_attention ON order_view (edition, order_id) WHERE attention_step IS NOT NULL;

-- Which edition serves, and which is being built. One row. rewound: an owner was put back, so the serving edition may have what its owner
-- has lost, until the next one takes over.
CREATE TABLE order_view_state (
    id            INTEGER PRIMARY KEY CHECK (id = 1),
    active        INTEGER NOT NULL,
    building      INTEGER,
    newest        INTEGER NOT NULL,
    rewound       INTEGER NOT NULL,
    build_reason  TEXT,
    build_since   INTEGER
);
INSERT INTO order_view_state (id, active, newest, rewound) VALUES (1, 1, 1, 0);

-- Feeds that the edition being built has read to the end. From then on it gets every page that the serving one gets.
CREATE TABLE order_view_complete (
    edition INTEGER NOT NULL,
    source  TEXT NOT NULL,
    PRIMARY KEY (edition, source)
) WITHOUT ROWID;
