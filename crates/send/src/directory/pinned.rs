//! Who is at the other end of TLS: the one with the certificate that was given, whoever signed it, and nobody else.

use std::sync::{Arc, Mutex, PoisonError};

use ::ring::digest::{SHA256, digest};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ClientConfig, Resumption};
use rustls::crypto::{CryptoProvider, ring as provider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use wardround_ask::directory::Certificate;

/// Takes one certificate, or any one where none is known, and remembers which was shown.
#[derive(Debug)]
pub(super) struct Pinned {
    wanted: Option<Certificate>,
    shown: Mutex<Option<Certificate>>,
    provider: Arc<CryptoProvider>,
}

impl Pinned {
    pub(super) fn new(wanted: Option<Certificate>) -> Self {
        Self { wanted, shown: Mutex::default(), provider: Arc::new(provider::default_provider()) }
    }

    /// The certificate that was shown.
    pub(super) fn shown(&self) -> Option<Certificate> {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether another one was shown than the one that was given.
    pub(super) fn is_another(&self) -> bool {
        self.wanted.is_some() && self.shown().is_some_and(|shown| self.wanted != Some(shown))
    }

    /// TLS 1.2 and 1.3 with it; no talk is taken up again.
    pub(super) fn config(self: Arc<Self>) -> Result<ClientConfig, Error> {
        let builder = ClientConfig::builder_with_provider(Arc::clone(&self.provider));
        let mut config = builder
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(self)
            .with_no_client_auth();
        config.resumption = Resumption::disabled();
        Ok(config)
    }
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let shown = digest(&SHA256, end_entity.as_ref()).as_ref().try_into().map(Certificate::new).ok();
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = shown;
        if self.wanted.is_none_or(|wanted| shown == Some(wanted)) {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
