//! ClientHello and ServerHello (RFC 8446, 4.1.2 and 4.1.3; RFC 5246, 7.4.1).

use wardround_model::FactKind;

use crate::Facts;
use crate::reader::Reader;

/// Extension that carries the version since TLS 1.3 (RFC 8446, 4.2.1).
const SUPPORTED_VERSIONS: u16 = 43;
const TLS_1_2: u16 = 0x0303;
/// Version, random, length of the session id, cipher suite, compression.
const SHORTEST_BODY: usize = 2 + 32 + 1 + 2 + 1;

/// What follows a ServerHello.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behind {
    /// The rest of the handshake, in clear.
    Clear,
    /// Encrypted records: TLS 1.3, or a hello that could not be read.
    Encrypted,
}

/// Whether a handshake fragment begins like a hello of this type; versions older than SSL 3.0 are not.
pub(super) fn looks_like(fragment: &[u8], kind: u8) -> bool {
    let Some(&[found, high, middle, low, major, minor]) = fragment.first_chunk() else { return false };
    let length = usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low);
    found == kind && major == 3 && minor <= 4 && (SHORTEST_BODY..super::MAX_FLIGHT).contains(&length)
}

/// Tells version and cipher suite that a server chose.
pub(super) fn tell(body: &[u8], facts: &mut Facts) -> Behind {
    let Some(hello) = ServerHello::read(body) else { return Behind::Encrypted };
    if let Some(version) = version_name(hello.version) {
        super::tell(facts, FactKind::TlsVersion, version);
    }
    super::tell(facts, FactKind::TlsCipher, &format!("{:04x}", hello.cipher_suite));
    if hello.version > TLS_1_2 { Behind::Encrypted } else { Behind::Clear }
}

/// Versions by their code; drafts of TLS 1.3 have none.
fn version_name(version: u16) -> Option<&'static str> {
    match version {
        0x0300 => Some("ssl-3.0"),
        0x0301 => Some("1.0"),
        0x0302 => Some("1.1"),
        TLS_1_2 => Some("1.2"),
        0x0304 => Some("1.3"),
        _ => None,
    }
}

struct ServerHello {
    version: u16,
    cipher_suite: u16,
}

impl ServerHello {
    fn read(body: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(body);
        let legacy_version = reader.u16()?;
        let _random = reader.take(32)?;
        let session_id_length = reader.u8()?;
        let _session_id = reader.take(usize::from(session_id_length))?;
        let cipher_suite = reader.u16()?;
        let _compression = reader.u8()?;
        let version = chosen_version(reader).unwrap_or(legacy_version);
        Some(Self { version, cipher_suite })
    }
}

/// The version in the extensions, where they have one.
fn chosen_version(mut reader: Reader<'_>) -> Option<u16> {
    let length = reader.u16()?;
    let mut extensions = Reader::new(reader.take(usize::from(length))?);
    loop {
        let kind = extensions.u16()?;
        let length = extensions.u16()?;
        let mut data = Reader::new(extensions.take(usize::from(length))?);
        if kind == SUPPORTED_VERSIONS {
            return data.u16();
        }
    }
}
