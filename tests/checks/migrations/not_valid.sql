-- @redact rule
-- @good
CREATE TABLE parent (id int PRIMARY KEY);
INSERT INTO parent VALUES (1);
CREATE DOMAIN code AS text CHECK (VALUE <> '');
CREATE TABLE t (id int PRIMARY KEY CHECK (id > 0), a int REFERENCES parent);
ALTER TABLE t ADD CONSTRAINT t_a_positive CHECK (a > 0) NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT t_a_positive;
CREATE TEMPORARY TABLE scratch (id int);
ALTER TABLE scratch ADD CHECK (id > 0) NOT VALID;

-- Not enforced is not pending.
DO $$
BEGIN
  IF current_setting('server_version_num')::int >= 180000 THEN
    EXECUTE 'ALTER TABLE t ADD CONSTRAINT t_loose FOREIGN KEY (a) REFERENCES parent NOT ENFORCED';
    EXECUTE 'ALTER TABLE t ADD CONSTRAINT t_hint CHECK (a < 10) NOT ENFORCED';
  END IF;
END $$;

-- @bad warning
ALTER TABLE t ADD CONSTRAINT "t ""a""; DROP TABLE t" CHECK (a < 100) NOT VALID;
ALTER TABLE t ADD CONSTRAINT t_parent FOREIGN KEY (id) REFERENCES parent NOT VALID;
ALTER DOMAIN code ADD CONSTRAINT code_short CHECK (length(VALUE) < 10) NOT VALID;

-- 18 has it as a constraint of its own, and calls the column NOT NULL already.
DO $$
BEGIN
  IF current_setting('server_version_num')::int >= 180000 THEN
    EXECUTE 'ALTER TABLE t ADD CONSTRAINT t_a_known NOT NULL a NOT VALID';
  ELSE
    ALTER TABLE t ADD CONSTRAINT t_a_known CHECK (a IS NOT NULL) NOT VALID;
  END IF;
END $$;

-- One finding at the root of partitions and of inheritance, not at each child.
CREATE TABLE events (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
ALTER TABLE events ADD CONSTRAINT events_id CHECK (id > 0) NOT VALID;
CREATE TABLE base (id int);
CREATE TABLE derived () INHERITS (base);
ALTER TABLE base ADD CONSTRAINT base_id CHECK (id > 0) NOT VALID;

-- @fixed
