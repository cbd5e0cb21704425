-- received = available + reserved + shipped, always.
CREATE TABLE stock (
    sku              TEXT PRIMARY KEY,
    name             TEXT NOT NULL,
    unit_price_cents INTEGER NOT NULL CHECK (unit_price_cents >= 0),
    withdrawn        INTEGER NOT NULL,
    received         INTEGER NOT NULL,
    available        INTEGER NOT NULL CHECK (available >= 0),
    reserved         INTEGER NOT NULL CHECK (reserved >= 0),
    shipped          INTEGER NOT NULL CHECK (shipped >= 0),
    product_version  INTEGER NOT NULL,
    CHECK (received = available + reserved + shipped)
) WITHOUT ROWID;

-- One row per order that was seen, tombstones included.
CREATE TABLE reservation (
    order_id      TEXT PRIMARY KEY,
    status        TEXT NOT NULL,
    reason_code   TEXT,
    lines         TEXT NOT NULL,
    order_version INTEGER NOT NULL,
    changed_at    INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX reservation_held ON reservation (changed_at) WHERE status = 'Reserved';
