CREATE EXTENSION pg_stat_statements;
CREATE SCHEMA shop;
SET search_path = shop, public;

CREATE TABLE customers (
  id bigint PRIMARY KEY,
  email text NOT NULL UNIQUE,
  name text NOT NULL
);
CREATE TABLE orders (
  id bigint PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customers (id),
  placed_at timestamptz NOT NULL,
  status text NOT NULL,
  note text
);
CREATE TABLE events (
  id bigint PRIMARY KEY,
  kind text NOT NULL,
  payload text NOT NULL
);

INSERT INTO customers SELECT g, 'customer' || g || '@example.org', 'Customer ' || g FROM generate_series(1, 5000) g;
INSERT INTO orders
SELECT g, g % 5000 + 1, timestamptz '2026-01-01' + g * interval '1 minute', (ARRAY['new', 'paid', 'sent'])[g % 3 + 1], repeat('note ', g % 8)
FROM generate_series(1, 60000) g;
CREATE INDEX orders_customer_id ON orders (customer_id);
-- Nothing ever asks for it.
CREATE INDEX orders_note ON orders (note, placed_at, status);

-- then
VACUUM ANALYZE;

-- then
-- Dead rows that no autovacuum removes.
UPDATE shop.orders SET status = 'sent';
UPDATE shop.orders SET status = 'done' WHERE id % 3 = 0;

-- Statistics of an empty table.
INSERT INTO shop.events SELECT g, 'click', repeat('x', 120) FROM generate_series(1, 60000) g;

-- then
-- What a report over a remote system looks like from here.
CREATE FUNCTION public.stock_report(bigint) RETURNS TABLE (product bigint, left_over bigint) LANGUAGE sql AS $$
  SELECT $1, 0::bigint FROM pg_sleep(0.15)
$$;
