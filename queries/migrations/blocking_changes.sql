/*
title: Change of a table that kept others waiting
kind: reading
about: statement
why: |
  ALTER TABLE, a plain CREATE INDEX, REINDEX, DROP, CLUSTER and VACUUM FULL lock others out for as long as they run, and
  those who come later wait as well while they wait themselves. pg_stat_statements keeps what was run with its time, the
  wait for the lock included: what took a second took it from somebody, and the next migration of that kind will again.

  Left out are forms that let others write: CONCURRENTLY, VALIDATE CONSTRAINT, ATTACH PARTITION; and changes of a table
  whose CREATE TABLE is among the statements too, since a restored dump or a new table keeps nobody waiting. A COPY takes
  the lock of an INSERT and is no such change. Inside of functions and DO blocks statements are seen only with
  pg_stat_statements.track = all. Of ALTER and CREATE the text is shown up to where literals may begin.
says: "took {longest} at the longest ({calls} calls): {query}"
fix: { advice: "build indexes CONCURRENTLY, add constraints NOT VALID and VALIDATE them after, add columns without a volatile default, change types by a new column, and set lock_timeout so that a change gives up and tries again" }
evidence: counters
needs: { counters: statements, setting: { pg_stat_statements.track_utility: "on" } }
from: [statements]
compute: pick
with: { where: change, by: longest, sparse: true }
largest_first: longest
columns:
  object: name
  longest: milliseconds
  calls: count
  query: text
*/
