-- pulled: Orders is told nothing, and reads the invoice in the feed.
ALTER TABLE invoice ADD COLUMN pulled INTEGER NOT NULL DEFAULT 0;

-- What was there before the feed.
INSERT INTO change (kind, key, lane, deleted, changed_at) SELECT 'invoice', order_id, 0, 0, changed_at FROM invoice ORDER BY changed_at;
