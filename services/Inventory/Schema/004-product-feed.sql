-- What was there before products were a kind of their own.
INSERT INTO change (kind, key, lane, deleted, changed_at) SELECT 'product', sku, 0, 0, 0 FROM stock ORDER BY sku;
