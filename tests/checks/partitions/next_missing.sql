-- @redact ends left widths_left width
-- @good
CREATE TABLE ahead (at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE no_end (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE no_end_1 PARTITION OF no_end FOR VALUES FROM ('2020-01-01') TO (MAXVALUE);
CREATE TABLE archive (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE archive_2020 PARTITION OF archive FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE by_number (id bigint NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE by_number_1 PARTITION OF by_number FOR VALUES FROM (1) TO (2);
CREATE TABLE by_two (at date NOT NULL, id int NOT NULL) PARTITION BY RANGE (at, id);
CREATE TABLE begins (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE childless (at date NOT NULL) PARTITION BY RANGE (at);
-- A year that has two months to go needs no next one yet.
CREATE TABLE yearly (at date NOT NULL) PARTITION BY RANGE (at);
DO $$
DECLARE today date := now() AT TIME ZONE 'UTC';
BEGIN
  FOR week IN -2..3 LOOP
    EXECUTE format('CREATE TABLE ahead_%s PARTITION OF ahead FOR VALUES FROM (%L) TO (%L)', week + 2, today + 7 * week, today + 7 * week + 7);
  END LOOP;
  -- Begins next month.
  EXECUTE format('CREATE TABLE begins_1 PARTITION OF begins FOR VALUES FROM (%L) TO (%L)', today + 30, today + 60);
  EXECUTE format('CREATE TABLE yearly_1 PARTITION OF yearly FOR VALUES FROM (%L) TO (%L)', today - 300, today + 65);
END $$;

-- @bad warning
CREATE TABLE soon (at timestamp NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE ended_with_default (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE rest PARTITION OF ended_with_default DEFAULT;
DO $$
DECLARE today date := now() AT TIME ZONE 'UTC';
BEGIN
  EXECUTE format('CREATE TABLE soon_1 PARTITION OF soon FOR VALUES FROM (%L) TO (%L)', today - 28, today + 2);
  EXECUTE format('CREATE TABLE soon_0 PARTITION OF soon FOR VALUES FROM (%L) TO (%L)', today - 60, today - 28);
  EXECUTE format('CREATE TABLE ended_1 PARTITION OF ended_with_default FOR VALUES FROM (%L) TO (%L)', today - 40, today - 10);
END $$;

-- @bad critical
-- Nothing holds today, although there is a next one.
CREATE TABLE gap (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE "a""b; DROP TABLE soon" (at date NOT NULL) PARTITION BY RANGE (at);
DO $$
DECLARE today date := now() AT TIME ZONE 'UTC';
BEGIN
  EXECUTE format('CREATE TABLE past PARTITION OF gap FOR VALUES FROM (%L) TO (%L)', today - 60, today - 3);
  EXECUTE format('CREATE TABLE future PARTITION OF gap FOR VALUES FROM (%L) TO (%L)', today + 3, today + 60);
  EXECUTE format('CREATE TABLE ended_2 PARTITION OF "a""b; DROP TABLE soon" FOR VALUES FROM (%L) TO (%L)', today - 31, today - 1);
END $$;
