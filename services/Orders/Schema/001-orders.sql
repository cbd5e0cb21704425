CREATE TABLE orders (
    order_id        TEXT PRIMARY KEY,
    customer_id     TEXT NOT NULL,
    pattern         TEXT NOT NULL,
    status          TEXT NOT NULL,
    reason_code     TEXT,
    detail          TEXT,
    invoice_number  TEXT,
    lines           TEXT NOT NULL,
    total_cents     INTEGER NOT NULL CHECK (total_cents >= 0),
    version         INTEGER NOT NULL,
    placed_at       INTEGER NOT NULL,
    client_wrote_at INTEGER NOT NULL,
    changed_at      INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX orders_pending ON orders (placed_at) WHERE status = 'Pending';
CREATE INDEX orders_customer ON orders (customer_id, order_id);

-- Products replicated from Inventory; version is Inventory's.
CREATE TABLE catalog (
    sku              TEXT PRIMARY KEY,
    name             TEXT NOT NULL,
    unit_price_cents INTEGER NOT NULL,
    withdrawn        INTEGER NOT NULL,
    version          INTEGER NOT NULL
) WITHOUT ROWID;
