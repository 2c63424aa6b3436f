//! Findings: a vulnerability or a weak setting on one asset, with its proof.

use std::fmt;

use crate::coded::coded;
use crate::{AssetId, CveId, Digest, Endpoint, Judgement, Reason};

/// The id of a finding, as `F-1a2b3c4d5e6f`: the same weakness of the same asset has it in every round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FindingId(pub Digest);

impl FindingId {
    /// The id of this weakness on this asset.
    #[must_use]
    pub fn of(asset: AssetId, weakness: &Weakness) -> Self {
        Self(Digest::of(&["finding", &asset.to_string(), &weakness.to_string()]))
    }
}

impl fmt::Display for FindingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "F-{}", self.0)
    }
}

coded! {
    /// A setting that is weak whatever the software's version.
    enum WeakSetting {
        /// A login was seen in clear.
        ClearTextCredentials = "cleartext-credentials";
        /// Patient data travels in clear: a clinical protocol without TLS.
        ClearTextPatientData = "cleartext-patient-data";
        /// SMB 1 was chosen.
        Smb1 = "smb1";
        /// A server certificate has expired, or is not valid yet.
        TlsCertificateExpired = "tls-certificate-expired";
        /// A server certificate is signed by itself.
        TlsCertificateSelfSigned = "tls-certificate-self-signed";
        /// A server certificate has a short key or a broken signature hash (NIST SP 800-131A).
        TlsCertificateWeak = "tls-certificate-weak";
        /// TLS 1.0 or 1.1 was chosen (RFC 8996).
        TlsVersionOld = "tls-version-old";
        /// A DICOM service that asks nobody who they are, used by several hosts.
        DicomOpenToMany = "dicom-open-to-many";
        /// An SNMP agent answers to a well-known community.
        SnmpDefaultCommunity = "snmp-default-community";
    }
}

impl WeakSetting {
    /// The kind of weakness (MITRE CWE number).
    #[must_use]
    pub const fn cwe(self) -> u32 {
        match self {
            Self::ClearTextCredentials => 319,
            Self::ClearTextPatientData => 319,
            Self::Smb1 => 327,
            Self::TlsCertificateExpired => 298,
            Self::TlsCertificateSelfSigned => 295,
            Self::TlsCertificateWeak => 326,
            Self::TlsVersionOld => 327,
            Self::DicomOpenToMany => 306,
            Self::SnmpDefaultCommunity => 1392,
        }
    }
}

/// What is weak.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weakness {
    /// A published vulnerability of a product that it runs or is.
    Vulnerability {
        /// The CVE record.
        cve: CveId,
        /// The product, as `vendor:product` of its CPE name or as an advisory writes it.
        product: String,
        /// The version that was seen.
        version: Option<String>,
        /// The advisory that says so, where the match rests on one (CSAF tracking id).
        advisory: Option<String>,
    },
    /// A weak setting, with the protocol that shows it (`telnet`, `http-basic`, `tls` ...).
    Setting {
        /// Which.
        setting: WeakSetting,
        /// Shown by.
        protocol: String,
    },
}

impl fmt::Display for Weakness {
    /// Its code, as `known-vulnerability:CVE-2018-15473` or `cleartext-credentials:telnet`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vulnerability { cve, .. } => write!(f, "known-vulnerability:{cve}"),
            Self::Setting { setting, protocol } => write!(f, "{}:{protocol}", setting.code()),
        }
    }
}

coded! {
    /// How surely a finding is there: what the match rests on, the surest first.
    enum Grade, label {
        /// The weak setting itself was seen on the wire.
        Seen = "seen", "seen on the network";
        /// Product and version were seen and the published range has that version.
        ExactVersion = "exact-version", "product and version match";
        /// Product and version match, but the weakness also needs a platform or part that was not seen.
        NeedsPlatform = "needs-platform", "product and version match, if it runs on the platform that the record names";
        /// The product was seen, its version was not.
        VersionUnknown = "version-unknown", "product matches, version not seen";
    }
}

/// One weakness on one asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its id.
    pub id: FindingId,
    /// On which asset.
    pub asset: AssetId,
    /// What is weak.
    pub weakness: Weakness,
    /// Where, if on a service.
    pub endpoint: Option<Endpoint>,
    /// How surely.
    pub grade: Grade,
    /// In one line for people: what is weak.
    pub title: String,
    /// Why we say that it is there: at least one reason with grounds.
    pub reasons: Vec<Reason>,
    /// What to do about it, and why that first.
    pub judgement: Judgement,
}

/// Something that could not be judged: shown as unknown, never as safe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unjudged {
    /// On which asset.
    pub asset: AssetId,
    /// What was seen and why it could not be judged, and what would settle it.
    pub reason: Reason,
}
