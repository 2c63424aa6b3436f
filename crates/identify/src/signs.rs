//! The signs (`rules/signs.txt`): what must be seen of a thing, of which class that is a sign, what it is worth, and what people read.
//!
//! Not here: tests that take several facts or hosts together (`imaging`, `messages`, `laboratory`, `bedside`, `office`, `infrastructure`, `plant`), and
//! how signs are weighed (`evidence`).

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use wardround_model::{DeviceClass, FactKind, MacAddr, Observation, Protocol, Reason};

use crate::evidence::Evidence;
use crate::makers::Maker;
use crate::portrait::{HOST_NAMES, Portrait, Talk, because, because_of_talks, peers, words};
use crate::rules::{self, Row, Rule, Wrong};
use crate::terms::Terms;
use crate::{bedside, imaging, infrastructure, laboratory, messages, office, plant};

/// A test in code: the sentence and its grounds, when it was seen.
pub(crate) type Test = fn(&Portrait<'_>) -> Option<Reason>;

/// All tests in code, by the names that the file calls them.
const TESTS: [&[(&str, Test)]; 7] = [
    imaging::TESTS,
    messages::TESTS,
    laboratory::TESTS,
    bedside::TESTS,
    office::TESTS,
    infrastructure::TESTS,
    plant::TESTS,
];

/// What must be seen, and what it then says.
pub(crate) struct Sign {
    class: DeviceClass,
    weight: u8,
    /// Whether it rests on clinical traffic: without such a sign no medical class is claimed.
    is_clinical: bool,
    condition: Condition,
    sentence: Sentence,
}

/// What must be seen.
enum Condition {
    /// Any of these facts.
    Facts(Vec<Wanted>),
    /// A name with one of these words.
    Called(Vec<&'static str>),
    /// A card of a maker that makes such devices alone.
    Card,
    /// So many hosts that use it over one of these protocols.
    Serves(Vec<Protocol>, RangeInclusive<usize>),
    /// Another host that it uses over one of these protocols.
    Uses(Vec<Protocol>),
    /// What a test in code looks for.
    Code(Test),
}

/// Facts of one kind.
struct Wanted {
    kind: FactKind,
    values: Values,
}

/// Which values a fact may have.
enum Values {
    Any,
    Are(Vec<&'static str>),
    Begin(Vec<&'static str>),
    In(Terms),
}

impl Wanted {
    fn fits(&self, value: &str) -> bool {
        match &self.values {
            Values::Any => true,
            Values::Are(values) => values.contains(&value),
            Values::Begin(beginnings) => beginnings.iter().any(|beginning| value.starts_with(beginning)),
            Values::In(terms) => terms.has(value),
        }
    }
}

/// What people read, with a blank for what was seen.
struct Sentence {
    before: &'static str,
    blank: Option<&'static str>,
}

impl Sentence {
    fn with(&self, seen: &str) -> String {
        match self.blank {
            Some(after) => [self.before, seen, after].concat(),
            None => self.before.to_owned(),
        }
    }
}

static SIGNS: LazyLock<Vec<Sign>> = LazyLock::new(rules::all);

/// The signs that are seen of a thing, in the order of the file.
pub(crate) fn seen<'p>(p: &'p Portrait<'_>) -> impl Iterator<Item = Evidence> + 'p {
    let names = Names::of(p);
    SIGNS.iter().filter_map(move |sign| {
        let reason = sign.seen(p, &names)?;
        Some(Evidence { class: sign.class, weight: sign.weight, is_clinical: sign.is_clinical, reason })
    })
}

impl Sign {
    fn seen(&self, p: &Portrait<'_>, names: &Names<'_>) -> Option<Reason> {
        match &self.condition {
            Condition::Facts(wanted) => {
                let facts = wanted.iter().flat_map(|it| p.facts_where(it.kind, |value| it.fits(value)));
                let facts: Vec<_> = facts.collect();
                Some(because(self.sentence.with(facts.first()?.fact.value()), facts))
            }
            Condition::Called(words) => {
                let named = names.with(words);
                Some(because(self.sentence.with(named.first()?.fact.value()), named))
            }
            Condition::Card => {
                let (mac, maker) = card_of(p, self.class)?;
                Some(because(self.sentence.with(maker), p.proof_of_card(mac)))
            }
            Condition::Serves(protocols, hosts) => {
                let talks: Vec<_> = protocols.iter().flat_map(|protocol| p.serving(*protocol)).collect();
                let count = peers(&talks);
                hosts.contains(&count).then(|| because_of_talks(self.sentence.with(&counted(count)), talks))
            }
            Condition::Uses(protocols) => {
                let talks: Vec<Talk<'_>> = protocols.iter().flat_map(|protocol| p.using(*protocol)).collect();
                (!talks.is_empty()).then(|| because_of_talks(self.sentence.with(""), talks))
            }
            Condition::Code(test) => test(p),
        }
    }
}

/// So many hosts, in words.
pub(crate) fn counted(count: usize) -> String {
    if count == 1 { "1 host".to_owned() } else { format!("{count} hosts") }
}

/// The card of a host whose card's maker makes little else than such devices.
pub(crate) fn card_of<'a>(p: &Portrait<'a>, class: DeviceClass) -> Option<(MacAddr, &'a str)> {
    let makes = |name: &str| Maker::named(name).is_some_and(|maker| maker.makes == [class]);
    p.card_makers.iter().copied().find(|(_, name)| makes(name))
}

/// The names of a thing, each with its words.
struct Names<'a>(Vec<(&'a Observation, Vec<String>)>);

impl<'a> Names<'a> {
    fn of(p: &Portrait<'a>) -> Self {
        let facts = HOST_NAMES.iter().chain(&[FactKind::ListedName]).flat_map(|kind| p.facts(*kind));
        Self(facts.map(|it| (*it, words(it.fact.value()).collect())).collect())
    }

    /// Names that have one of these words.
    fn with(&self, wanted: &[&str]) -> Vec<&'a Observation> {
        let fits = |words: &[String]| words.iter().any(|word| wanted.contains(&word.as_str()));
        self.0.iter().filter(|(_, words)| fits(words)).map(|(it, _)| *it).collect()
    }
}

