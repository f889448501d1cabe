/*
title: Migration lock or phase that was never released
kind: reading
about: table
why: |
  Liquibase, Knex and Kysely lock a row while they migrate, and pgroll keeps the old and the new shape of a table until its
  migration is completed. Who dies in between leaves the lock, and the next deployment waits for it or gives up.

  A lock of Liquibase and an open phase of pgroll count when they are older than a day. Knex and Kysely do not write down
  since when they hold theirs: a migration may be running right now.
says: "{tool}: {state}"
fix: { advice: "make sure that no migration runs, then release it: {repair}" }
evidence: runtime
from: [migration_tools]
compute: pick
with: { where: holds, as: { unknown: unreadable, remedy: grant } }
columns:
  object: name
  relation: oid
  tool: text
  faults: count
  state: text
  repair: text
detail: |
  with same as (
    select
    where not exists (
      select from pg_attribute a
      where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped and (a.atttypid >= 16384 or a.attgenerated <> '')
    )
  ), entry as (
    select to_jsonb(t) as r, to_jsonb(localtimestamp - interval '1 day') #>> '{}' as yesterday
    from only {object} t
    where t.tableoid = $1 and exists (select from same)
  ), judged as (
    select case
      when r ->> 'locked' = 'true' and r ->> 'lockgranted' < yesterday then 'locked since ' || (r ->> 'lockgranted')
      when r ->> 'is_locked' = '1' then 'locked: a migration is running, or died'
      when r ->> 'done' = 'false' and r ->> 'created_at' < yesterday then (r ->> 'name') || ' was started and never completed'
    end as fault
    from entry
  )
  select count(*) filter (where fault is not null) as faults,
    coalesce(string_agg(fault, '; ' order by fault) filter (where fault is not null), 'free') as state
  from judged
  having exists (select from same)
*/
