-- Reads much more than fits into shared buffers, and some rows by their key.
DO $$
BEGIN
  FOR i IN 1 .. 22 LOOP
    PERFORM count(*) FROM shop.orders WHERE note LIKE '%never%';
    PERFORM count(*) FROM shop.events WHERE payload LIKE '%never%';
    PERFORM count(*) FROM shop.customers c JOIN shop.orders o ON o.customer_id = c.id WHERE c.id BETWEEN i * 100 AND i * 100 + 50;
  END LOOP;
END
$$;