impl Rule for Sign {
    const FILE: &'static str = "signs.txt";
    const TEXT: &'static str = include_str!("../rules/signs.txt");
    const COLUMNS: &'static [&'static str] = &["class", "weight", "clinical", "sign", "sentence"];

    fn read(row: &Row) -> Result<Self, Wrong> {
        let class = row.class("class")?;
        let weight = match (class, row.text("weight")?) {
            (DeviceClass::Unknown, "0") => 0,
            (DeviceClass::Unknown, _) => return Err(row.wrong("weight", "must be 0 for \"unknown\"")),
            _ => row.weight("weight")?,
        };
        let is_clinical = match row.optional("clinical")? {
            None => false,
            Some("clinical") => true,
            Some("no-peer") => false,
            Some(_) => return Err(row.wrong("clinical", "must be \"clinical\", \"no-peer\" or -")),
        };
        let condition = Condition::read(row, row.text("sign")?)?;
        if is_clinical && matches!(condition, Condition::Called(_) | Condition::Card) {
            return Err(row.wrong("clinical", "a name or a card is no clinical traffic: write -"));
        }
        let sentence = condition.sentence(row)?;
        Ok(Self { class, weight, is_clinical, condition, sentence })
    }
}

const SIGN: &str = "sign";

impl Condition {
    fn read(row: &Row, text: &'static str) -> Result<Self, Wrong> {
        match text.split_once(' ').unwrap_or((text, "")) {
            ("card", "") => Ok(Self::Card),
            ("called", words) => called(row, words),
            ("serves", rest) => serves(row, rest),
            ("uses", rest) => Ok(Self::Uses(protocols(row, rest)?)),
            ("code", name) => {
                let test = TESTS.iter().copied().flatten().find(|(known, _)| *known == name);
                let test = test.map(|(_, test)| *test);
                Ok(Self::Code(test.ok_or_else(|| row.wrong(SIGN, format!("no test is called {name}")))?))
            }
            _ => Ok(Self::Facts(text.split(" or ").map(|one| wanted(row, one)).collect::<Result<_, _>>()?)),
        }
    }

