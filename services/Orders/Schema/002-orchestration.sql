-- Pattern workflow. attention_*: why the order waits for an operator. settle_runs: SettleOrder workflows asked for so far.
-- settled_status: the decision that a SettleOrder workflow has brought all services in line with. settling: one is asked for, and has not ended.
ALTER TABLE orders ADD COLUMN attention_step TEXT;
ALTER TABLE orders ADD COLUMN attention_reason TEXT;
ALTER TABLE orders ADD COLUMN attention_since INTEGER;
ALTER TABLE orders ADD COLUMN settle_runs INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN settled_status TEXT;
ALTER TABLE orders ADD COLUMN settling INTEGER NOT NULL DEFAULT 0;
CREATE INDEX orders_attention ON orders (order_id) WHERE attention_step IS NOT NULL;
CREATE INDEX orders_settling ON orders (order_id) WHERE settling;
