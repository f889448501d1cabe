//! The keywords of libpq up to PostgreSQL 18, the variable that sets each, and what pgaudit makes of them.

use std::fmt;

use crate::yaml::nearest;

/// What becomes of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Taken,
    /// It changes nothing for an audit.
    Ignored,
    /// Only these values mean what pgaudit does anyway; any other is refused, for this reason.
    Only(&'static [&'static str], &'static str),
}

pub(super) struct Keyword {
    pub(super) name: &'static str,
    pub(super) variable: Option<&'static str>,
    pub(super) of: Use,
}

const fn keyword(name: &'static str, variable: &'static str, of: Use) -> Keyword {
    let variable = if variable.is_empty() {
        None
    } else {
        Some(variable)
    };
    Keyword { name, variable, of }
}

const GSSAPI: &str = "pgaudit does not speak GSSAPI; encrypt with TLS (gssencmode=prefer sslmode=verify-full) and log in by password or client certificate";
const REQUIRE_AUTH: &str = "pgaudit cannot restrict the method; channel_binding=require demands SCRAM over TLS, which is the strictest";
const OAUTH: &str =
    "pgaudit cannot log in by OAuth; give the role a password or a client certificate";
const SCRAM_KEYS: &str = "pgaudit logs in by password; put it into ~/.pgpass";

pub(super) const KEYWORDS: &[Keyword] = &[
    keyword("host", "PGHOST", Use::Taken),
    keyword("hostaddr", "PGHOSTADDR", Use::Taken),
    keyword("port", "PGPORT", Use::Taken),
    keyword("dbname", "PGDATABASE", Use::Taken),
    keyword("user", "PGUSER", Use::Taken),
    keyword("password", "PGPASSWORD", Use::Taken),
    keyword("passfile", "PGPASSFILE", Use::Taken),
    keyword("service", "PGSERVICE", Use::Taken),
    keyword("servicefile", "PGSERVICEFILE", Use::Taken),
    keyword("options", "PGOPTIONS", Use::Taken),
    keyword("connect_timeout", "PGCONNECT_TIMEOUT", Use::Taken),
    keyword("target_session_attrs", "PGTARGETSESSIONATTRS", Use::Taken),
    keyword("load_balance_hosts", "PGLOADBALANCEHOSTS", Use::Taken),
    keyword("requirepeer", "PGREQUIREPEER", Use::Taken),
    keyword("channel_binding", "PGCHANNELBINDING", Use::Taken),
    keyword("sslmode", "PGSSLMODE", Use::Taken),
    keyword("requiressl", "PGREQUIRESSL", Use::Taken),
    keyword("sslnegotiation", "PGSSLNEGOTIATION", Use::Taken),
    keyword("sslrootcert", "PGSSLROOTCERT", Use::Taken),
    keyword("sslcert", "PGSSLCERT", Use::Taken),
    keyword("sslkey", "PGSSLKEY", Use::Taken),
    keyword("sslpassword", "", Use::Taken),
    keyword("sslcrl", "PGSSLCRL", Use::Taken),
    keyword("sslcrldir", "PGSSLCRLDIR", Use::Taken),
    keyword("sslsni", "PGSSLSNI", Use::Taken),
    keyword(
        "ssl_min_protocol_version",
        "PGSSLMINPROTOCOLVERSION",
        Use::Taken,
    ),
    keyword(
        "ssl_max_protocol_version",
        "PGSSLMAXPROTOCOLVERSION",
        Use::Taken,
    ),
    keyword("application_name", "PGAPPNAME", Use::Ignored),
    keyword("fallback_application_name", "", Use::Ignored),
    keyword("client_encoding", "PGCLIENTENCODING", Use::Ignored),
    keyword("keepalives", "", Use::Ignored),
    keyword("keepalives_idle", "", Use::Ignored),
    keyword("keepalives_interval", "", Use::Ignored),
    keyword("keepalives_count", "", Use::Ignored),
    keyword("tcp_user_timeout", "", Use::Ignored),
    keyword("sslcompression", "PGSSLCOMPRESSION", Use::Ignored),
    keyword("krbsrvname", "PGKRBSRVNAME", Use::Ignored),
    keyword("gsslib", "PGGSSLIB", Use::Ignored),
    keyword("gssdelegation", "PGGSSDELEGATION", Use::Ignored),
    keyword("max_protocol_version", "PGMAXPROTOCOLVERSION", Use::Ignored),
    keyword(
        "gssencmode",
        "PGGSSENCMODE",
        Use::Only(&["disable", "prefer"], GSSAPI),
    ),
    keyword(
        "require_auth",
        "PGREQUIREAUTH",
        Use::Only(&[], REQUIRE_AUTH),
    ),
    keyword(
        "sslcertmode",
        "PGSSLCERTMODE",
        Use::Only(
            &["allow"],
            "pgaudit sends a client certificate exactly where the server asks for one; set sslcert to another file, or to none",
        ),
    ),
    keyword(
        "replication",
        "",
        Use::Only(
            &["false", "off", "no", "0"],
            "an audit needs an ordinary session",
        ),
    ),
    keyword(
        "min_protocol_version",
        "PGMINPROTOCOLVERSION",
        Use::Only(
            &["3.0"],
            "pgaudit speaks protocol 3.0, as every server does",
        ),
    ),
    keyword(
        "sslkeylogfile",
        "",
        Use::Only(&[], "pgaudit writes no secrets of a session to a file"),
    ),
    keyword("scram_client_key", "", Use::Only(&[], SCRAM_KEYS)),
    keyword("scram_server_key", "", Use::Only(&[], SCRAM_KEYS)),
    keyword("oauth_issuer", "", Use::Only(&[], OAUTH)),
    keyword("oauth_client_id", "", Use::Only(&[], OAUTH)),
    keyword("oauth_client_secret", "", Use::Only(&[], OAUTH)),
    keyword("oauth_scope", "", Use::Only(&[], OAUTH)),
];

/// The keyword of this name, or what might have been meant.
pub(super) fn find(name: &str) -> Result<&'static Keyword, String> {
    let mut known = KEYWORDS.iter();
    known.find(|known| known.name == name).ok_or_else(|| {
        nearest(name, KEYWORDS.iter().map(|known| known.name))
            .map(|near| format!("; did you mean `{near}`?"))
            .unwrap_or_default()
    })
}

/// Where a value came from, for messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    Flag(&'static str),
    Uri,
    Text,
    Service { file: String, line: usize },
    Variable(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => f.write_str(flag),
            Self::Uri => f.write_str("the connection URI"),
            Self::Text => f.write_str("the connection string"),
            Self::Service { file, line } => write!(f, "{file}:{line}"),
            Self::Variable(name) => f.write_str(name),
        }
    }
}
