-- In the order in which they are tried again: where many are kept (a database was put back), each part is read without sorting all.
CREATE INDEX feed_retry_next ON feed_retry (source, attempts, since);

-- Whether a workflow is still to be told something: asked about each order that waits, also while the engine is away and all of them are unsent.
CREATE INDEX workflow_outbox_untold ON workflow_outbox (subject) WHERE sent_at IS NULL;
