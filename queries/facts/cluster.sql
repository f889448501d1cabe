/*
title: Which cluster this is
kind: fact
scope: cluster
why: The system identifier tells one server's history from another's.
evidence: catalog
needs: { execute: pg_catalog.pg_control_system() }
columns: { system_identifier: text }
*/
select system_identifier::text from pg_control_system();
