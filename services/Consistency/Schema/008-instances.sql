-- What each process of this service has counted since its start, so that whichever instance is asked answers for all of them.
CREATE TABLE process_traffic (
    process    TEXT NOT NULL,
    pattern    TEXT NOT NULL,
    messages   INTEGER NOT NULL,
    deliveries INTEGER NOT NULL,
    calls      INTEGER NOT NULL,
    changes    INTEGER NOT NULL,
    counted_at INTEGER NOT NULL,
    PRIMARY KEY (process, pattern)
) WITHOUT ROWID;

-- How far followers have read this service's feed, whichever instance they asked.
CREATE TABLE feed_reader (
    follower TEXT PRIMARY KEY,
    cursor   TEXT NOT NULL
) WITHOUT ROWID;
