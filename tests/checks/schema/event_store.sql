-- @good
CREATE TABLE events (id bigint PRIMARY KEY, aggregate_id uuid NOT NULL, version int NOT NULL, UNIQUE (aggregate_id, version));
CREATE TABLE tenant_events (tenant_id int NOT NULL, stream_id uuid NOT NULL, stream_version bigint NOT NULL, PRIMARY KEY (tenant_id, stream_id, stream_version));
CREATE TABLE messages (id bigint PRIMARY KEY, stream_name text NOT NULL, position bigint NOT NULL);
CREATE UNIQUE INDEX messages_stream ON messages (stream_name, position);

-- No versions of an aggregate.
CREATE TABLE page_events (id bigint PRIMARY KEY, entity_id uuid NOT NULL, kind text NOT NULL, at timestamptz NOT NULL);
CREATE TABLE snapshots (aggregate_id uuid NOT NULL, version int NOT NULL);
CREATE TABLE app_events (id bigint PRIMARY KEY, entity_id uuid, version int);
CREATE TABLE version_events (id bigint PRIMARY KEY, entity_id uuid NOT NULL, version text NOT NULL);
CREATE TABLE journal (aggregate_id uuid NOT NULL, sequence bigint GENERATED ALWAYS AS IDENTITY);

-- @bad warning
CREATE TABLE "domain_events; """ (id bigint PRIMARY KEY, aggregate_id uuid NOT NULL, aggregate_version int NOT NULL);
CREATE INDEX ON "domain_events; """ (aggregate_id, aggregate_version);
CREATE TABLE stream_messages (id bigint PRIMARY KEY, stream_id text NOT NULL, version bigint NOT NULL);
CREATE TABLE part_events (id bigint NOT NULL, "aggregateId" uuid NOT NULL, version bigint NOT NULL, PRIMARY KEY (id)) PARTITION BY HASH (id);

-- @fixed
DROP TABLE part_events;
