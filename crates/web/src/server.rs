//! Sockets, protection, and an end without loss.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;
use wardround_mapped::give_back;
use wardround_model::Timestamp;
use wardround_store::{Disk, Store, StoreError};

use crate::asking::{self, Asker, Asking};
use crate::certificate::{self, CertificateError};
use crate::demo::Demo;
use crate::ears::{self, Ears, Readers};
use crate::events::Events;
use crate::glass::Glass;
use crate::hospital::{Hospital, waiting};
use crate::keys::{KeyError, Keys};
use crate::naming::Naming;
use crate::pace::Pace;
use crate::problem::Problem;
use crate::roles::SiteRole;
use crate::rounds::Worker;
use crate::site::{Counters, Peer, Shared, Site, now};
use crate::uploads::Uploads;
use crate::{
    Judge, Printer, Protection, Settings, account, audit, log, notices, renewed, routes, schedule, session,
};

/// Connections at once; more wait.
const CONNECTIONS: usize = 256;
/// How long a browser may take to agree on protection, and to send a request's head.
const GREETING: Duration = Duration::from_secs(10);
/// Fields of a request's head.
const FIELDS: usize = 64;
/// Bytes of a request's head.
const HEAD: usize = 32 * 1024;
/// How long requests that run may take when the site stops.
const FAREWELL: Duration = Duration::from_secs(10);
/// How often old sessions are ended and the log is signed.
const HOUSEKEEPING: Duration = Duration::from_secs(3_600);
/// How often memory that was freed is given back.
const GIVING_BACK: Duration = Duration::from_secs(20);
/// How long the first one-time code works, in seconds.
const FIRST_CODE: i64 = 3_600;

/// Why the site could not be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Without protection others could read along.
    #[error(
        "without TLS the site serves this computer alone; leave out --without-tls, or listen at 127.0.0.1 behind a proxy"
    )]
    NotProtected,
    /// The store could not be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key could not be read.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// There is no certificate.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The address cannot be listened at.
    #[error(
        "{address} cannot be listened at ({reason}); is the site running already, or the address another computer's?"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        reason: std::io::Error,
    },
    /// The system gives no threads or signals.
    #[error("the site could not be started ({0})")]
    System(#[from] std::io::Error),
    /// The store or the log could not be written at the start; standard error says why.
    #[error("the site could not write its store at the start")]
    NotWritten,
}

/// What the program hands over: what it alone can do, or may.
pub struct Hands {
    /// How rounds are judged.
    pub judge: Arc<dyn Judge>,
    /// How reports come on paper.
    pub printer: Arc<dyn Printer>,
    /// How hosts are asked.
    pub asker: Arc<dyn Asker>,
    /// How processes that read what comes over the network are started.
    pub readers: Readers,
}

/// Serves the site until it is told to stop.
///
/// # Errors
/// When it cannot begin: store, keys, certificate or address cannot be used.
pub fn serve(settings: &Settings, hands: Hands) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("site").build()?;
    let served = runtime.block_on(run(settings, hands));
    runtime.shutdown_timeout(FAREWELL);
    served
}

