//! Opens the one connection of an audit, and cancels what runs on it.

mod conninfo;
mod error;
mod keywords;
mod passfile;
mod service;
pub mod settings;
mod tls;

use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};
use tokio_postgres::config::{ChannelBinding as Binding, SslMode as TlsUse, SslNegotiation};
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{CancelToken, Client, Config, NoTls, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

pub use conninfo::concealed;
pub use error::{Error, chain};
use settings::{ChannelBinding, Endpoint, Host, SessionAttrs, Settings, SslMode};

trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Io for S {}
type Stream = Box<dyn Io>;

/// What carries the messages of a session.
type Driver = JoinHandle<Result<(), tokio_postgres::Error>>;

/// One open connection.
pub struct Connection {
    pub client: Arc<Client>,
    driver: Driver,
    cancel: Cancel,
    /// Which of the servers it is.
    server: usize,
}

impl Connection {
    /// Connects to the first server that will do, at the latest by `deadline`.
    pub async fn open(settings: &Settings, deadline: Instant) -> Result<Self, Error> {
        let wanted = match settings.session_attrs {
            SessionAttrs::PreferStandby => &[SessionAttrs::Standby, SessionAttrs::Any][..],
            attrs => &[attrs],
        };
        let mut errors = Vec::new();
        'all: for attrs in wanted {
            for server in shuffled((0..settings.servers.len()).collect(), settings.load_balance) {
                match Self::to(settings, server, *attrs, deadline).await {
                    Ok(connection) => return Ok(connection),
                    Err(error) => {
                        let ends = !error.passes_on() || Instant::now() >= deadline;
                        errors.push(error);
                        if ends {
                            break 'all;
                        }
                    }
                }
            }
        }
        Err(Error::all(errors))
    }

    /// The settings for connecting to the same server again.
    pub fn again(&self, settings: &Settings) -> Settings {
        Settings {
            servers: vec![settings.servers[self.server].clone()],
            session_attrs: SessionAttrs::Any,
            ..settings.clone()
        }
    }

    /// Host and port or socket, as messages name it.
    pub fn place(&self) -> &str {
        &self.cancel.place
    }

    /// Tries all addresses of one server, each for as long as `connect_timeout` says.
    async fn to(
        settings: &Settings,
        server: usize,
        attrs: SessionAttrs,
        deadline: Instant,
    ) -> Result<Self, Error> {
        let endpoint = &settings.servers[server];
        let mut errors = Vec::new();
        let mut addresses: Option<Vec<Address>> = None;
        let mut next = 0;
        loop {
            let started = Instant::now();
            let until = settings
                .connect_timeout
                .map_or(deadline, |limit| deadline.min(started + limit));
            let attempt = async {
                let found = match &mut addresses {
                    Some(found) => found,
                    None => addresses.insert(shuffled(
                        Address::of(endpoint).await?,
                        settings.load_balance,
                    )),
                };
                let Some(address) = found.get(next) else {
                    return Ok(None);
                };
                let attempt = Attempt {
                    settings,
                    endpoint,
                    address,
                    server,
                };
                let connection = attempt.connect().await?;
                attempt.check(&connection, attrs).await?;
                Ok(Some(connection))
            };
            let attempted = timeout_at(until, attempt).await.unwrap_or_else(|_| {
                Err(Error::Silent {
                    place: endpoint.place(),
                    seconds: started.elapsed().as_secs_f64(),
                })
            });
            match attempted {
                Ok(Some(connection)) => return Ok(connection),
                Ok(None) => return Err(Error::all(errors)),
                Err(error) => {
                    let another = matches!(error, Error::Refused { .. } | Error::Silent { .. });
                    let ends = !another || addresses.is_none() || Instant::now() >= deadline;
                    errors.push(error);
                    if ends {
                        return Err(Error::all(errors));
                    }
                    next += 1;
                }
            }
        }
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

/// In random order, where that is wanted.
fn shuffled<T>(mut list: Vec<T>, wanted: bool) -> Vec<T> {
    if wanted {
        let random = RandomState::new();
        let mut at = 0_usize;
        list.sort_by_cached_key(|_| {
            at += 1;
            random.hash_one(at)
        });
    }
    list
}

/// One address of one server.
struct Attempt<'a> {
    settings: &'a Settings,
    endpoint: &'a Endpoint,
    address: &'a Address,
    server: usize,
}

impl Attempt<'_> {
    /// With or without TLS, or one after the other.
    async fn connect(&self) -> Result<Connection, Error> {
        let mode = match self.endpoint.host {
            // As libpq does: there is no network to protect.
            Host::Socket(_) => SslMode::Disable,
            Host::Tcp { .. } => self.settings.tls.mode,
        };
        let (first, second) = match mode {
            SslMode::Disable => return self.once(false).await,
            SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => {
                return self.once(true).await;
            }
            SslMode::Allow => (false, true),
            SslMode::Prefer => (true, false),
        };
        // libpq: a server that refuses the first way is asked the other way.
        match self.once(first).await {
            Err(
                error @ Error::Tls {
                    only_ours: false, ..
                },
            ) => {
                tracing::info!("{error}; going on without TLS, as sslmode=prefer says");
                self.once(second).await
            }
            Err(error @ Error::Server { .. }) if error.is_authorization() => {
                match self.once(second).await {
                    // A server without TLS leaves the first answer as the one that counts.
                    Err(Error::Tls { .. }) => Err(error),
                    Err(other) => Err(Error::all(vec![error, other])),
                    connected => connected,
                }
            }
            result => result,
        }
    }

    async fn once(&self, tls: bool) -> Result<Connection, Error> {
        let (settings, place) = (self.settings, self.endpoint.place());
        let connector = if tls {
            let made = tls::connector(&settings.tls);
            Some(made.map_err(|message| Error::tls(place.clone(), message, &settings.tls))?)
        } else {
            None
        };
        let stream = self.address.stream(settings).await?;
        let mut config = Config::new();
        config
            .user(&settings.user)
            .dbname(&settings.dbname)
            .application_name("pgaudit")
            .ssl_mode(match (tls, settings.tls.mode) {
                (false, _) => TlsUse::Disable,
                (true, SslMode::Prefer) => TlsUse::Prefer,
                (true, _) => TlsUse::Require,
            })
            .ssl_negotiation(if settings.tls.direct {
                SslNegotiation::Direct
            } else {
                SslNegotiation::Postgres
            })
            .channel_binding(match settings.channel_binding {
                ChannelBinding::Disable => Binding::Disable,
                ChannelBinding::Prefer => Binding::Prefer,
                ChannelBinding::Require => Binding::Require,
            });
        let of_file = self
            .endpoint
            .password
            .as_ref()
            .map(|(password, _)| password);
        if let Some(password) = settings.password.as_ref().or(of_file) {
            config.password(password);
        }
        if let Some(options) = &settings.options {
            config.options(options);
        }
        let cancel = |client: &Client, connector| Cancel {
            token: client.cancel_token(),
            address: self.address.clone(),
            connector,
            name: self.name().to_owned(),
            place: place.clone(),
        };
        let (client, driver, cancel) = if let Some(mut connector) = connector {
            let tls = make(&mut connector, self.name(), &place, settings)?;
            let (client, driver) = self.start(&config, stream, tls, true).await?;
            let cancel = cancel(&client, Some(connector));
            (client, driver, cancel)
        } else {
            let (client, driver) = self.start(&config, stream, NoTls, false).await?;
            let cancel = cancel(&client, None);
            (client, driver, cancel)
        };
        Ok(Connection {
            client: Arc::new(client),
            driver,
            cancel,
            server: self.server,
        })
    }

    async fn start<T>(
        &self,
        config: &Config,
        stream: Stream,
        tls: T,
        encrypted: bool,
    ) -> Result<(Client, Driver), Error>
    where
        T: TlsConnect<Stream>,
        T::Stream: Send + 'static,
    {
        let place = self.endpoint.place();
        let started = config.connect_raw(stream, tls).await;
        let (client, connection) = started.map_err(|error| {
            let tls = Some(&self.settings.tls).filter(|_| encrypted);
            match Error::of(&error, place.clone(), tls) {
                Error::Server {
                    code,
                    message,
                    place,
                } if code.code() == "28P01" => Error::Server {
                    code,
                    message: self.with_source(message),
                    place,
                },
                error => error,
            }
        })?;
        if connection
            .parameter("server_version")
            .is_some_and(|version| version.contains("bouncer"))
        {
            return Err(Error::Console { place });
        }
        Ok((client, tokio::spawn(connection)))
    }

    /// As psql does, tells which file a wrong password came from.
    fn with_source(&self, message: String) -> String {
        match (&self.settings.password, &self.endpoint.password) {
            (None, Some((_, file))) => {
                format!("{message} (the password is that of {})", file.display())
            }
            _ => message,
        }
    }

    /// The name that a certificate has to have.
    fn name(&self) -> &str {
        match &self.endpoint.host {
            Host::Tcp { name, .. } => name,
            Host::Socket(_) => "",
        }
    }

    /// Whether it is one of the servers that were asked for.
    async fn check(&self, connection: &Connection, attrs: SessionAttrs) -> Result<(), Error> {
        if attrs == SessionAttrs::Any {
            return Ok(());
        }
        let place = self.endpoint.place();
        let ask = "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only')";
        let answer = connection.client.simple_query(ask).await;
        let answer = answer.map_err(|error| Error::of(&error, place.clone(), None))?;
        let row = answer.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        let standby = row.and_then(|row| row.get(0)) == Some("t");
        let read_only = standby || row.and_then(|row| row.get(1)) == Some("on");
        let (fits, found) = match attrs {
            SessionAttrs::Any | SessionAttrs::PreferStandby => (true, ""),
            SessionAttrs::ReadWrite => (!read_only, "read-only"),
            SessionAttrs::ReadOnly => (read_only, "read-write"),
            SessionAttrs::Primary => (!standby, "a standby"),
            SessionAttrs::Standby => (standby, "a primary"),
        };
        if fits {
            return Ok(());
        }
        let wanted = attrs.word();
        Err(Error::Session {
            place,
            found,
            wanted,
        })
    }
}

