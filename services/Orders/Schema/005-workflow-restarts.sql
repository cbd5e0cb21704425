-- How often the order's workflow was found lost and started again since the order changed last.
ALTER TABLE orders ADD COLUMN workflow_restarts INTEGER NOT NULL DEFAULT 0;
