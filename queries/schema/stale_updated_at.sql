/*
title: Time of change that no trigger sets
kind: finding
about: table
why: |
  Where triggers set the time of the last change in most tables, a table without one most likely was forgotten: its time
  says when the row was made, and whoever copies changed rows by it misses them. Nothing is told where the application sets
  these times, since nobody can see from here whether it does.
says: "no trigger sets {column}, as triggers do in most tables with such a column"
fix: { advice: "CREATE TRIGGER … BEFORE UPDATE ON {object} FOR EACH ROW EXECUTE FUNCTION with the function that the other tables use" }
severity: info
evidence: catalog
from: columns
compute: stale_updated_at
columns:
  object: name
  column: name
*/
