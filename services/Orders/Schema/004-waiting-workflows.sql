-- Orders that wait for a workflow, a part at a time.
CREATE INDEX orders_pending_workflow ON orders (order_id) WHERE status = 'Pending' AND pattern = 'workflow';
