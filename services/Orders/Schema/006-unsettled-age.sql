-- How many orders wait, and since when, by pattern: asked at each scrape, also while all of them wait, and answered from these alone. The one of
-- orders that are not decided replaces the one before, so that placing an order keeps no more of them. The pattern comes last: else it would
-- be taken for what finds orders of pattern workflow by id.
DROP INDEX orders_pending;
CREATE INDEX orders_pending ON orders (placed_at, pattern) WHERE status = 'Pending';
CREATE INDEX orders_settling_since ON orders (changed_at, pattern) WHERE settling;
DROP INDEX orders_attention;
CREATE INDEX orders_attention ON orders (attention_since) WHERE attention_step IS NOT NULL;