    /// The sentence, with the blank that is filled for such a sign.
    fn sentence(&self, row: &Row) -> Result<Sentence, Wrong> {
        let blank = match self {
            Self::Code(_) if row.optional("sentence")?.is_none() => {
                return Ok(Sentence { before: "", blank: None });
            }
            Self::Code(_) => return Err(row.wrong("sentence", "stands in code for a test in code: write -")),
            Self::Facts(_) | Self::Called(_) => Some("{value}"),
            Self::Card => Some("{maker}"),
            Self::Serves(..) => Some("{hosts}"),
            Self::Uses(_) => None,
        };
        let text = row.text("sentence")?;
        let parts = blank.and_then(|blank| text.split_once(blank));
        let (before, after) = parts.map_or((text, None), |(before, after)| (before, Some(after)));
        if [before, after.unwrap_or_default()].concat().contains(['{', '}']) {
            return Err(row.wrong("sentence", "has a blank that nothing of this sign is for"));
        }
        Ok(Sentence { before, blank: after })
    }
}

/// Words are compared with runs of letters in lower case.
fn called(row: &Row, words: &'static str) -> Result<Condition, Wrong> {
    let words = row.parts(SIGN, words)?;
    if !words.iter().all(|word| rules::is_word(word)) {
        return Err(row.wrong(SIGN, "words have small letters from a to z alone"));
    }
    Ok(Condition::Called(words))
}

fn serves(row: &Row, text: &'static str) -> Result<Condition, Wrong> {
    let hosts = [(" to one", 1..=1), (" to several", 2..=usize::MAX)];
    let told = hosts.into_iter().find_map(|(end, hosts)| Some((text.strip_suffix(end)?, hosts)));
    let (names, hosts) = told.unwrap_or((text, 1..=usize::MAX));
    Ok(Condition::Serves(protocols(row, names)?, hosts))
}

fn protocols(row: &Row, text: &'static str) -> Result<Vec<Protocol>, Wrong> {
    let known = |name: &'static str| {
        Protocol::from_code(name)
            .ok_or_else(|| row.wrong(SIGN, format!("there is no protocol called {name}")))
    };
    row.parts(SIGN, text)?.into_iter().map(known).collect()
}

fn wanted(row: &Row, text: &'static str) -> Result<Wanted, Wrong> {
    let (name, which) = text.split_once(' ').unwrap_or((text, ""));
    let kind = row.fact_called(SIGN, name)?;
    let values = match which.split_once(' ').unwrap_or((which, "")) {
        ("", _) => Values::Any,
        ("is", values) => Values::Are(row.parts(SIGN, values)?),
        ("begins", values) => Values::Begin(row.parts(SIGN, values)?),
        ("in", list) => {
            let found = Terms::ALL.into_iter().find(|(known, _)| *known == list).map(|(_, terms)| terms);
            Values::In(found.ok_or_else(|| row.wrong(SIGN, format!("terms.txt has no list called {list}")))?)
        }
        (word, _) => return Err(row.wrong(SIGN, format!("\"{word}\" is none of: is, begins, in"))),
    };
    Ok(Wanted { kind, values })
}

/// The names of all tests in code.
#[cfg(test)]
pub(crate) fn tests() -> impl Iterator<Item = &'static str> {
    TESTS.iter().copied().flatten().map(|(name, _)| *name)
}

/// The values that facts are held against whole, with the place of the row.
#[cfg(test)]
pub(crate) fn values() -> impl Iterator<Item = (usize, FactKind, &'static str)> {
    SIGNS.iter().enumerate().flat_map(|(place, sign)| {
        let wanted = match &sign.condition {
            Condition::Facts(wanted) => wanted.as_slice(),
            _ => &[],
        };
        wanted.iter().flat_map(move |one| {
            let values = match &one.values {
                Values::Are(values) => values.as_slice(),
                Values::In(terms) => terms.list(),
                Values::Any | Values::Begin(_) => &[],
            };
            values.iter().map(move |value| (place, one.kind, *value))
        })
    })
}
