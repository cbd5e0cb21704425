-- When a follower asked: of what two instances were told, the later holds, whichever of them keeps it first.
ALTER TABLE feed_reader ADD COLUMN told_at INTEGER NOT NULL DEFAULT 0;
