//! Why there is no connection, and what to do next.

use std::io;

use tokio_postgres::error::SqlState;

use crate::connect::settings::{Roots, SessionAttrs, Tls};
use crate::connect::tls;
use crate::render::escape::visible;

/// Why there is no connection. The texts say what to do next.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot find the host `{host}`: {source}; check the name after -h")]
    Lookup { host: String, source: io::Error },
    #[error("cannot connect to {place}: {source}; {advice}")]
    Refused {
        place: String,
        source: io::Error,
        advice: &'static str,
    },
    #[error(
        "no answer from {place} within {}; the host may be down, a firewall may drop packets, or the port is not PostgreSQL's",
        crate::value::duration(*seconds)
    )]
    Silent { place: String, seconds: f64 },
    #[error("{place} refuses the connection: {message}{}", advice(.code, .message))]
    Server {
        place: String,
        code: SqlState,
        message: String,
    },
    #[error(
        "{place} asks for a password: put it into ~/.pgpass or PGPASSWORD, or run in a terminal to be asked"
    )]
    Password { place: String },
    #[error("TLS with {place} failed: {message}; {remedy}")]
    Tls {
        place: String,
        message: String,
        remedy: String,
        /// Whether libpq would have gone on.
        only_ours: bool,
    },
    #[error("{place} does not log in as it was asked to: {message}; {remedy}")]
    Method {
        place: String,
        message: String,
        remedy: &'static str,
    },
    #[error("{place} does not speak PostgreSQL's protocol: {message}; check host and port")]
    Protocol { place: String, message: String },
    #[error(
        "{place} closed the connection before anybody was logged in; see its log, or check host and port"
    )]
    Closed { place: String },
    #[error(
        "{place} is the console of PgBouncer, not a database: name the database to audit with -d"
    )]
    Console { place: String },
    #[error("{place} is {found}, and target_session_attrs={wanted} was asked for")]
    Session {
        place: String,
        found: &'static str,
        wanted: &'static str,
    },
    #[error(
        "the server behind {place} belongs to the user {found}, and requirepeer={wanted} was asked for"
    )]
    Peer {
        place: String,
        found: String,
        wanted: String,
    },
    #[error("{}", several(.0))]
    Several(Vec<Error>),
}

fn several(errors: &[Error]) -> String {
    let told: Vec<_> = errors.iter().map(ToString::to_string).collect();
    told.join(" | ")
}

fn advice(code: &SqlState, message: &str) -> &'static str {
    match code.code() {
        "28P01" => "; check the user (-U) and the password (~/.pgpass, PGPASSWORD)",
        "28000" if message.contains("pg_hba.conf") => {
            "; the server's pg_hba.conf has to allow this user, database and host"
        }
        "28000" if message.contains("not permitted to log in") => {
            "; ALTER ROLE … LOGIN lets it in, or check the user (-U)"
        }
        "28000" if message.contains("client certificate") => {
            "; name the client's certificate in sslcert and its key in sslkey"
        }
        "28000" => "; check the user (-U)",
        "3D000" => "; check the name of the database (-d)",
        "42501" => "; GRANT CONNECT ON DATABASE … TO … lets this user in",
        "55000" => "; its ALLOW_CONNECTIONS is off: name another database (-d)",
        "53300" if message.starts_with("too many connections for ") => {
            "; ALTER ROLE or ALTER DATABASE … CONNECTION LIMIT raises its own limit"
        }
        "53300" => {
            "; all connections are in use: that itself is worth an alarm. From PostgreSQL 16 on, GRANT pg_use_reserved_connections keeps a place for the audit"
        }
        "57P03" => "; the server is starting up, shutting down or recovering: try again",
        // PgBouncer's words.
        _ if message.contains("unsupported startup parameter") => {
            "; a pooler takes no options: unset PGOPTIONS, or connect to the server itself"
        }
        _ if message.contains("no such database") => {
            "; check the name of the database (-d), which the pooler has to know as well"
        }
        _ => "",
    }
}

impl Error {
    /// Whether a password would have helped.
    pub fn wants_password(&self) -> bool {
        match self {
            Self::Password { .. } => true,
            Self::Several(errors) => errors.last().is_some_and(Self::wants_password),
            _ => false,
        }
    }

    /// Whether the server does not let this user in this way.
    pub(super) fn is_authorization(&self) -> bool {
        matches!(self, Self::Server { code, .. } if code.code().starts_with("28"))
    }

