//! Services of OPC UA in clear: what a server says of itself, and how a session begins (OPC 10000-4, 5; numbers of encodings by the
//! OPC Foundation's `NodeIds.csv`).

use wardround_model::{FactKind, Protocol};

use super::binary::Decoder;
use super::{GoesOn, NONE, policy};
use crate::{About, Facts, Role};

/// Encodings of requests and answers.
mod encoding {
    /// The answer to any request that fails as a whole (7.34).
    pub(super) const FAULT: u32 = 397;
    pub(super) const FIND_SERVERS_ANSWER: u32 = 425;
    pub(super) const GET_ENDPOINTS_ANSWER: u32 = 431;
    pub(super) const OPEN_REQUEST: u32 = 446;
    pub(super) const OPEN_ANSWER: u32 = 449;
    pub(super) const CREATE_SESSION_ANSWER: u32 = 464;
    pub(super) const ACTIVATE_SESSION_REQUEST: u32 = 467;
    pub(super) const ACTIVATE_SESSION_ANSWER: u32 = 470;
    pub(super) const READ_ANSWER: u32 = 634;
}

/// Encodings of how a user is named (OPC 10000-4, 7.40).
const ANONYMOUS: u32 = 321;
const USER_NAME: u32 = 324;
/// Encodings of what a server says of itself (OPC 10000-5, 12.4 and 12.10).
const BUILD_INFO: u32 = 340;
const SERVER_STATUS: u32 = 864;
/// Mode of a channel that is neither signed nor encrypted (OPC 10000-4, 7.20).
const MODE_NONE: u32 = 1;
/// Kinds of application (OPC 10000-4, 7.4): not a server, and one that only knows of others.
const CLIENT: u32 = 1;
const DISCOVERY_SERVER: u32 = 3;

/// Who opens a channel, and who answers.
pub(super) fn who_opens(mut decoder: Decoder<'_>) -> Option<Option<Role>> {
    Some(match decoder.node_id()? {
        Some(encoding::OPEN_REQUEST) => Some(Role::Client),
        Some(encoding::OPEN_ANSWER) => Some(Role::Server),
        _ => None,
    })
}

/// Tells what is of use in a message, and who sends it. `is_whole` is false where only its beginning is there.
pub(super) fn tell(body: &[u8], is_whole: bool, facts: &mut Facts) -> Option<(Role, GoesOn)> {
    let mut decoder = Decoder::new(body);
    let kind = decoder.node_id()??;
    // What is cut short tells what is there.
    match kind {
        encoding::ACTIVATE_SESSION_REQUEST => {
            let _ = activation(decoder, facts);
            return Some((Role::Client, GoesOn::No));
        }
        encoding::ACTIVATE_SESSION_ANSWER => {
            let begins = is_whole && activated(decoder, facts).is_some();
            return Some((Role::Server, if begins { GoesOn::Yes } else { GoesOn::No }));
        }
        encoding::FAULT => return Some((Role::Server, GoesOn::No)),
        encoding::FIND_SERVERS_ANSWER => drop(servers(decoder, facts)),
        encoding::GET_ENDPOINTS_ANSWER => drop(endpoints(decoder, facts)),
        encoding::CREATE_SESSION_ANSWER => drop(session(decoder, facts)),
        encoding::READ_ANSWER => drop(values(decoder, facts)),
        _ => return None,
    }
    Some((Role::Server, GoesOn::Yes))
}

/// What all requests begin with (7.33).
fn request_header(decoder: &mut Decoder<'_>) -> Option<()> {
    decoder.node_id()?;
    decoder.skip(16)?;
    decoder.string()?;
    decoder.skip(4)?;
    decoder.extension_object().map(|_| ())
}

/// What all answers begin with (7.34): none where it is an error, or has more to say of itself.
fn answer_header(decoder: &mut Decoder<'_>) -> Option<()> {
    decoder.skip(12)?;
    let (result, diagnostics) = (decoder.u32()?, decoder.u8()?);
    // The upper two bits are the severity (7.39): 0 is good.
    (result >> 30 == 0 && diagnostics == 0).then_some(())?;
    decoder.skip_strings()?;
    decoder.extension_object().map(|_| ())
}

/// Who the user is (5.6.3). Behind it stands a signature of the channel where it has one: then nothing is said in clear.
fn activation(mut decoder: Decoder<'_>, facts: &mut Facts) -> Option<()> {
    request_header(&mut decoder)?;
    for _ in 0..2 {
        decoder.string()?;
    }
    for _ in 0..decoder.count()? {
        decoder.string()?;
        decoder.string()?;
    }
    decoder.skip_strings()?;
    let (kind, token) = decoder.extension_object()?;
    decoder.string()?;
    decoder.string()?;
    if !decoder.is_at_end() {
        return None;
    }
    match kind {
        // Nobody at all is anonymous, too.
        Some(ANONYMOUS | 0) => facts.ask(FactKind::OpenLogin, b"opc-ua"),
        Some(USER_NAME) => {
            let mut token = Decoder::new(token);
            let (_policy, user) = (token.string()?, token.string()?);
            let (_password, encrypted_by) = (token.string()?, token.string()?);
            if encrypted_by.is_empty() {
                facts.tell(About::ReceiverService, FactKind::ClearTextLogin, b"opc-ua");
                facts.logs_in(Protocol::OpcUa, user);
            }
        }
        _ => {}
    }
    Some(())
}

