//! Functions, operators, types and tables that somebody put into the database to be picked up by a
//! superuser's audit are never run.

use std::collections::BTreeSet;

use pgaudit::catalog::Catalog;
use tokio_postgres::error::SqlState;

use crate::Promise;
use crate::place::{Database, plant_problems};
use crate::program::{Score, Tables, aged, collected, text, told};
use crate::session::run;

pub(crate) const TRIALS: &[Promise] = &[(
    "an audit as superuser runs nothing that is planted",
    nothing_planted_runs,
)];

/// `$names` are the words of all statements.
const TRAPS: &str = r#"
CREATE SCHEMA trap;
CREATE FUNCTION trap.spring() RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
  RAISE LOG 'the trap has sprung';
  CREATE ROLE pwned SUPERUSER;
  RETURN true;
END
$$;
SET search_path = pg_catalog;
DO $do$
DECLARE
  words text[] := $names;
  types regtype[] := '{text,name,oid,int2,int4,int8,float8,bool,timestamptz,interval,"char",xid,text[],oid[],regclass}';
  what record;
  made int := 0;
BEGIN
  FOR what IN
    SELECT proname AS name, pg_get_function_identity_arguments(oid) AS arguments, format_type(prorettype, NULL) AS result,
      CASE WHEN proretset THEN 'SETOF' ELSE '' END AS set
    FROM pg_proc
    WHERE pronamespace = 'pg_catalog'::regnamespace AND proname = ANY (words)
    UNION ALL
    VALUES ('format', 'text, name', 'text', ''), ('format', 'text, name, name', 'text', ''), ('format', 'text, text', 'text', ''),
      ('quote_ident', 'name', 'text', ''), ('current_setting', 'name', 'text', ''), ('json_build_object', 'text, text, text, text', 'json', ''),
      ('count', 'bigint', 'bigint', ''), ('to_hex', 'numeric', 'text', '')
  LOOP
    BEGIN
      EXECUTE format(
        'CREATE FUNCTION public.%I(%s) RETURNS %s %s LANGUAGE plpgsql AS $$ BEGIN PERFORM trap.spring(); %s END $$',
        what.name, what.arguments, what.set, what.result, CASE WHEN what.set = '' THEN 'RETURN NULL;' ELSE 'RETURN;' END
      );
      made := made + 1;
    EXCEPTION WHEN OTHERS THEN
      -- Pseudo-types and the like: nobody could plant that either.
      NULL;
    END;
  END LOOP;
  FOR what IN
    SELECT oprname AS name, oprleft::regtype AS l, oprright::regtype AS r, oprresult::regtype AS result, oid
    FROM pg_operator
    WHERE oprnamespace = 'pg_catalog'::regnamespace AND oprkind = 'b' AND oprleft = ANY (types::oid[]) AND oprright = ANY (types::oid[])
  LOOP
    EXECUTE format(
      'CREATE FUNCTION trap.operator_%s(%s, %s) RETURNS %s LANGUAGE plpgsql AS $$ BEGIN PERFORM trap.spring(); RETURN NULL; END $$',
      what.oid, what.l, what.r, what.result
    );
    EXECUTE format('CREATE OPERATOR public.%s (FUNCTION = trap.operator_%s, LEFTARG = %s, RIGHTARG = %s)', what.name, what.oid, what.l, what.r);
    made := made + 1;
  END LOOP;
  FOR what IN
    SELECT typname AS name FROM pg_type
    WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype = 'b' AND typname = ANY (words)
  LOOP
    EXECUTE format('CREATE DOMAIN public.%1$I AS pg_catalog.%1$I CHECK (trap.spring())', what.name);
    made := made + 1;
  END LOOP;
  FOR what IN
    SELECT relname AS name, (
      -- A view can have no column of a pseudo-type.
      SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
      WHERE attrelid = pg_class.oid AND attnum > 0 AND atttypid <> 'anyarray'::regtype
    ) AS columns
    FROM pg_class
    WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind IN ('r', 'v') AND relname = ANY (words)
  LOOP
    EXECUTE format('CREATE VIEW public.%1$I AS SELECT %2$s FROM pg_catalog.%1$I WHERE trap.spring()', what.name, what.columns);
    made := made + 1;
  END LOOP;
  IF made < 200 THEN
    RAISE 'only % traps', made;
  END IF;
END
$do$;
"#;

fn nothing_planted_runs(major: u32) {
    let database = Database::new(major, "hostile");
    plant_problems(&database);
    let before = seen(&database);
    assert!(!before.is_empty());

    let words: Vec<_> = words()
        .into_iter()
        .map(|word| format!("'{word}'"))
        .collect();
    let words = format!("ARRAY[{}]::text[]", words.join(", "));
    database.run(&[
        &TRAPS.replace("$names", &words),
        "ALTER DATABASE hostile SET search_path = public, pg_catalog",
    ]);
    assert_eq!(seen(&database), before);
    let log = database.log();
    let sprung: Vec<_> = log
        .iter()
        .filter(|entry| entry.level != "WARNING")
        .collect();
    assert!(sprung.is_empty(), "{sprung:#?}");
    assert_eq!(
        database.ask("SELECT count(*) FROM pg_roles WHERE rolname = 'pwned'"),
        "0"
    );

    // The traps do catch whoever has them on the path, in a transaction that may only read as well.
    for bait in [
        "SELECT format('%I', relname) FROM pg_catalog.pg_class",
        "SELECT relname FROM pg_class",
        "SELECT 1::int8",
        "SELECT 'a'::pg_catalog.name = 'b'::pg_catalog.text",
    ] {
        let sprung = run(&database.settings(), |client| async move {
            client.batch_execute("BEGIN READ ONLY").await.unwrap();
            client.batch_execute(bait).await.unwrap_err()
        });
        assert_eq!(
            sprung.code(),
            Some(&SqlState::READ_ONLY_SQL_TRANSACTION),
            "{bait}"
        );
    }
}

/// Findings, and the objects of each check with its state.
fn seen(database: &Database) -> BTreeSet<String> {
    let snapshot = aged(collected(&database.settings()));
    let tables = Tables(told(&snapshot, "check"));
    let checks = tables.0["checks"].as_array().unwrap().iter();
    let mut seen: BTreeSet<_> = checks
        .map(|check| text(check, "id"))
        .map(|id| match id.split_once('/') {
            // Other trials come and go.
            Some(("connections", _)) => format!("{id} {:?}", tables.state(id)),
            _ => format!("{id} {:?} {:?}", tables.state(id), tables.objects(id)),
        })
        .collect();
    seen.extend(Score(told(&snapshot, "score")).fingerprints());
    seen.retain(|seen| !seen.starts_with("connections/") || seen.contains('['));
    seen
}

/// All that may be a name in any statement that is sent.
fn words() -> BTreeSet<String> {
    let library = Catalog::bundled().unwrap();
    let own = ["../src/collect/rights.sql", "../src/collect/locked.sql"];
    let own = own.map(|file| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests")
            .join(file);
        std::fs::read_to_string(path).unwrap()
    });
    let mut texts = own.to_vec();
    for check in library.entries() {
        texts.extend(check.variants.iter().map(|variant| variant.sql.clone()));
        texts.extend(check.detail.clone());
        texts.extend(check.measure.iter().map(|measure| measure.sql.clone()));
    }
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = texts
        .iter()
        .flat_map(|text| text.split(move |c| !is_word(c)));
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}