    /// Whether another of several servers may do: libpq goes on where nobody listens or the server is
    /// not ready, and ends where it was refused.
    pub(super) fn passes_on(&self) -> bool {
        match self {
            Self::Lookup { .. }
            | Self::Refused { .. }
            | Self::Silent { .. }
            | Self::Session { .. } => true,
            Self::Server { code, .. } => *code == SqlState::CANNOT_CONNECT_NOW,
            Self::Several(errors) => errors.iter().all(Self::passes_on),
            _ => false,
        }
    }

    /// One error, or all of them, each once.
    pub(super) fn all(errors: Vec<Self>) -> Self {
        let mut once: Vec<Self> = Vec::new();
        for error in errors {
            let error = match error {
                Self::Several(errors) => errors,
                error => vec![error],
            };
            for error in error {
                if once
                    .iter()
                    .all(|known| known.to_string() != error.to_string())
                {
                    once.push(error);
                }
            }
        }
        match once.len() {
            1 => once.remove(0),
            _ => Self::Several(once),
        }
    }

    /// Sorts out what went wrong between a stream that is open and a session that is ready.
    pub(super) fn of(error: &tokio_postgres::Error, place: String, tls: Option<&Tls>) -> Self {
        if let Some(db) = error.as_db_error() {
            return Self::Server {
                place,
                code: db.code().clone(),
                // It goes to a terminal, and it is the server's word.
                message: visible(db.message()),
            };
        }
        let message = visible(&chain(error));
        if message.contains("password missing") {
            return Self::Password { place };
        }
        if message.contains("channel binding") {
            return Self::Method {
                place,
                message,
                remedy: "channel_binding=require needs TLS, a role whose password is stored as scram-sha-256, and scram-sha-256 in pg_hba.conf",
            };
        }
        if message.contains("unsupported") && message.contains("authentication") {
            return Self::Method {
                place,
                message,
                remedy: "pgaudit logs in by password (SCRAM, md5, plain) or client certificate, not by GSSAPI, SSPI or OAuth: give this role another line in pg_hba.conf",
            };
        }
        if let Some((cause, tls)) = tls::cause(error).zip(tls) {
            return Self::Tls {
                place,
                message: visible(&cause.to_string()),
                remedy: tls::remedy(cause, tls),
                only_ours: tls::only_ours(cause),
            };
        }
        if let Some(tls) = tls.filter(|tls| tls.direct || message.contains("TLS")) {
            let remedy = if message.contains("does not support TLS") {
                "ssl = on in its postgresql.conf turns it on; sslmode=prefer goes without where there is none"
            } else if tls.direct {
                "sslnegotiation=direct needs PostgreSQL 17 or later; sslnegotiation=postgres asks first"
            } else {
                "sslmode and sslrootcert decide how TLS is checked"
            };
            return Self::Tls {
                place,
                message,
                remedy: remedy.to_owned(),
                only_ours: false,
            };
        }
        let source = std::error::Error::source(error);
        let broken = source.and_then(|source| Some(source.downcast_ref::<io::Error>()?.kind()));
        match broken {
            // What tokio says of a message that has no end.
            _ if error.is_closed() || message.contains("bytes remaining on stream") => {
                Self::Closed { place }
            }
            Some(
                io::ErrorKind::UnexpectedEof
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::BrokenPipe,
            ) => Self::Closed { place },
            _ => Self::Protocol { place, message },
        }
    }

    pub(super) fn tls(place: String, message: String, tls: &Tls) -> Self {
        let remedy = match tls.roots {
            Roots::None => "see the manual's chapter on SSL support of libpq",
            Roots::File(_) | Roots::System => {
                "sslrootcert names the file, ~/.postgresql/root.crt is its default"
            }
        };
        Self::Tls {
            place,
            message,
            remedy: remedy.to_owned(),
            only_ours: true,
        }
    }
}

impl SessionAttrs {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::ReadWrite => "read-write",
            Self::ReadOnly => "read-only",
            Self::Primary => "primary",
            Self::Standby => "standby",
            Self::PreferStandby => "prefer-standby",
        }
    }
}

/// An error with everything that caused it: the outermost text alone says too little.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let message = error.to_string();
        if !text.contains(&message) {
            text.push_str(": ");
            text.push_str(&message);
        }
        cause = error.source();
    }
    text
}
