-- revision: rises with every change of a row, quantities included; product_version with name, price and withdrawal only.
ALTER TABLE stock ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