/// Where a connection is made to; a cancel request has to go to the same server.
#[derive(Debug, Clone)]
enum Address {
    Tcp { at: SocketAddr, place: String },
    Socket { path: PathBuf, place: String },
}

impl Address {
    /// All addresses of a server.
    async fn of(endpoint: &Endpoint) -> Result<Vec<Self>, Error> {
        let place = endpoint.place();
        match &endpoint.host {
            Host::Socket(folder) => {
                let path = folder.join(format!(".s.PGSQL.{}", endpoint.port));
                Ok(vec![Self::Socket { path, place }])
            }
            Host::Tcp { name, address } => {
                let host = address.as_deref().unwrap_or(name);
                let lookup = |source| Error::Lookup {
                    host: host.to_owned(),
                    source,
                };
                let found = tokio::net::lookup_host((host, endpoint.port)).await;
                let found: Vec<_> = found
                    .map_err(lookup)?
                    .map(|at| Self::Tcp {
                        at,
                        place: place.clone(),
                    })
                    .collect();
                if found.is_empty() {
                    let none = io::Error::new(io::ErrorKind::NotFound, "it has no address");
                    return Err(lookup(none));
                }
                Ok(found)
            }
        }
    }

    async fn stream(&self, settings: &Settings) -> Result<Stream, Error> {
        match self {
            Self::Tcp { place, .. } => self.open().await.map_err(|source| Error::Refused {
                place: place.clone(),
                source,
                advice: "is the server running there, and does it listen on this address (-h) and port (-p)?",
            }),
            Self::Socket { path, place } => {
                let refused = |source| Error::Refused {
                    place: place.clone(),
                    source,
                    advice: "is the server running, and is this its socket folder (-h) and port (-p)?",
                };
                let stream = socket(path).await.map_err(refused)?;
                if let Some(wanted) = &settings.require_peer {
                    let owner = stream.peer_cred().map_err(refused)?.uid();
                    let owner = nix::unistd::Uid::from_raw(owner);
                    let user = nix::unistd::User::from_uid(owner).ok().flatten();
                    let found = user.map_or_else(|| owner.to_string(), |user| user.name);
                    if found != *wanted {
                        return Err(Error::Peer {
                            place: place.clone(),
                            found,
                            wanted: wanted.clone(),
                        });
                    }
                }
                Ok(Box::new(stream))
            }
        }
    }