async fn run(settings: &Settings, hands: Hands) -> Result<(), ServeError> {
    let tls = settings.protection != Protection::None;
    if !tls && !settings.listen.ip().is_loopback() {
        return Err(ServeError::NotProtected);
    }
    let keys = Keys::open(&settings.keys)?;
    let certificate = protection(settings)?;
    let routes = routes::all();
    let home = Hospital::open_home(&settings.store)?;
    let beside = |name: &str| home.folder().join(name);
    let site = Site::new(Shared {
        demo: Demo::open(beside("demo.sqlite"))?,
        uploads: Uploads::open(beside("uploads"))?,
        rounds: Worker::new(),
        asking: Asking::new(hands.asker),
        watched: settings.watched.clone(),
        ears: Ears::open(beside("heard"), Some(hands.readers))?,
        listened: settings
            .listened
            .iter()
            .cloned()
            .chain(settings.exported.iter().map(SocketAddr::to_string))
            .collect(),
        policy: settings.policy.clone(),
        naming: home.look(Naming::read)?,
        glass: Glass::open(home.folder()),
        home,
        keys,
        judge: hands.judge,
        printer: hands.printer,
        tls,
        menu: routes::menu(&routes),
        hashing: Semaphore::new(2),
        listing: Semaphore::new(1),
        ways: Arc::new(Semaphore::new(1)),
        events: Events::new(now()),
        tokens_ended: watch::Sender::new(0),
        keys_in_use: std::sync::Mutex::default(),
        counters: Counters::default(),
        pace: Pace::default(),
        stopping: watch::Sender::new(false),
    });
    let listener = TcpListener::bind(settings.listen).await;
    let listener = listener.map_err(|reason| ServeError::Listen { address: settings.listen, reason })?;
    let address = listener.local_addr()?;
    let fingerprint = certificate.as_ref().map(|certificate| certificate.fingerprint.clone());
    let first_code = begin(&site).await.map_err(|_| ServeError::NotWritten)?;
    let is_bare = Disk::beneath(site.home.folder()) == Disk::Bare;
    greet(address, fingerprint.as_deref(), first_code.as_deref(), is_bare);
    log::event("started").address(address.ip()).number("port", address.port().into());
    tokio::spawn(keep_house(site.clone()));
    tokio::spawn(schedule::keep(site.clone()));
    tokio::spawn(asking::keep(site.clone()));
    tokio::spawn(renewed::keep(site.clone()));
    tokio::spawn(notices::keep(site.clone()));
    tokio::spawn(ears::listen(site.clone()));
    tokio::spawn(warm(site.clone()));
    tokio::spawn(give_back_freed());
    let acceptor = certificate.map(|certificate| TlsAcceptor::from(certificate.config));
    accept(&site, listener, acceptor, routes::router(routes, site.clone())).await?;
    asking::end(&site).await;
    let ended = site.clone();
    // What was heard is for the first round after the next start.
    let _ = waiting(move || {
        ended.ears.end(now());
        Ok(())
    })
    .await;
    // Stopping is served also where the log cannot be written.
    if audit::checkpoint(&site).await.is_err() {
        log::event("not-logged").word("action", "stop");
    }
    log::event("stopped");
    Ok(())
}

fn protection(settings: &Settings) -> Result<Option<certificate::Certificate>, CertificateError> {
    match &settings.protection {
        Protection::None => Ok(None),
        Protection::Given { certificate, key } => certificate::given(certificate, key).map(Some),
        Protection::OwnCertificate => {
            let names = certificate::names(settings.listen.ip(), &settings.names);
            certificate::own(&settings.keys, &names, now().seconds()).map(Some)
        }
    }
}

/// Signs the log as it was found and, where nobody can sign in yet, makes the first one-time code.
async fn begin(site: &Site) -> Result<Option<String>, Problem> {
    let signed = audit::checkpoint(site).await;
    let ended = session::end_old(site).await;
    // A full disk keeps nobody out who has the code of the emergency account; sessions that are over hold no longer anyway.
    if signed.and(ended).is_err() {
        log::event("not-logged").word("action", "start");
    }
    if !site.home.read(Store::account_list).await?.is_empty() {
        return Ok(None);
    }
    site.home.write(Store::invitation_clear).await?;
    let until = Timestamp::from_seconds(now().seconds().saturating_add(FIRST_CODE));
    account::invite_from_site(site, SiteRole::Administrator, until, None).await.map(Some)
}

