//! Holds a plan against the envelope. It does not trust that the plan was made here: the file may have been changed since.

use std::collections::BTreeSet;
use std::fmt;

use wardround_model::{Asset, Endpoint, Round, RoundId, Timestamp};

use crate::community::Community;
use crate::directory::{self, DirectoryGiven, DirectoryLogin, MOST_DIRECTORIES};
use crate::envelope::{MOST_EXCHANGES, MOST_LISTED_PORTS, MOST_MODELS, MOST_NAMED, MOST_SWITCHES, never};
use crate::fhir;
use crate::hours::Hours;
use crate::multicast::Discovery;
use crate::named::Named;
use crate::plan::{Exchange, Plan, seen_places};
use crate::question::Question;
use crate::reading::{self, Given, ReadKey};
use crate::usm::User;
use crate::who;

/// The word of a person for one plan.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Approval {
    /// The plan's mark.
    pub plan: String,
    /// Who.
    pub by: String,
}

/// A rule of the envelope that a plan breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The rule, as `P2`.
    pub rule: &'static str,
    /// Which exchange, where it is one.
    pub at: Option<String>,
    /// What is wrong.
    pub text: String,
}

impl Breach {
    fn at(exchange: &Exchange, rule: &'static str, text: &str) -> Self {
        Self { rule, at: Some(exchange.place()), text: text.to_owned() }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.at {
            Some(at) => write!(f, "{} {at}: {}", self.rule, self.text),
            None => write!(f, "{} {}", self.rule, self.text),
        }
    }
}

/// A plan that keeps to the envelope and has the approvals that it needs. Only [`approve`] makes one, and only one of these can be
/// asked.
#[derive(Clone, Debug)]
pub struct Approved {
    plan: Plan,
    mark: String,
    community: Option<Community>,
    user: Option<User>,
    read_key: Option<ReadKey>,
    directory_login: Option<DirectoryLogin>,
}

impl Approved {
    /// The same with the community that the owner gives to this run.
    #[must_use]
    pub fn with_community(self, community: Option<Community>) -> Self {
        Self { community, ..self }
    }

    /// Whether a question of it needs a community that was not given.
    #[must_use]
    pub fn lacks_community(&self) -> bool {
        let asks = self.plan.exchanges.iter().any(|exchange| exchange.question.needs_community());
        asks && self.community.is_none()
    }

    /// The same with the user of SNMP 3 that the owner gives to this run.
    #[must_use]
    pub fn with_user(self, user: Option<User>) -> Self {
        Self { user, ..self }
    }

    /// Whether a question of it needs a user of SNMP 3 that was not given.
    #[must_use]
    pub fn lacks_user(&self) -> bool {
        self.user.is_none() && self.plan.exchanges.iter().any(|exchange| exchange.question.needs_user())
    }

    /// The same with the key that the owner gives to this run.
    #[must_use]
    pub fn with_read_key(self, read_key: Option<ReadKey>) -> Self {
        Self { read_key, ..self }
    }

    /// Whether a server is to be read, and the key for it was not given.
    #[must_use]
    pub fn lacks_read_key(&self) -> bool {
        let reads = self.plan.exchanges.iter().any(|exchange| exchange.question == Question::LinuxRead);
        reads && self.read_key.is_none()
    }

    /// What the reading of a server is given.
    pub(crate) fn given(&self, exchange: &Exchange) -> Option<Given> {
        let reading = &self.plan.listed.reading;
        let named =
            reading.at(exchange.ip, exchange.port).filter(|_| exchange.question == Question::LinuxRead)?;
        Some(Given { login: reading.login.clone(), key: self.read_key.clone()?, host_key: named.host_key })
    }

    /// The same with the login that the owner gives to this run.
    #[must_use]
    pub fn with_directory_login(self, directory_login: Option<DirectoryLogin>) -> Self {
        Self { directory_login, ..self }
    }

    /// Whether a directory is to be read, and the login for it was not given. Where no certificate is known, nobody logs in.
    #[must_use]
    pub fn lacks_directory_login(&self) -> bool {
        self.directory_login.is_none() && self.plan.wants_directory_login()
    }

    /// What the reading of a directory is given.
    pub(crate) fn given_of_directory(&self, exchange: &Exchange) -> Option<DirectoryGiven> {
        let named = directory::at(&self.plan.listed.directories, exchange.ip, exchange.port)
            .filter(|_| exchange.question == Question::DirectoryRead)?;
        Some(DirectoryGiven { certificate: named.certificate, login: self.directory_login.clone() })
    }

