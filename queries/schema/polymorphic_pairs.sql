/*
title: Reference to one of several tables
kind: finding
about: table
why: |
  A pair such as (commentable_type, commentable_id) names a row of a table that only the application knows: no foreign
  key can hold it, so that nothing deletes or refuses what refers to a row that is gone, and the planner knows nothing of
  the join. It is what many an ORM makes, hence a note. Logs and events are left out: they outlive what they tell of.
says: "nothing holds {pairs} to a row that exists"
fix: { advice: "give each kind a column with a foreign key of its own and CHECK (num_nonnulls(…) = 1), or a table of links for each kind; otherwise look for orphans from time to time" }
severity: info
evidence: catalog
population: population.whole_tables
from: columns
compute: polymorphic_pairs
columns:
  object: name
  pairs: text
*/
