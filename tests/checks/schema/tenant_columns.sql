-- @good
-- Row level security is nobody's habit here, and the table of the tenants is none of theirs.
CREATE TABLE tenants (tenant_id int PRIMARY KEY);
CREATE TABLE a (id int PRIMARY KEY, tenant_id int NOT NULL REFERENCES tenants);
CREATE TABLE b (id int PRIMARY KEY, tenant_id int NOT NULL);
CREATE TABLE c (id int PRIMARY KEY, tenant_id int NOT NULL);
CREATE TABLE d (tenant_id int, id int, PRIMARY KEY (tenant_id, id));
CREATE TABLE e (tenant_id int, id int, PRIMARY KEY (tenant_id, id));
CREATE INDEX ON b (tenant_id);
CREATE INDEX ON c (tenant_id, id);
DO $$
BEGIN
  FOR n IN 1..5 LOOP
    EXECUTE format('CREATE TABLE t%s (tenant_id int, id int, PRIMARY KEY (tenant_id, id))', n);
  END LOOP;
END
$$;
-- Most of these may be NULL: a reference, not whose the row is.
CREATE TABLE f (id int PRIMARY KEY, company_id int NOT NULL);
CREATE TABLE g (id int PRIMARY KEY, company_id int);
CREATE TABLE h (id int PRIMARY KEY, company_id int);
CREATE TABLE i (id int PRIMARY KEY, company_id int);
CREATE TABLE j (id int PRIMARY KEY, company_id int);

-- @bad info
CREATE TABLE "k""; DROP" (id int PRIMARY KEY, tenant_id int);
CREATE TABLE of_partial (id int PRIMARY KEY, tenant_id int NOT NULL);
CREATE INDEX ON of_partial (tenant_id) WHERE id > 0;
CREATE INDEX ON of_partial (id, tenant_id);

-- @good
DROP TABLE of_partial, "k""; DROP";
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY '{a,b,c,d,e,t1,t2,t3,t4,t5}'::text[] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('GRANT SELECT ON %I TO PUBLIC', name);
  END LOOP;
END
$$;
-- Nobody but its owner may read it.
CREATE TABLE own (tenant_id int, id int, PRIMARY KEY (tenant_id, id));

-- @bad warning
CREATE TABLE exposed (tenant_id int, id int, PRIMARY KEY (tenant_id, id)) PARTITION BY HASH (id);
CREATE TABLE exposed_0 PARTITION OF exposed FOR VALUES WITH (MODULUS 1, REMAINDER 0);
GRANT SELECT ON exposed TO pg_monitor;