    pub(crate) fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }

    pub(crate) fn community(&self) -> Option<&Community> {
        self.community.as_ref()
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Its mark.
    #[must_use]
    pub fn mark(&self) -> &str {
        &self.mark
    }

    /// What is wrong with one of its questions by a round that came since, if anything is: the host's class first of all (P2).
    #[must_use]
    pub fn breach_since(&self, exchange: &Exchange, newer: &Round) -> Option<Breach> {
        let (rule, text) =
            of_exchange(&self.plan, exchange, newer, &fhir::heard(newer), true).into_iter().next()?;
        Some(Breach::at(exchange, rule, text))
    }
}

/// What in a plan breaks the envelope, held against the newest round.
#[must_use]
pub fn breaches(plan: &Plan, newest: RoundId, round: &Round) -> Vec<Breach> {
    let mut found = Vec::new();
    let mut of_plan = |wrong: bool, rule, text: &str| {
        if wrong {
            found.push(Breach { rule, at: None, text: text.to_owned() });
        }
    };
    of_plan(!plan.scope.is_complete(), "P1", "networks, owner, phone and window must be set first");
    let window = plan.scope.window;
    let is_opening = |hours: &Hours| hours.opening(Timestamp::from_seconds(window.from)) == Some(window);
    let hours = plan.scope.hours.as_ref();
    of_plan(!hours.is_none_or(is_opening), "P9", "the window is none of the regular hours");
    of_plan(plan.round != newest.0, "P2", "there is a newer round; plan again");
    of_plan(plan.listed.ports.len() > MOST_LISTED_PORTS, "P5", "more than ten ports are listed");
    of_plan(plan.listed.datagrams.len() > MOST_NAMED, "P11", "more than 256 UDP services are named");
    of_plan(plan.listed.fhir.len() > MOST_NAMED, "P5", "more than 256 servers of FHIR are named");
    of_plan(plan.listed.named.len() > MOST_MODELS, "P2", "more than 64 models are named");
    of_plan(plan.listed.switches.len() > MOST_SWITCHES, "P11", "more than 64 switches are named");
    of_plan(
        plan.listed.reading.hosts.len() > reading::MOST_HOSTS,
        "P10",
        "more than 64 servers are named for reading",
    );
    of_plan(
        plan.listed.directories.len() > MOST_DIRECTORIES,
        "P10",
        "more than 8 directories are named for reading",
    );
    of_plan(plan.exchanges.len() > MOST_EXCHANGES, "P10", "the plan is too long");
    let (mut places, fhir) = (BTreeSet::new(), fhir::heard(round));
    for exchange in plan.exchanges.iter().take(MOST_EXCHANGES) {
        let is_new = places.insert((exchange.endpoint(), exchange.net));
        let wrong = of_exchange(plan, exchange, round, &fhir, is_new);
        found.extend(wrong.into_iter().map(|(rule, text)| Breach::at(exchange, rule, text)));
    }
    found
}

