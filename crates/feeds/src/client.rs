//! One question over HTTP: over TLS, through the proxy, along at most a few redirects, with a limit on silence.
//!
//! Not here: asking again (`retry`), keeping what comes (`download`). Redirects are followed by hand, since each step must pass
//! the same rules as the first address. Certificates are checked against the system's list, so that a hospital's own
//! authority counts here as it does everywhere else, and against the file that was given.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ureq::http::Response;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};
use ureq::{Agent, Body, Proxy};

use crate::address::{self, Names};
use crate::error::FetchError;

/// How many times a server may send us on.
const REDIRECTS: usize = 5;

/// Where systems keep the certificate authorities that they trust (Debian, Red Hat, SUSE, Alpine).
const SYSTEM_ROOTS: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// How a client asks.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// The proxy, as `http://host:3128`, perhaps with a password; `None` takes `HTTPS_PROXY` and `NO_PROXY` of the environment.
    pub proxy: Option<String>,
    /// More certificate authorities to trust, PEM.
    pub ca_file: Option<PathBuf>,
    /// Whether `http://` is allowed to this computer itself.
    pub loopback_http: bool,
    /// How long nothing may come.
    pub stall: Duration,
    /// How often one thing is asked for before we give up.
    pub attempts: u32,
    /// The first wait between two attempts; each further one is twice as long.
    pub first_wait: Duration,
    /// The longest wait that a server may ask for.
    pub longest_wait: Duration,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Without the proxy: a password may stand in it.
        f.debug_struct("Settings")
            .field("ca_file", &self.ca_file)
            .field("stall", &self.stall)
            .finish_non_exhaustive()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            proxy: None,
            ca_file: None,
            loopback_http: false,
            stall: Duration::from_secs(60),
            attempts: 5,
            first_wait: Duration::from_secs(2),
            longest_wait: Duration::from_secs(300),
        }
    }
}

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The proxy's address; it is not repeated, since a password may stand in it.
    #[error("what was given as proxy is not an address such as http://proxy.hospital.example:3128")]
    Proxy,
    /// The file of certificates.
    #[error("the certificates in {}: {reason}; give a PEM file", .file.display())]
    Certificates {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// No certificate authorities anywhere.
    #[error(
        "this system has no list of certificate authorities; install ca-certificates or give --ca-file FILE"
    )]
    NoRoots,
}

/// Asks for files.
#[derive(Debug)]
pub struct Client {
    agent: Agent,
    names: Names,
    pub(crate) settings: Settings,
}

/// A value that is never printed: it goes to the server that it is for, and nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(pub(crate) String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// What a server answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    response: Response<Body>,
    host: String,
    stall: Duration,
}

impl Client {
    /// A client with these settings.
    ///
    /// # Errors
    /// When the proxy or the certificates cannot be used.
    pub fn new(settings: Settings) -> Result<Self, ClientError> {
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .root_certs(RootCerts::new_with_certs(&roots(&settings)?))
            .build();
        let proxy = match &settings.proxy {
            Some(text) => Some(Proxy::new(text).map_err(|_| ClientError::Proxy)?),
            None => Proxy::try_from_env(),
        };
        let names = if proxy.is_some() { Names::Proxy } else { Names::Here };
        let config = Agent::config_builder()
            .tls_config(tls)
            .proxy(proxy)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("wardround/", env!("CARGO_PKG_VERSION")))
            .max_response_header_size(64 << 10)
            .timeout_resolve(Some(settings.stall))
            .timeout_connect(Some(settings.stall))
            .timeout_per_read(Some(settings.stall))
            .timeout_per_write(Some(settings.stall))
            .build();
        Ok(Self { agent: config.new_agent(), names, settings })
    }

    /// Asks once, following redirects that keep to the rules. A secret header goes to the first server alone.
    pub(crate) fn ask(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        secret: Option<(&str, &Secret)>,
    ) -> Result<Answer, FetchError> {
        let mut at = url.to_owned();
        for _ in 0..=REDIRECTS {
            let kept = secret.filter(|_| address::host(&at) == address::host(url));
            let own = kept.map(|(name, value)| (name, value.0.as_str()));
            let all: Vec<(&str, &str)> = headers.iter().copied().chain(own).collect();
            let answer = self.ask_here(&at, &all)?;
            if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
                return Ok(answer);
            }
            let to = address::join(&at, answer.header("location").unwrap_or_default());
            self.check_step(&at, &to)?;
            at = to;
        }
        Err(FetchError::Redirect { to: at, url: url.to_owned(), reason: "that was one time too many" })
    }

    /// Whether a server or a list may send us from one address to another.
    pub(crate) fn check_step(&self, url: &str, to: &str) -> Result<(), FetchError> {
        address::step(url, to, self.settings.loopback_http, self.names).map_err(|reason| {
            FetchError::Redirect { url: url.to_owned(), to: to.chars().take(200).collect(), reason }
        })
    }

    fn ask_here(&self, url: &str, headers: &[(&str, &str)]) -> Result<Answer, FetchError> {
        let uri = address::checked(url, self.settings.loopback_http)?;
        // Hashes and the place where a transfer goes on count in bytes as they are kept, so no encoding is asked for.
        let mut request = self.agent.get(uri).header("accept-encoding", "identity");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let stall = self.settings.stall;
        let response = request.call().map_err(|error| transport_error(url, stall, &error))?;
        Ok(Answer { status: response.status().as_u16(), response, host: address::host(url), stall })
    }
}

