-- @good
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at = now(); RETURN NEW; END $$;
CREATE TABLE a (id int PRIMARY KEY, updated_at timestamptz);
CREATE TABLE b (id int PRIMARY KEY, updated_at timestamptz);
CREATE TABLE c (id int PRIMARY KEY, "updatedAt" timestamp);
CREATE TABLE d (id int PRIMARY KEY, updated_at text);
CREATE TRIGGER touch BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON b FOR EACH ROW EXECUTE FUNCTION touch();
-- Two of three are no rule yet: the application may set all of them.

-- @bad info
-- That a trigger is disabled is told as that.
CREATE TABLE off (id int PRIMARY KEY, updated_at timestamptz);
CREATE TRIGGER touch BEFORE UPDATE ON off FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE off DISABLE TRIGGER touch;
CREATE TABLE e (id int PRIMARY KEY, updated_at timestamptz) PARTITION BY HASH (id);
CREATE TABLE e_0 PARTITION OF e FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE TRIGGER touch BEFORE UPDATE ON e FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch AFTER UPDATE ON c FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TABLE "f""; DROP" (id int PRIMARY KEY, last_modified timestamptz);
CREATE TRIGGER touch BEFORE UPDATE ON "f""; DROP" FOR EACH STATEMENT EXECUTE FUNCTION touch();
