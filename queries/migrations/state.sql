/*
title: Migration tool whose last run did not end well
kind: reading
about: table
why: |
  Migration tools write down what they have applied. What is marked dirty, failed or unfinished there stops the next
  deployment, and says that the schema may be between two versions.

  This reads rows, but none that an application writes: whoever applies the same migrations to an empty database gets the
  same rows with the same schema. Where a failed migration is rolled back with its row, nothing can be seen; while one
  runs it looks unfinished. A lock that a tool holds is `migrations/held`.
says: "{tool}: {state}"
fix: { advice: "find out how far the migration came, mend that, then let the tool know: {repair}" }
evidence: catalog
from: [migration_tools]
compute: pick
with: { where: records, as: { unknown: unreadable, remedy: grant } }
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
    select to_jsonb(t) as r
    from only {object} t
    where t.tableoid = $1 and exists (select from same)
  ), judged as (
    select case
      when r ? 'dirty' and r ->> 'dirty' = 'true' then
        'version ' || (r ->> 'version') || ' is dirty'
      when r ? 'installed_rank' and r ->> 'success' = 'false' then
        'version ' || (r ->> 'version') || ' failed'
      when r ? 'rolled_back_at' and r ->> 'finished_at' is null and r ->> 'rolled_back_at' is null then
        (r ->> 'migration_name') || ' began and did not finish'
      when r ? 'execution_time' and not r ? 'installed_rank' and r ? 'success' and (r ->> 'success' = 'false' or r ->> 'execution_time' = '-1') then
        'version ' || (r ->> 'version') || ' did not finish'
      when r ? 'error' and r ? 'total' and (r ->> 'error' <> '' or r -> 'applied' < r -> 'total') then
        'version ' || (r ->> 'version') || ': ' || (r ->> 'applied') || ' of ' || (r ->> 'total') || ' statements applied'
      when r ->> 'exectype' = 'FAILED' then
        'change ' || (r ->> 'id') || ' failed'
      when r ? 'last_problem' and (r ->> 'last_problem' <> '' or r ->> 'state' <> 'applied') then
        'evolution ' || (r ->> 'id') || ' is ' || (r ->> 'state')
      when r ? 'start_time' and r ? 'migration_name' and r ->> 'end_time' is null then
        (r ->> 'migration_name') || ' began and did not finish'
      when r ->> 'event' = 'fail' and r ? 'change_id'
        and row_number() over (partition by r ->> 'change_id' order by r ->> 'committed_at' desc) = 1 then
        'change ' || (r ->> 'change') || ' failed'
      when r ? 'app' and r ? 'applied' and row_number() over (partition by r ->> 'app', r ->> 'name' order by r -> 'id') = 2 then
        (r ->> 'app') || '.' || (r ->> 'name') || ' is recorded more than once'
      when r ? 'date' and r ? 'content' and regexp_replace(r ->> 'content', '--[^\n]*|\s', '', 'g') <> '' then
        'what ' || (r ->> 'filename') || ' did was never committed as a migration'
      when r ? 'version_num' and count(*) over () > 1 then
        'head ' || (r ->> 'version_num') || ' is one of several'
    end as fault
    from entry
  )
  select count(*) filter (where fault is not null) as faults,
    coalesce(string_agg(fault, '; ' order by fault) filter (where fault is not null), 'in order') as state
  from judged
  having exists (select from same)
*/
