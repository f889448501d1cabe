//! Opens the one connection of an audit, and cancels what runs on it.

mod passfile;
pub mod settings;
mod tls;

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};
use tokio_postgres::config::{ChannelBinding, SslMode as TlsUse};
use tokio_postgres::error::SqlState;
use tokio_postgres::{CancelToken, Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::render::escape::visible;
use settings::{Host, Settings, SslMode};

/// A server that gives no sign of life is given up after this, unless `connect_timeout` says otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

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
    #[error("TLS with {place} failed: {message}; sslmode and sslrootcert decide how it is checked")]
    Tls { place: String, message: String },
    #[error("{place} does not speak PostgreSQL's protocol: {message}; check host and port")]
    Protocol { place: String, message: String },
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
        _ => "",
    }
}

impl Error {
    /// Whether a password would have helped.
    pub fn wants_password(&self) -> bool {
        matches!(self, Self::Password { .. })
    }
}

trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Io for S {}
type Stream = Box<dyn Io>;

/// One open connection.
pub struct Connection {
    pub client: Arc<Client>,
    driver: JoinHandle<Result<(), tokio_postgres::Error>>,
    cancel: Cancel,
}

impl Connection {
    /// Connects, at the latest by `deadline`.
    pub async fn open(settings: &Settings, deadline: Instant) -> Result<Self, Error> {
        let limit = settings.connect_timeout.unwrap_or(CONNECT_TIMEOUT);
        let started = Instant::now();
        let deadline = deadline.min(started + limit);
        let attempt = async {
            match settings.ssl_mode {
                SslMode::Disable => Self::attempt(settings, false).await,
                // libpq: `allow` first tries without TLS, `prefer` first with it; a server that refuses
                // the first is asked again.
                SslMode::Allow => match Self::attempt(settings, false).await {
                    Err(Error::Server { code, .. })
                        if code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION =>
                    {
                        Self::attempt(settings, true).await
                    }
                    result => result,
                },
                SslMode::Prefer => match Self::attempt(settings, true).await {
                    Err(Error::Server { code, .. })
                        if code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION =>
                    {
                        Self::attempt(settings, false).await
                    }
                    Err(Error::Tls { .. }) => Self::attempt(settings, false).await,
                    result => result,
                },
                SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => {
                    Self::attempt(settings, true).await
                }
            }
        };
        timeout_at(deadline, attempt).await.unwrap_or_else(|_| {
            Err(Error::Silent {
                place: settings.place(),
                seconds: started.elapsed().as_secs_f64(),
            })
        })
    }

    async fn attempt(settings: &Settings, tls: bool) -> Result<Self, Error> {
        let place = settings.place();
        let mut connector = if tls {
            let connector = tls::connector(settings.ssl_mode, settings.ssl_root_cert.as_deref());
            Some(connector.map_err(|message| Error::Tls {
                place: place.clone(),
                message,
            })?)
        } else {
            None
        };
        let (address, stream) = Address::connect(settings).await?;
        let mut config = Config::new();
        config
            .user(&settings.user)
            .dbname(&settings.dbname)
            .application_name("pgaudit")
            .ssl_mode(match (tls, settings.ssl_mode) {
                (false, _) => TlsUse::Disable,
                (true, SslMode::Prefer) => TlsUse::Prefer,
                (true, _) => TlsUse::Require,
            })
            .channel_binding(match settings.channel_binding.as_deref() {
                Some("disable") => ChannelBinding::Disable,
                Some("require") => ChannelBinding::Require,
                _ => ChannelBinding::Prefer,
            });
        if let Some(password) = &settings.password {
            config.password(password);
        }
        let name = settings.tls_name();
        let failed = |error: &tokio_postgres::Error| explain(error, place.clone());
        let (client, driver) = if let Some(connector) = &mut connector {
            let tls = make(connector, &name, &place)?;
            let (client, connection) = config
                .connect_raw(stream, tls)
                .await
                .map_err(|e| failed(&e))?;
            (client, tokio::spawn(connection))
        } else {
            let (client, connection) = config
                .connect_raw(stream, NoTls)
                .await
                .map_err(|e| failed(&e))?;
            (client, tokio::spawn(connection))
        };
        let cancel = Cancel {
            token: client.cancel_token(),
            address,
            connector,
            name,
            place,
        };
        Ok(Self {
            client: Arc::new(client),
            driver,
            cancel,
        })
    }

    /// What cancels the running statement, usable while the connection is busy.
    pub fn canceller(&self) -> Cancel {
        self.cancel.clone()
    }

    /// Says goodbye and waits a moment until the server has let go.
    pub async fn close(self) {
        let Self { client, driver, .. } = self;
        drop(client);
        let _ = tokio::time::timeout(Duration::from_secs(1), driver).await;
    }
}