impl Answer {
    /// A header's value, when it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }

    /// The length that the server states.
    pub(crate) fn length(&self) -> Option<u64> {
        self.header("content-length")?.trim().parse().ok()
    }

    /// The body, and who sends it.
    pub(crate) fn into_body(self) -> Incoming {
        Incoming {
            reader: Box::new(self.response.into_body().into_reader()),
            host: self.host,
            stall: self.stall,
        }
    }
}

/// A body on its way.
pub(crate) struct Incoming {
    reader: Box<dyn Read>,
    host: String,
    stall: Duration,
}

impl Incoming {
    /// The next bytes; none when the body is whole. `None` when the connection broke.
    pub(crate) fn next(&mut self, buffer: &mut [u8]) -> Result<Option<usize>, FetchError> {
        match self.reader.read(buffer) {
            Ok(count) => Ok(Some(count)),
            Err(error) if is_timeout(&error) => {
                Err(FetchError::Stalled { host: self.host.clone(), after: self.stall })
            }
            Err(_) => Ok(None),
        }
    }
}

fn is_timeout(error: &std::io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<ureq::Error>());
    matches!(inner, Some(ureq::Error::Timeout(_))) || error.kind() == std::io::ErrorKind::TimedOut
}

fn transport_error(url: &str, stall: Duration, error: &ureq::Error) -> FetchError {
    let host = address::host(url);
    let reason = error.to_string();
    match error {
        ureq::Error::Timeout(_) => FetchError::Stalled { host, after: stall },
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => FetchError::Tls { host, reason },
        // rustls hides in an I/O error when it fails in the handshake.
        ureq::Error::Io(inner) if inner.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) => {
            FetchError::Tls { host, reason }
        }
        _ => FetchError::Unreachable { host, reason },
    }
}

fn roots(settings: &Settings) -> Result<Vec<Certificate<'static>>, ClientError> {
    let chosen = std::env::var_os("SSL_CERT_FILE").map(PathBuf::from);
    let system = chosen.into_iter().chain(SYSTEM_ROOTS.iter().map(PathBuf::from)).find(|file| file.exists());
    let mut roots = match system {
        Some(file) => certificates(&file)?,
        None => Vec::new(),
    };
    if let Some(file) = &settings.ca_file {
        roots.extend(certificates(file)?);
    }
    if roots.is_empty() && !settings.loopback_http { Err(ClientError::NoRoots) } else { Ok(roots) }
}

fn certificates(file: &Path) -> Result<Vec<Certificate<'static>>, ClientError> {
    let wrong = |reason: String| ClientError::Certificates { file: file.to_owned(), reason };
    let text = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
    let mut found = Vec::new();
    for item in parse_pem(&text) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| wrong(error.to_string()))? {
            found.push(certificate);
        }
    }
    if found.is_empty() { Err(wrong("there is no certificate in it".to_owned())) } else { Ok(found) }
}
