//! How it can be shown that something is mended (P12): the cheapest sight first. Traffic costs nothing, so it is waited for; a question
//! is put only where a question showed the flaw, and it is the same one.

use std::fmt;
use std::net::IpAddr;

use wardround_model::{Asset, Endpoint, FactKind, SourceKind, Subject};

use crate::envelope::never;
use crate::question::Question;
use crate::scope::Scope;
use crate::who;

/// What a flaw rested on: the kind of fact, what it was of, and what kind of source saw it.
pub type Sight = (FactKind, Subject, SourceKind);

/// How something that is said to be done can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// The next capture shows it.
    Traffic,
    /// This question shows it.
    Ask(Endpoint),
    /// A question would, and it may not be put: why.
    MayNotAsk(String),
    /// Reading the server again does; its owner names it and gives the key.
    Read,
    /// Reading the directory again does, or a newer list of it.
    Directory,
    /// A newer list of the same kind does.
    List(&'static str),
    /// No sight could: a person looks.
    Person,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Traffic => {
                f.write_str("wait: the next capture that sees it shows it; no question is needed")
            }
            Self::Ask(endpoint) => write!(f, "one question to {endpoint}, the one that showed it"),
            Self::MayNotAsk(why) => write!(f, "wait: it may not be asked ({why})"),
            Self::Read => {
                f.write_str("read the server again, with its owner's key (`wardround ask plan --read`)")
            }
            Self::Directory => f.write_str(
                "read the directory again, with its owner's login (`wardround ask plan --directory`), or import a newer list of it",
            ),
            Self::List(kind) => write!(f, "import a newer {kind}"),
            Self::Person => f.write_str("look at it: nothing that can be seen from here would show it"),
        }
    }
}

/// The cheapest way. `can_be_seen` is whether any sight could show it; `may` is why a question to a place may not be put, where it may
/// not.
#[must_use]
pub fn cheapest(
    can_be_seen: bool,
    sights: &[Sight],
    may: impl FnOnce(FactKind, Endpoint) -> Result<(), String>,
) -> Way {
    if !can_be_seen {
        return Way::Person;
    }
    // Passive first: where traffic showed any of it, traffic shows it again.
    if sights.iter().any(|(.., source)| *source == SourceKind::Capture) {
        return Way::Traffic;
    }
    let asked = sights.iter().find_map(|(kind, subject, source)| match (subject, source) {
        (Subject::Service(endpoint), SourceKind::Asked) => Some((*kind, *endpoint)),
        _ => None,
    });
    match asked {
        Some((kind, endpoint)) => match may(kind, endpoint) {
            Ok(()) => Way::Ask(endpoint),
            Err(why) => Way::MayNotAsk(why),
        },
        None if sights.iter().any(|sight| is_read(*sight)) => Way::Read,
        None => match sights.first() {
            None => Way::Traffic,
            Some((.., SourceKind::DirectoryComputers | SourceKind::DirectoryAccounts)) => Way::Directory,
            Some((.., source)) => Way::List(source.label()),
        },
    }
}

/// Whether a reading of a server showed it.
fn is_read((kind, _, source): Sight) -> bool {
    source == SourceKind::Asked && Question::LinuxRead.shows(kind)
}

/// Whether a question to a place may be put that shows this kind of fact, as far as one device tells: the plan looks at all of them.
///
/// # Errors
/// Why not, in words.
pub fn may_ask(
    scope: Option<&Scope>,
    asset: &Asset,
    kind: FactKind,
    endpoint: Endpoint,
) -> Result<(), String> {
    let Some(scope) = scope else { return Err("nothing may be asked yet".to_owned()) };
    let IpAddr::V4(ip) = endpoint.ip else { return Err("it has no IPv4 address".to_owned()) };
    if !scope.has_host(ip) {
        return Err("it is not in the scope".to_owned());
    }
    if let Some(why) = who::refusal(asset).or_else(|| never(endpoint.port)) {
        return Err(why.to_owned());
    }
    let heard = asset
        .services
        .iter()
        .find(|service| service.endpoint == endpoint)
        .and_then(|service| service.protocol);
    let question = Question::expected(endpoint.transport, endpoint.port, heard);
    let shows = question.is_some_and(|question| question.shows(kind));
    if shows { Ok(()) } else { Err("the question that its service expects does not show it".to_owned()) }
}
