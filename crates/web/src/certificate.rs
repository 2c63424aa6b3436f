//! The certificate of the site: given, or its own, made at first start.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use rcgen::{CertificateParams, DnType, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::keys::{KeyError, refuse_open, write_new};

/// Why there is no certificate to serve with.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file is not what it should be.
    #[error(
        "{file} is no {what} as PEM that can be read; name another, or leave it out and the site makes its own"
    )]
    Unreadable {
        /// The file.
        file: String,
        /// What it should be.
        what: &'static str,
    },
    /// The files could not be read or kept.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// It could not be made.
    #[error("the site's own certificate could not be made ({0}); check the names given with --name")]
    NotMade(#[from] rcgen::Error),
    /// Certificate and key do not belong together.
    #[error("the certificate and its key cannot be used ({0}); do they belong together?")]
    Unusable(#[from] rustls::Error),
}

/// The name of the site's own certificate in the folder of keys.
const CERTIFICATE: &str = "site.pem";
const KEY: &str = "site.key";
/// Days that it is good for: browsers of some makers take none of more than 825.
const DAYS: i64 = 820;
/// Days before its end when a start makes a new one.
const RENEWED_BEFORE: i64 = 30;

/// What connections are protected with, and the fingerprint that people compare.
pub(crate) struct Certificate {
    pub(crate) config: Arc<ServerConfig>,
    /// SHA-256 of the certificate, in pairs.
    pub(crate) fingerprint: String,
}

/// The certificate in these files.
pub(crate) fn given(certificate: &Path, key: &Path) -> Result<Certificate, CertificateError> {
    let unreadable =
        |file: &Path, what| CertificateError::Unreadable { file: file.display().to_string(), what };
    let chain: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(certificate).and_then(|certificates| certificates.collect());
    let chain = chain.ok().filter(|chain| !chain.is_empty());
    let chain = chain.ok_or_else(|| unreadable(certificate, "certificate"))?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|_| unreadable(key, "private key"))?;
    config(chain, secret)
}

/// The site's own certificate in this folder; made where it is not there, or nearly over.
pub(crate) fn own(folder: &Path, names: &[String], now: i64) -> Result<Certificate, CertificateError> {
    let (certificate, key) = (folder.join(CERTIFICATE), folder.join(KEY));
    if !is_good(&certificate, &key, now) {
        make(&certificate, &key, names, now)?;
    }
    refuse_open(&key)?;
    given(&certificate, &key)
}

/// Whether the certificate is there and good for a while yet; it was made when its file was written.
fn is_good(certificate: &Path, key: &Path, now: i64) -> bool {
    let written = std::fs::metadata(certificate).and_then(|file| file.modified()).ok();
    let written = written.and_then(|it| it.duration_since(std::time::UNIX_EPOCH).ok());
    let written = written.and_then(|it| i64::try_from(it.as_secs()).ok());
    key.exists()
        && written.is_some_and(|written| now.saturating_sub(written) < (DAYS - RENEWED_BEFORE) * 86_400)
}

fn make(certificate: &Path, key: &Path, names: &[String], now: i64) -> Result<(), CertificateError> {
    let pair = KeyPair::generate()?;
    let mut params = CertificateParams::new(names.to_vec())?;
    params.distinguished_name.push(DnType::CommonName, "Wardround");
    let [(year, month, day), (last_year, last_month, last_day)] =
        [now - 86_400, now + DAYS * 86_400].map(self::day);
    params.not_before = rcgen::date_time_ymd(year, month, day);
    params.not_after = rcgen::date_time_ymd(last_year, last_month, last_day);
    let made = params.self_signed(&pair)?;
    let keep = |path: &Path, text: &str| {
        write_new(path, text, true).map_err(|reason| KeyError::File { path: path.to_owned(), reason })
    };
    keep(key, &pair.serialize_pem())?;
    keep(certificate, &made.pem())?;
    Ok(())
}

/// Year, month and day of a moment.
fn day(seconds: i64) -> (i32, u8, u8) {
    let moment = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    let date = jiff::tz::Offset::UTC.to_datetime(moment);
    let part = |number: i8| u8::try_from(number).unwrap_or(1);
    (i32::from(date.year()), part(date.month()), part(date.day()))
}

fn config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<Certificate, CertificateError> {
    let fingerprint = chain.first().map(fingerprint).unwrap_or_default();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Certificate { config: Arc::new(config), fingerprint })
}

fn fingerprint(certificate: &CertificateDer<'_>) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, certificate);
    let pairs: Vec<String> = digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}

/// Names that browsers on this computer or beside it may use: its own, and the address that is listened at.
pub(crate) fn names(listen: IpAddr, more: &[String]) -> Vec<String> {
    let own = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let own = own.trim().to_lowercase();
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || ".-".contains(c));
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    names.extend(Some(own).filter(|own| is_name(own)));
    names.extend(Some(listen).filter(|ip| !ip.is_unspecified()).map(|ip| ip.to_string()));
    names.extend(more.iter().map(|name| name.to_lowercase()));
    names.sort();
    names.dedup();
    names
}
