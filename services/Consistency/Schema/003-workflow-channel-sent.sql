-- What is past its retention is found by the time it was sent: a message that cannot be sent keeps nothing behind it.
CREATE INDEX workflow_outbox_sent ON workflow_outbox (sent_at) WHERE sent_at IS NOT NULL;
