-- How many orders wait, and since when, by pattern: asked at each scrape, also while all of them wait, and answered from these indexes alone. The
-- one of orders that are not decided replaces the one before, so that placing an order keeps no more of them. The pattern does not come first:
-- else it would be taken for what finds orders of pattern workflow by id. The columns of the condition are in them because older versions of
-- SQLite look them up in the table otherwise.
DROP INDEX orders_pending;
CREATE INDEX orders_pending ON orders (placed_at, pattern, status) WHERE status = 'Pending';
CREATE INDEX orders_settling_since ON orders (changed_at, pattern, settling) WHERE settling;
DROP INDEX orders_attention;
CREATE INDEX orders_attention ON orders (attention_since, attention_step) WHERE attention_step IS NOT NULL;
