-- order: the order as it was placed, a copy for the day on which Orders has lost it. pulled: Orders is told nothing, and reads it in the feed.
ALTER TABLE reservation ADD COLUMN detail TEXT;
ALTER TABLE reservation ADD COLUMN "order" TEXT;
ALTER TABLE reservation ADD COLUMN pulled INTEGER NOT NULL DEFAULT 0;

-- What was there before the feed.
INSERT INTO change (kind, key, lane, deleted, changed_at) SELECT 'stock', sku, 0, 0, 0 FROM stock ORDER BY sku;
INSERT INTO change (kind, key, lane, deleted, changed_at) SELECT 'reservation', order_id, 0, 0, changed_at FROM reservation ORDER BY changed_at;
