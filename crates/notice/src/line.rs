//! A line to a receiver: plain to this computer, TLS to all others; as a whole within a time.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::error::TellError;
use crate::reach::Reached;

/// Where systems keep the certificates that they trust (Debian, Red Hat, Alpine).
const SYSTEM_ROOTS: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// A connection that as a whole takes no longer than until a moment: one that gives a byte now and then gets no further.
struct Timed {
    stream: TcpStream,
    until: Instant,
}

impl Timed {
    fn left(&self) -> io::Result<Option<std::time::Duration>> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(Some(left)) }
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.left()?)?;
        self.stream.read(buffer)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.left()?)?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

enum Inner {
    Plain(Timed),
    Tls(Box<StreamOwned<ClientConnection, Timed>>),
}

/// A line to a receiver.
pub(crate) struct Line {
    inner: Inner,
    host: String,
    is_loopback: bool,
}

impl Line {
    pub(crate) fn new(reached: Reached, host: &str, until: Instant) -> Self {
        let Reached { stream, is_loopback } = reached;
        Self { inner: Inner::Plain(Timed { stream, until }), host: host.to_owned(), is_loopback }
    }

    /// Goes on without TLS, which only this computer is told.
    pub(crate) fn plain(self) -> Result<Self, TellError> {
        if self.is_loopback { Ok(self) } else { Err(TellError::NotProtected { host: self.host }) }
    }

    /// Goes on with TLS. `trusted` is what the receiver proves itself by, as PEM; else what this computer trusts.
    pub(crate) fn secured(self, trusted: Option<&str>) -> Result<Self, TellError> {
        let Inner::Plain(mut timed) = self.inner else { return Err(TellError::Settings) };
        let host = self.host;
        let failed =
            |error: &dyn std::fmt::Display| TellError::Tls { host: host.clone(), reason: error.to_string() };
        let name = ServerName::try_from(host.clone()).map_err(|error| failed(&error))?;
        let mut connection = ClientConnection::new(config(trusted)?, name).map_err(|error| failed(&error))?;
        // Here, so that what is wrong with a certificate is told as such.
        while connection.is_handshaking() {
            connection.complete_io(&mut timed).map_err(|error| match error.get_ref() {
                Some(inner) if inner.is::<rustls::Error>() => failed(&inner),
                _ => TellError::from(error),
            })?;
        }
        let inner = Inner::Tls(Box::new(StreamOwned::new(connection, timed)));
        Ok(Self { inner, host, is_loopback: self.is_loopback })
    }

    /// The own end of the connection.
    pub(crate) fn own_address(&self) -> io::Result<std::net::IpAddr> {
        let stream = match &self.inner {
            Inner::Plain(timed) => &timed.stream,
            Inner::Tls(tls) => &tls.sock.stream,
        };
        Ok(stream.local_addr()?.ip().to_canonical())
    }

    /// Says that nothing more comes, and waits until the other end has closed too: it has read all by then.
    pub(crate) fn end(mut self) -> Result<(), TellError> {
        match &mut self.inner {
            Inner::Plain(timed) => timed.stream.shutdown(std::net::Shutdown::Write)?,
            Inner::Tls(tls) => {
                tls.conn.send_close_notify();
                tls.flush()?;
                tls.sock.stream.shutdown(std::net::Shutdown::Write)?;
            }
        }
        let (mut answer, mut read) = ([0; 256], 0_usize);
        loop {
            match self.read(&mut answer) {
                Ok(0) => return Ok(()),
                // TLS that ends without a word of it: all was sent, and the connection was not broken off.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
                Ok(count) => read += count,
                Err(error) => return Err(error.into()),
            }
            if read > 64 * 1024 {
                return Err(TellError::TooMuch);
            }
        }
    }

    /// A line of text, without its end; at most so many bytes.
    pub(crate) fn text(&mut self, most: usize) -> Result<String, TellError> {
        let mut bytes = Vec::new();
        let mut byte = [0];
        loop {
            if self.read(&mut byte)? == 0 {
                return Err(TellError::Broken("nothing more came".to_owned()));
            }
            let [letter] = byte;
            if letter == b'\n' {
                break;
            }
            if bytes.len() >= most {
                return Err(TellError::TooMuch);
            }
            bytes.push(letter);
        }
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Sends all of it.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> Result<(), TellError> {
        self.write_all(bytes)?;
        Ok(self.flush()?)
    }
}

impl Read for Line {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.inner {
            Inner::Plain(timed) => timed.read(buffer),
            Inner::Tls(tls) => tls.read(buffer),
        }
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.inner {
            Inner::Plain(timed) => timed.write(bytes),
            Inner::Tls(tls) => tls.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.inner {
            Inner::Plain(timed) => timed.flush(),
            Inner::Tls(tls) => tls.flush(),
        }
    }
}

/// Whether these are certificates as PEM.
pub(crate) fn is_certificates(pem: &str) -> bool {
    roots(Some(pem)).is_ok()
}

fn config(trusted: Option<&str>) -> Result<Arc<ClientConfig>, TellError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| TellError::Settings)?
        .with_root_certificates(roots(trusted)?)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// What is trusted: what the receiver's settings name and nothing else, or what this computer trusts.
fn roots(trusted: Option<&str>) -> Result<RootCertStore, TellError> {
    let mut store = RootCertStore::empty();
    let pem = match trusted {
        Some(pem) => pem.as_bytes().to_vec(),
        None => {
            let chosen = std::env::var_os("SSL_CERT_FILE").map(PathBuf::from);
            let mut files = chosen.into_iter().chain(SYSTEM_ROOTS.iter().map(PathBuf::from));
            let file = files.find(|file| file.exists()).ok_or(TellError::NoRoots)?;
            std::fs::read(file).map_err(|_| TellError::NoRoots)?
        }
    };
    // One that is damaged among a hundred good ones is not trusted, and that is all.
    let certificates = CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok);
    store.add_parsable_certificates(certificates);
    if store.is_empty() { Err(TellError::NoRoots) } else { Ok(store) }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::time::Duration;

    use super::*;

    /// A line to somebody who sends this again and again.
    fn told(words: &'static [u8]) -> Result<String, TellError> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            while stream.write_all(words).is_ok() {
                std::thread::sleep(Duration::from_millis(10));
            }
        });
        let reached = Reached { stream: TcpStream::connect(address).unwrap(), is_loopback: true };
        Line::new(reached, "localhost", Instant::now() + Duration::from_millis(300)).text(1_000)
    }

    #[test]
    fn who_never_comes_to_an_end_is_left() {
        assert_eq!(told(b"x"), Err(TellError::TooSlow));
        assert_eq!(told(&[b'x'; 400]), Err(TellError::TooMuch));
        assert_eq!(told(b"yes\r\n"), Ok("yes".to_owned()));
    }
}