impl Settings {
    fn tls_name(&self) -> String {
        match &self.host {
            Host::Tcp { name, .. } => name.clone(),
            Host::Socket(_) => String::new(),
        }
    }
}

/// Where a connection was made to, so that a cancel request goes to the same server.
#[derive(Debug, Clone)]
enum Address {
    Tcp(SocketAddr),
    Socket(std::path::PathBuf),
}

impl Address {
    async fn connect(settings: &Settings) -> Result<(Self, Stream), Error> {
        let place = settings.place();
        let refused = |source: io::Error, advice| Error::Refused {
            place: place.clone(),
            source,
            advice,
        };
        match &settings.host {
            Host::Socket(folder) => {
                let path = folder.join(format!(".s.PGSQL.{}", settings.port));
                let advice =
                    "is the server running, and is this its socket folder (-h) and port (-p)?";
                let address = Self::Socket(path);
                let stream = address
                    .stream()
                    .await
                    .map_err(|source| refused(source, advice))?;
                Ok((address, stream))
            }
            Host::Tcp { name, address } => {
                let host = address.as_deref().unwrap_or(name);
                let found = tokio::net::lookup_host((host, settings.port)).await;
                let lookup = |source| Error::Lookup {
                    host: host.to_owned(),
                    source,
                };
                let mut last = lookup(io::Error::new(io::ErrorKind::NotFound, "it has no address"));
                for address in found.map_err(lookup)? {
                    let address = Self::Tcp(address);
                    match address.stream().await {
                        Ok(stream) => return Ok((address, stream)),
                        Err(source) => {
                            last = refused(
                                source,
                                "is the server running there, and does it listen on this address (-h) and port (-p)?",
                            );
                        }
                    }
                }
                Err(last)
            }
        }
    }

    async fn stream(&self) -> io::Result<Stream> {
        Ok(match self {
            Self::Tcp(address) => {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                Box::new(stream)
            }
            Self::Socket(path) => Box::new(UnixStream::connect(path).await?),
        })
    }
}

fn make(
    connector: &mut MakeRustlsConnect,
    name: &str,
    place: &str,
) -> Result<<MakeRustlsConnect as tokio_postgres::tls::MakeTlsConnect<Stream>>::TlsConnect, Error> {
    tokio_postgres::tls::MakeTlsConnect::<Stream>::make_tls_connect(connector, name).map_err(
        |error| Error::Tls {
            place: place.to_owned(),
            message: error.to_string(),
        },
    )
}

/// Sorts out what went wrong between a stream that is open and a session that is ready.
fn explain(error: &tokio_postgres::Error, place: String) -> Error {
    if let Some(db) = error.as_db_error() {
        return Error::Server {
            place,
            code: db.code().clone(),
            // It goes to a terminal, and it is the server's word.
            message: visible(db.message()),
        };
    }
    let chain = visible(&chain(error));
    if chain.contains("password missing") {
        return Error::Password { place };
    }
    if chain.contains("TLS") || chain.contains("certificate") {
        return Error::Tls {
            place,
            message: chain,
        };
    }
    Error::Protocol {
        place,
        message: chain,
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

/// Cancels the statement that runs on a connection.
#[derive(Clone)]
pub struct Cancel {
    token: CancelToken,
    address: Address,
    connector: Option<MakeRustlsConnect>,
    name: String,
    place: String,
}

impl Cancel {
    /// Asks the server to cancel. The stream is read to its end before it is closed: a client that
    /// closes first takes PgBouncer before 1.19.1 down (pgbouncer#801, pgbouncer#846).
    pub async fn cancel(mut self) -> Result<(), Error> {
        let refused = |source| Error::Refused {
            place: self.place.clone(),
            source,
            advice: "the cancel request was not sent",
        };
        let stream: Stream = Box::new(UntilEof {
            stream: self.address.stream().await.map_err(refused)?,
            ended: false,
        });
        let sent = match &mut self.connector {
            Some(connector) => {
                self.token
                    .cancel_query_raw(stream, make(connector, &self.name, &self.place)?)
                    .await
            }
            None => self.token.cancel_query_raw(stream, NoTls).await,
        };
        sent.map_err(|error| explain(&error, self.place.clone()))
    }
}

/// A stream whose shutdown first waits until the other side has closed.
struct UntilEof<S> {
    stream: S,
    ended: bool,
}

impl<S: AsyncRead + Unpin> AsyncRead for UntilEof<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for UntilEof<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.ended {
            let mut bytes = [0; 256];
            let mut buf = ReadBuf::new(&mut bytes);
            match Pin::new(&mut self.stream).poll_read(cx, &mut buf) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(())) if !buf.filled().is_empty() => {}
                // The end, or a reset: either way the other side has closed.
                Poll::Ready(_) => self.ended = true,
            }
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
