//! Findings: a vulnerability or a weak setting on one asset, with its proof.

use std::fmt;

use crate::coded::coded;
use crate::{AssetId, CveId, Digest, Endpoint, Ground, Judgement, Reason, Role, Timestamp, VexStatus};

/// The id of a finding, as `F-1a2b3c4d5e6f`: the same weakness of the same asset has it in every round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FindingId(pub Digest);

impl FindingId {
    /// The id of this weakness on this asset.
    #[must_use]
    pub fn of(asset: AssetId, weakness: &Weakness) -> Self {
        Self::of_code(asset, &weakness.to_string())
    }

    /// The id of the weakness with this code, as a [`Weakness`] is shown, on this asset.
    #[must_use]
    pub fn of_code(asset: AssetId, weakness: &str) -> Self {
        Self(Digest::of(&["finding", &asset.to_string(), weakness]))
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
        /// An operating system or product that its maker no longer mends.
        Unsupported = "unsupported";
        /// NTLM version 1 was used.
        Ntlm1 = "ntlm1";
        /// A server offers algorithms of SSH that are too weak by now (RFC 9142, RFC 8758, RFC 6151).
        SshAlgorithmWeak = "ssh-algorithm-weak";
        /// A Kerberos server uses or offers encryption that is too weak by now (RFC 6649, RFC 8429).
        KerberosEncryptionWeak = "kerberos-encryption-weak";
        /// A device takes what it starts from, or its settings, by TFTP, where nobody checks either side.
        TftpStart = "tftp-start";
        /// A RADIUS server answers logins without a signature (CVE-2024-3596).
        RadiusUnsigned = "radius-unsigned";
        /// Remote Desktop opens a session before anybody has logged in: without NLA ([MS-RDPBCGR] 5.4.5.2).
        RdpWithoutNla = "rdp-without-nla";
        /// One certificate and its key are used by several devices.
        TlsCertificateShared = "tls-certificate-shared";
        /// A service lets anybody in without a name and password: FTP, MQTT, a database.
        AnonymousAccess = "anonymous-access";
        /// A clinical device that answers DICOM from hosts of other networks, unasked who they are.
        UnauthenticatedControl = "unauthenticated-control";
        /// A device of a building or plant does as it is asked without a login: Modbus, BACnet, KNX, CoAP.
        ControlWithoutLogin = "control-without-login";
        /// A device of a building or plant is read and run in clear, though its protocol could secure it: OPC UA.
        ControlInClear = "control-in-clear";
        /// A remote desktop or console (RDP, VNC, Telnet, WinRM) is used from another area.
        RemoteAccessAcrossAreas = "remote-access-across-areas";
        /// A clinical device talks to the Internet.
        ClinicalToInternet = "clinical-to-internet";
        /// One account is used by several devices, or by a device and people.
        SharedAccount = "shared-account";
        /// A DHCP or DNS server beside the hospital's own.
        RogueNetworkService = "rogue-network-service";
        /// A device that no earlier round or list knew.
        NewDevice = "new-device";
        /// A device that a list names and that was not seen where it should be.
        VanishedDevice = "vanished-device";
        /// Traffic contradicts the maker's security sheet.
        Mds2Contradicted = "mds2-contradicted";
        /// The maker's security sheet says that a protection is missing.
        Mds2Gap = "mds2-gap";
        /// Its maker or a regulator recalled it.
        Recalled = "recalled";
        /// Updates are missing, says a management tool.
        UpdatesMissing = "updates-missing";
        /// Endpoint protection is off, out of date, absent or silent.
        EndpointProtectionOff = "endpoint-protection-off";
        /// No working backup, an old one, or none that was ever tried out or kept offline.
        BackupMissing = "backup-missing";
        /// Accounts that nobody has used for long.
        AccountsStale = "accounts-stale";
        /// Accounts with wide rights that are stale, without a second factor, or many.
        AccountsPrivileged = "accounts-privileged";
        /// Passwords that never expire or are not needed.
        PasswordsForever = "passwords-forever";
        /// Accounts without a second factor.
        SecondFactorMissing = "second-factor-missing";
        /// Another scanner reported it, without a CVE number.
        ReportedByScanner = "reported-by-scanner";
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
            Self::Unsupported => 1104,
            Self::Ntlm1 => 327,
            Self::SshAlgorithmWeak => 327,
            Self::KerberosEncryptionWeak => 327,
            Self::TftpStart => 494,
            Self::RadiusUnsigned => 924,
            Self::RdpWithoutNla => 306,
            Self::TlsCertificateShared => 321,
            Self::AnonymousAccess => 306,
            Self::UnauthenticatedControl => 306,
            Self::ControlWithoutLogin => 306,
            Self::ControlInClear => 319,
            Self::RemoteAccessAcrossAreas => 923,
            Self::ClinicalToInternet => 923,
            Self::SharedAccount => 1391,
            Self::RogueNetworkService => 346,
            Self::NewDevice => 1059,
            Self::VanishedDevice => 1059,
            Self::Mds2Contradicted => 1059,
            Self::Mds2Gap => 693,
            Self::Recalled => 1357,
            Self::UpdatesMissing => 1395,
            Self::EndpointProtectionOff => 693,
            Self::BackupMissing => 636,
            Self::AccountsStale => 262,
            Self::AccountsPrivileged => 250,
            Self::PasswordsForever => 262,
            Self::SecondFactorMissing => 308,
            Self::ReportedByScanner => 1395,
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
        /// Another scanner reported it.
        Reported = "reported", "another scanner reported it";
        /// A list that somebody keeps says so.
        Listed = "listed", "a list says so";
        /// Product and version match, but the weakness also needs a platform or part that was not seen.
        NeedsPlatform = "needs-platform", "product and version match, if it runs on the platform that the record names";
        /// The product was seen, its version was not.
        VersionUnknown = "version-unknown", "product matches, version not seen";
        /// The model is of a family that the advisory names; its own model or module may not be meant.
        ModelFamily = "model-family", "only the family of models matches";
        /// Only the maker matches.
        MakerOnly = "maker-only", "only the maker matches";
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

/// The id of an open question, as `Q-1a2b3c4d5e6f`: the same question about the same asset has it in every round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuestionId(pub Digest);

impl fmt::Display for QuestionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Q-{}", self.0)
    }
}

