//! The site: what rounds found, in a browser, for people who are not security experts.
//!
//! In: a store, a folder of keys, and how to judge a round. Out: pages over TLS. Every route is declared with what it
//! needs ([`routes`]), so that none can be open by accident; what people ask is logged before it is done ([`audit`]); the
//! store is read by a few connections and written by one, on threads that may wait ([`hospital`]).
//!
//! Not here: what is weak or urgent (`triage`), SQL (`store`), the choice of index, tables and names (the program, as
//! [`Judge`]), how hosts are asked (the program, as [`Asker`]). The site opens no connection by itself: what it tells is sent by
//! `notice`.

mod account;
mod api;
mod asked;
mod asking;
mod asks;
mod assets;
mod audit;
mod certificate;
mod codes;
mod condition;
mod cookie;
mod deeds;
mod demo;
mod desk;
mod ears;
mod events;
mod gate;
mod glass;
mod ground;
mod headers;
mod hospital;
mod keys;
mod layout;
mod log;
mod logged;
mod naming;
mod notices;
mod pace;
mod pages;
mod password;
mod planned;
mod problem;
mod reading;
mod receive;
mod renewed;
mod roles;
mod room;
mod rounds;
mod routes;
mod schedule;
mod server;
mod session;
mod showing;
mod site;
mod standing;
mod tokens;
mod totp;
mod uploads;
mod watched;
mod ways;

use std::net::SocketAddr;
use std::path::PathBuf;

use wardround_capture::{Captured, Progress};
use wardround_model::{CveId, IntelligenceSource, Round, Statement, Timestamp};
use wardround_remedy::Policy;
use wardround_report::document::Document;
use wardround_round::{Outcome, Sources};

pub use account::{InviteError, invite};
pub use asking::{AskGiven, AskStanding, AskWanted, Asker, LogForm, Planned, RegularAsking, Run, UnderWay};
pub use audit::{RedactError, Verified, VerifyError, redact, redact_file, verify};
pub use ears::Readers;
pub use glass::journal::{JournalError, journal_of, verify_journal};
pub use glass::{BreakGlassError, break_glass};
pub use keys::{KeyError, report_key, report_public};
pub use naming::hospital_name;
pub use reading::KeptKey;
pub use roles::SiteRole;
pub use server::{Hands, ServeError, serve};

/// How the site is run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The store.
    pub store: PathBuf,
    /// The folder of keys: apart from the store, so that a copy of the store alone opens nothing.
    pub keys: PathBuf,
    /// The address to listen at.
    pub listen: SocketAddr,
    /// How connections are protected.
    pub protection: Protection,
    /// A folder whose lists and captures scheduled rounds read.
    pub watched: Option<PathBuf>,
    /// Interfaces to listen at, beside those that are chosen on the page.
    pub listened: Vec<String>,
    /// Addresses of this computer that exporters send flow records to.
    pub exported: Vec<SocketAddr>,
    /// By when work is due.
    pub policy: Policy,
    /// Further names of this computer, for the site's own certificate.
    pub names: Vec<String>,
}

/// How connections are protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Protection {
    /// TLS with a certificate that the site makes for itself.
    OwnCertificate,
    /// TLS with this certificate and key, as PEM files.
    Given {
        /// The certificate and those that vouch for it.
        certificate: PathBuf,
        /// Its key.
        key: PathBuf,
    },
    /// None: on this computer alone, behind something that does it.
    None,
}

/// What is known of weaknesses at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// What the index was made from, as a round judged by it tells.
    pub sources: Vec<IntelligenceSource>,
    /// The weaknesses that are known to be exploited.
    pub exploited: Vec<CveId>,
}

/// Judges rounds for the site: with which index, tables and names is the program's to choose.
pub trait Judge: Send + Sync {
    /// Runs a round over these sources, and over what interfaces showed meanwhile.
    ///
    /// # Errors
    /// A sentence for people, where nothing could be read or the index cannot be used.
    fn round(
        &self,
        sources: &Sources<'_>,
        heard: Option<Captured>,
        run_at: Timestamp,
        progress: &dyn Progress,
    ) -> Result<Outcome, String>;

    /// What is known of weaknesses at this moment; nothing where it cannot be used. It is asked often, and answers at once
    /// where nothing has changed.
    fn known(&self) -> Option<Known>;

    /// Judges again what a round saw, by what is known now.
    ///
    /// # Errors
    /// A sentence for people, where the index cannot be used.
    fn again(&self, round: Round, statements: &[Statement], run_at: Timestamp) -> Result<Round, String>;
}

/// Puts reports on paper for the site: the room that does it takes long to build, so the program hands it over.
pub trait Printer: Send + Sync {
    /// A report as PDF, without its seal.
    ///
    /// # Errors
    /// A sentence for the log, which would be a fault of this program.
    fn pdf(&self, document: &Document) -> Result<Vec<u8>, String>;
}
