-- One row per order that was seen: an invoice, a refusal, or a tombstone.
CREATE TABLE invoice (
    order_id           TEXT PRIMARY KEY,
    customer_id        TEXT NOT NULL,
    status             TEXT NOT NULL,
    series             TEXT,
    number             INTEGER,
    credit_note_number INTEGER,
    detail             TEXT,
    total_cents        INTEGER NOT NULL,
    order_version      INTEGER NOT NULL,
    version            INTEGER NOT NULL,
    changed_at         INTEGER NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX invoice_number ON invoice (series, number) WHERE number IS NOT NULL;
CREATE UNIQUE INDEX invoice_credit_note ON invoice (credit_note_number) WHERE credit_note_number IS NOT NULL;

-- Last number given out per series. Incremented in the transaction that uses the number, hence without gaps.
CREATE TABLE number_series (
    name        TEXT PRIMARY KEY,
    last_number INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE account (
    customer_id        TEXT PRIMARY KEY,
    credit_limit_cents INTEGER NOT NULL CHECK (credit_limit_cents >= 0),
    open_cents         INTEGER NOT NULL CHECK (open_cents >= 0)
) WITHOUT ROWID;