    async fn open(&self) -> io::Result<Stream> {
        Ok(match self {
            Self::Tcp { at, .. } => {
                let stream = TcpStream::connect(at).await?;
                stream.set_nodelay(true)?;
                Box::new(stream)
            }
            Self::Socket { path, .. } => Box::new(socket(path).await?),
        })
    }
}

/// An `@` stands for the zero byte with which names in Linux's abstract space begin.
async fn socket(path: &std::path::Path) -> io::Result<UnixStream> {
    match path.to_str().and_then(|path| path.strip_prefix('@')) {
        Some(name) => UnixStream::connect(format!("\0{name}")).await,
        None => UnixStream::connect(path).await,
    }
}

fn make(
    connector: &mut MakeRustlsConnect,
    name: &str,
    place: &str,
    settings: &Settings,
) -> Result<<MakeRustlsConnect as MakeTlsConnect<Stream>>::TlsConnect, Error> {
    MakeTlsConnect::<Stream>::make_tls_connect(connector, name)
        .map_err(|error| Error::tls(place.to_owned(), error.to_string(), &settings.tls))
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
    /// closes first takes PgBouncer before 1.19.1 down (pgbouncer#801, pgbouncer#846). Whether it
    /// arrived, nobody can tell.
    pub async fn cancel(mut self) {
        let Ok(stream) = self.address.open().await else {
            return;
        };
        let stream: Stream = Box::new(UntilEof {
            stream,
            ended: false,
        });
        let _ = match &mut self.connector {
            Some(connector) => {
                match MakeTlsConnect::<Stream>::make_tls_connect(connector, &self.name) {
                    Ok(tls) => self.token.cancel_query_raw(stream, tls).await,
                    Err(_) => return,
                }
            }
            None => self.token.cancel_query_raw(stream, NoTls).await,
        };
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