/// Something that could not be judged: shown as unknown, never as safe, with the question that would settle it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unjudged {
    /// On which asset.
    pub asset: AssetId,
    /// What the question is about, in a form that is the same in every round: a product, an advisory, a record.
    pub about: String,
    /// How much matches, where something of published weaknesses does.
    pub grade: Option<Grade>,
    /// The weaknesses that may be there, sorted; empty where they are not known.
    pub cves: Vec<CveId>,
    /// What was seen and why it could not be judged.
    pub reason: Reason,
    /// Who can settle it.
    pub who: Role,
    /// The question to ask them, as one sentence.
    pub question: String,
}

impl Unjudged {
    /// An open question that no published weakness is tied to.
    #[must_use]
    pub fn new(asset: AssetId, about: String, reason: Reason, who: Role, question: String) -> Self {
        Self { asset, about, grade: None, cves: Vec::new(), reason, who, question }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> QuestionId {
        QuestionId(Digest::of(&["question", &self.asset.to_string(), &self.about]))
    }
}

/// A vulnerability that an answer took from the findings or the open questions: that of a person, or of the maker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// On which asset.
    pub asset: AssetId,
    /// Which vulnerability.
    pub cve: CveId,
    /// What was answered.
    pub status: VexStatus,
    /// Until when the answer holds, where it ends by itself.
    pub until: Option<Timestamp>,
    /// Who answered what and why, with the answer as its ground.
    pub reason: Reason,
}

impl Settled {
    /// Whether a person of the hospital said so, not the maker.
    #[must_use]
    pub fn is_by_person(&self) -> bool {
        self.reason.grounds.iter().any(|ground| matches!(ground, Ground::Statement(_)))
    }
}
