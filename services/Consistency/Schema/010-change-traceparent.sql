-- W3C trace context of the write that made the change: followers go on with its trace.
ALTER TABLE change ADD COLUMN traceparent TEXT;