/// The session begins: nonce, results, diagnostics. Where nothing stands behind them, nothing was signed.
fn activated(mut decoder: Decoder<'_>, facts: &mut Facts) -> Option<()> {
    answer_header(&mut decoder)?;
    decoder.string()?;
    let results = decoder.count()?;
    decoder.skip(results.saturating_mul(4))?;
    (decoder.count()? == 0 && decoder.is_at_end()).then_some(())?;
    facts.tell(About::SenderService, FactKind::OpcUaSecurity, NONE);
    facts.grant();
    Some(())
}

/// An application that describes itself (7.2).
struct Application<'a> {
    product: &'a [u8],
    name: &'a [u8],
    kind: u32,
}

impl<'a> Application<'a> {
    fn read(decoder: &mut Decoder<'a>) -> Option<Self> {
        let (_own, product) = (decoder.string()?, decoder.string()?);
        let (name, kind) = (decoder.localized_text()?, decoder.u32()?);
        let (_gateway, _profile) = (decoder.string()?, decoder.string()?);
        decoder.skip_strings()?;
        Some(Self { product, name, kind })
    }

    fn tell(&self, facts: &mut Facts) {
        let about = About::SenderService;
        if matches!(self.kind, CLIENT | DISCOVERY_SERVER) {
            return;
        }
        if !self.product.is_empty() {
            facts.tell(about, FactKind::OpcUaProductUri, self.product);
        }
        facts.tell_known(about, FactKind::OpcUaApplication, self.name);
    }
}

/// Servers that a server knows of (5.4.2): where it knows one alone, that is itself.
fn servers(mut decoder: Decoder<'_>, facts: &mut Facts) -> Option<()> {
    answer_header(&mut decoder)?;
    let only = decoder.count()? == 1;
    let application = Application::read(&mut decoder)?;
    if only {
        application.tell(facts);
    }
    Some(())
}

/// How a server may be reached (5.4.4).
fn endpoints(mut decoder: Decoder<'_>, facts: &mut Facts) -> Option<()> {
    answer_header(&mut decoder)?;
    each_endpoint(&mut decoder, facts)
}

/// A session is made (5.6.2): its numbers, then the same list.
fn session(mut decoder: Decoder<'_>, facts: &mut Facts) -> Option<()> {
    answer_header(&mut decoder)?;
    decoder.node_id()?;
    decoder.node_id()?;
    decoder.skip(8)?;
    decoder.string()?;
    decoder.string()?;
    each_endpoint(&mut decoder, facts)
}

fn each_endpoint(decoder: &mut Decoder<'_>, facts: &mut Facts) -> Option<()> {
    for at in 0..decoder.count()? {
        decoder.string()?;
        let application = Application::read(decoder)?;
        if at == 0 {
            application.tell(facts);
        }
        decoder.string()?;
        let (mode, uri) = (decoder.u32()?, decoder.string()?);
        let ways_in = decoder.count()?;
        for _ in 0..ways_in {
            decoder.string()?;
            decoder.skip(4)?;
            decoder.string()?;
            decoder.string()?;
            decoder.string()?;
        }
        decoder.string()?;
        decoder.skip(1)?;
        // Without a way to say who the user is no session begins: it is there for the list alone.
        if ways_in > 0 {
            let offered = if mode == MODE_NONE { Some(NONE) } else { policy(uri) };
            offered
                .into_iter()
                .for_each(|name| facts.tell(About::SenderService, FactKind::OpcUaOffers, name));
        }
    }
    Some(())
}

/// Values that were read (5.10.2): of those, what a server is built of.
fn values(mut decoder: Decoder<'_>, facts: &mut Facts) -> Option<()> {
    /// Of a value (OPC 10000-6, 5.2.2.17): that it is there, and the sizes of what may stand behind it.
    const VALUE: u8 = 1;
    const BEHIND: [(u8, usize); 5] = [(0x02, 4), (0x04, 8), (0x10, 2), (0x08, 8), (0x20, 2)];
    /// One `ExtensionObject`, not an array (5.2.2.16).
    const OBJECT: u8 = 22;
    answer_header(&mut decoder)?;
    for _ in 0..decoder.count()? {
        let parts = decoder.u8()?;
        if parts & VALUE != 0 {
            (decoder.u8()? == OBJECT).then_some(())?;
            let (kind, object) = decoder.extension_object()?;
            let mut object = Decoder::new(object);
            let is_build = match kind {
                Some(BUILD_INFO) => true,
                // Begin, now, state; then the same.
                Some(SERVER_STATUS) => object.skip(20).is_some(),
                _ => false,
            };
            if is_build {
                let _ = build(object, facts);
            }
        }
        for (_, size) in BEHIND.into_iter().filter(|(part, _)| parts & part != 0) {
            decoder.skip(size)?;
        }
    }
    Some(())
}

/// Product's address, maker, product, version, number and day of the build (OPC 10000-5, 12.4).
fn build(mut decoder: Decoder<'_>, facts: &mut Facts) -> Option<()> {
    let kinds =
        [FactKind::OpcUaProductUri, FactKind::OpcUaMaker, FactKind::OpcUaProduct, FactKind::OpcUaSoftware];
    for kind in kinds {
        let value = decoder.string()?;
        if !value.trim_ascii().is_empty() {
            facts.tell(About::SenderService, kind, value);
        }
    }
    Some(())
}
