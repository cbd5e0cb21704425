-- Since when the oldest open conflict waits: asked at each scrape, however many there are.
CREATE INDEX conflict_open_since ON conflict (seen_at) WHERE resolved_at IS NULL;
