/*
title: Several migration tools in one schema
kind: finding
about: schema
severity: info
why: |
  Two tools that change the same tables do not know of each other: which of them ran first decides what the schema is, and
  neither can rebuild it alone. Often the one is left from before a change of tools; then its table can go.

  Tools in different schemas are not compared: an application and a service beside it may each have their own.
says: "{tools} keep their record here"
fix: { advice: "let one tool own the schema, and drop the table of the other when its migrations are part of that one's baseline" }
evidence: catalog
from: [migration_tools]
compute: pick
with: { where: several, sparse: true }
columns:
  object: name
  tools: text
*/