fn of_exchange(
    plan: &Plan,
    exchange: &Exchange,
    round: &Round,
    fhir: &BTreeSet<Endpoint>,
    is_new: bool,
) -> Vec<(&'static str, &'static str)> {
    let mut wrong = Vec::new();
    if exchange.question.is_multicast() || exchange.net.is_some() {
        // All of it is as the plan would say it, or it is not put.
        let right = exchange.net.ok_or("it is for no network").and_then(|net| {
            let by = Discovery::ALL.into_iter().find(|by| by.question() == exchange.question);
            plan.multicast(net, by.ok_or("it is no question to all")?, round)
        });
        match right {
            Ok(right) if right == *exchange => {}
            Ok(_) => wrong.push(("P11", "the question to all of a network is not told as it is")),
            Err(why) => wrong.push(("P11", why)),
        }
        wrong.extend((!is_new).then_some(("P6", "it is asked twice")));
        return wrong;
    }
    if !plan.scope.has_host(exchange.ip) {
        wrong.push(("P11", "it is not one host of the scope"));
    }
    let is_named = exchange.question.native().is_some();
    // The native question to a model that people named is the one exception.
    if let Some(why) = never(exchange.port).filter(|_| !is_named) {
        wrong.push(("P5", why));
    }
    if !is_new {
        wrong.push(("P6", "it is asked twice"));
    }
    if exchange.packets != exchange.question.packets() || exchange.packets > exchange.question.ceiling() {
        wrong.push(("P10", "the count of packets is not the question's"));
    }
    let asset = match who::holder(round, exchange.ip) {
        Ok(asset) => asset,
        Err(why) => {
            wrong.push(("P11", why));
            return wrong;
        }
    };
    let refusal = if is_named { unnamed(plan, exchange, asset) } else { who::refusal(asset) };
    wrong.extend(refusal.map(|why| ("P2", why)));
    if asset.id.to_string() != exchange.asset {
        wrong.push(("P11", "another device has this address now"));
    }
    let mut cards: Vec<String> = asset.macs.iter().map(ToString::to_string).collect();
    cards.sort();
    if cards != exchange.cards {
        wrong.push(("P11", "its card changed since the plan"));
    }
    let (transport, port) = (exchange.question.transport(), exchange.port);
    let seen = seen_places(asset, exchange.ip);
    let heard = seen.get(&(transport, port));
    if heard.is_some() != exchange.seen || heard.is_none() && !plan.listed.has(exchange.ip, transport, port) {
        wrong.push(("P5", "the port was neither seen nor listed"));
    }
    let protocol = heard.copied().flatten();
    let expected = match exchange.question.native() {
        Some(native) => Some(exchange.question).filter(|_| protocol == Some(native)),
        None => {
            let speaks_fhir = fhir.contains(&exchange.endpoint());
            plan.listed.question(exchange.ip, transport, port, protocol, speaks_fhir)
        }
    };
    if exchange.question == Question::LinuxRead {
        if plan.listed.reading.at(exchange.ip, port).is_none() {
            wrong.push(("P2", "its owner did not name it for reading"));
        }
        wrong.extend(reading::refusal(asset, exchange.ip, port).map(|why| ("P2", why)));
    } else if exchange.question == Question::DirectoryRead {
        if directory::at(&plan.listed.directories, exchange.ip, port).is_none() {
            wrong.push(("P2", "its owner did not name its directory for reading"));
        }
        wrong.extend(directory::refusal(asset, exchange.ip, port).map(|why| ("P2", why)));
    } else if expected != Some(exchange.question) {
        wrong.push(("P6", "the service does not expect this question"));
    }
    let called = if exchange.question.is_taken_slowly() { plan.listed.base(exchange.ip, port) } else { "" };
    if !is_named && exchange.called != called {
        wrong.push(("P6", "the service does not expect this question"));
    }
    if exchange.question.needs_community() && !plan.listed.community {
        wrong.push(("P6", "no community will be given"));
    }
    if exchange.question.needs_user() && !plan.listed.user {
        wrong.push(("P6", "no user will be given"));
    }
    if exchange.clinical != who::is_clinical(round, exchange.ip) {
        wrong.push(("P10", "whether it is in a clinical area is not told as it is"));
    }
    wrong
}

/// Why a question is none that people named for the model of this asset, if it is none.
fn unnamed(plan: &Plan, exchange: &Exchange, asset: &Asset) -> Option<&'static str> {
    let is_this = |named: &&Named| (named.question, &named.called) == (exchange.question, &exchange.called);
    let all = plan.listed.named.iter().filter(is_this).filter_map(|named| named.refusal(asset));
    all.max().unwrap_or(Err("nobody named this question for its model")).err()
}

/// Why a plan cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It breaks the envelope.
    Breaks(Vec<Breach>),
    /// So many different people must approve it, and fewer did.
    Unapproved {
        /// People wanted.
        wanted: usize,
        /// People who did.
        given: usize,
    },
}

/// People who must approve a plan.
#[must_use]
pub fn wanted_approvals(plan: &Plan) -> usize {
    if plan.is_clinical() || plan.is_named() || plan.is_multicast() { 2 } else { 1 }
}

/// Checks a plan and counts its approvals.
///
/// # Errors
/// When it breaks the envelope, or too few different people approved it.
pub fn approve(
    plan: Plan,
    newest: RoundId,
    round: &Round,
    approvals: &[Approval],
) -> Result<Approved, Refused> {
    let breaches = breaches(&plan, newest, round);
    if !breaches.is_empty() {
        return Err(Refused::Breaks(breaches));
    }
    let mark = plan.mark();
    let of_this = approvals.iter().filter(|approval| approval.plan == mark);
    let people: BTreeSet<String> =
        of_this.map(|approval| approval.by.trim().to_lowercase()).filter(|by| !by.is_empty()).collect();
    let (wanted, given) = (wanted_approvals(&plan), people.len());
    if given < wanted {
        return Err(Refused::Unapproved { wanted, given });
    }
    Ok(Approved { plan, mark, community: None, user: None, read_key: None, directory_login: None })
}
