-- What is asked at each scrape, and answered from an index alone, also while a million messages wait: the column of the condition is in it because
-- older versions of SQLite look it up in the table otherwise.
DROP INDEX outbox_unsent;
CREATE INDEX outbox_unsent ON outbox (sequence, sent_at) WHERE sent_at IS NULL;
DROP INDEX workflow_outbox_unsent;
CREATE INDEX workflow_outbox_unsent ON workflow_outbox (sequence, sent_at) WHERE sent_at IS NULL;
CREATE INDEX conflict_open_since ON conflict (seen_at, resolved_at) WHERE resolved_at IS NULL;