/// Tells whoever started it where the site is, and how to begin.
fn greet(address: SocketAddr, fingerprint: Option<&str>, first_code: Option<&str>, is_bare: bool) {
    let scheme = if fingerprint.is_some() { "https" } else { "http" };
    let mut text = format!("Wardround is at {scheme}://{address}/\n");
    if let Some(fingerprint) = fingerprint {
        text += &format!(
            "Its certificate has this SHA-256 fingerprint. Compare it when the browser warns:\n  {fingerprint}\n"
        );
    }
    if let Some(code) = first_code {
        text += &format!(
            "Nobody can sign in yet. Make the first account there with this one-time code (good for an hour):\n  {code}\n"
        );
    }
    if is_bare {
        text += "The disk beneath the store is not encrypted: whoever takes it away can read where you are weak.\n";
    }
    text += "Ctrl-C stops it.\n";
    let mut output = std::io::stdout().lock();
    // Where nobody reads it, the site still serves; a code is made anew at the next start.
    let _ = output.write_all(text.as_bytes()).and_then(|()| output.flush());
}

/// Reads what first pages need, so that nobody has to wait for it.
async fn warm(site: Site) {
    let hospital = site.hospital();
    let _ = hospital.desk(&site.policy).await;
    if let Ok(Some(standing)) = hospital.standing().await {
        let _ = hospital.sights(standing.round).await;
    }
}

/// Gives the system back what pages and rounds have freed: else the C library would keep most of it (decision 0016).
async fn give_back_freed() {
    let mut every = tokio::time::interval(GIVING_BACK);
    loop {
        every.tick().await;
        let given = waiting(|| {
            give_back();
            Ok(())
        });
        drop(given.await);
    }
}

async fn keep_house(site: Site) {
    let mut every = tokio::time::interval(HOUSEKEEPING);
    every.tick().await;
    loop {
        every.tick().await;
        site.uploads.clear_old(now());
        // What fails is in the log by then, and is tried again in an hour.
        let _ = session::end_old(&site).await;
        let _ = audit::checkpoint(&site).await;
    }
}

/// Takes connections until a signal comes, then lets those that run come to their end.
async fn accept(
    site: &Site,
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    router: Router,
) -> Result<(), ServeError> {
    let mut end = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let running = GracefulShutdown::new();
    loop {
        let place = tokio::select! {
            _ = end.recv() => break,
            _ = interrupt.recv() => break,
            place = Arc::clone(&places).acquire_owned() => place,
        };
        let Ok(place) = place else { break };
        let (stream, peer) = tokio::select! {
            _ = end.recv() => break,
            _ = interrupt.recv() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(_) => {
                    // Out of files, or the browser is gone: the next may work.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        let connection = Connection {
            router: router.clone(),
            peer: Peer(peer),
            watcher: running.watcher(),
            _place: place,
        };
        tokio::spawn(connection.open(stream, acceptor.clone()));
    }
    drop(listener);
    log::event("stopping");
    site.stopping.send_replace(true);
    let _ = tokio::time::timeout(FAREWELL, running.shutdown()).await;
    Ok(())
}

/// One connection.
struct Connection {
    router: Router,
    peer: Peer,
    watcher: hyper_util::server::graceful::Watcher,
    _place: OwnedSemaphorePermit,
}

impl Connection {
    async fn open(self, stream: TcpStream, acceptor: Option<TlsAcceptor>) {
        let _ = stream.set_nodelay(true);
        match acceptor {
            None => self.serve(stream).await,
            Some(acceptor) => {
                // Who does not come to an agreement in time is left; nothing of it is worth a line.
                if let Ok(Ok(stream)) = tokio::time::timeout(GREETING, acceptor.accept(stream)).await {
                    self.serve(stream).await;
                }
            }
        }
    }

    async fn serve(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let Self { router, peer, watcher, _place } = self;
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(peer);
            router.clone().oneshot(request)
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(GREETING)
            .max_headers(FIELDS)
            .max_buf_size(HEAD)
            .serve_connection(TokioIo::new(stream), service);
        // A browser that goes away in the middle is no event.
        let _ = watcher.watch(connection).await;
    }
}
