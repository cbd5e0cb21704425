-- stock_reserved: told by Inventory's feed. healing: messages about the order were found missing, the others pull it.
ALTER TABLE orders ADD COLUMN stock_reserved INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN healing INTEGER NOT NULL DEFAULT 0;

-- What was there before the feed.
INSERT INTO change (kind, key, lane, deleted, changed_at) SELECT 'order', order_id, 0, 0, changed_at FROM orders ORDER BY changed_at;
