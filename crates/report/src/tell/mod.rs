//! The reports told: the board's page, the work sheets, the report of a round, each as a [`Document`].
//!
//! All that they say is taken from a round, the one before it and the worklist; nothing is judged here. The board's page
//! names no device: who reads it may see numbers and kinds alone.

mod board;
mod round;
mod sheets;
mod words;

use wardround_model::{Role, Round, RoundId};
use wardround_remedy::Worklist;

use crate::document::seal::Told;
use crate::document::{AsOf, Document, Kind};
use crate::page::{day, day_and_time};

/// What reports are told from.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// The round, and its id.
    pub round: (RoundId, &'a Round),
    /// The round before it, where there is one.
    pub before: Option<(RoundId, &'a Round)>,
    /// What there is to do, with the moment that dates are judged at.
    pub worklist: &'a Worklist<'a>,
    /// The only team whose work sheets are told.
    pub team: Option<Role>,
    /// The hospital, as it names itself; may be empty.
    pub hospital: &'a str,
}

impl Sources<'_> {
    /// What a seal keeps of them.
    #[must_use]
    pub fn told(&self, kind: Kind) -> Told {
        Told {
            kind,
            round: self.round.0,
            at: self.worklist.at,
            team: self.team.filter(|_| kind == Kind::Work),
            hospital: self.hospital.to_owned(),
        }
    }
}

/// Tells a report.
#[must_use]
pub fn tell(kind: Kind, sources: &Sources<'_>) -> Document {
    let (title, blocks) = match kind {
        Kind::Board => ("How safe our devices are".to_owned(), board::blocks(sources)),
        Kind::Work => (sheets::title(sources.team), sheets::blocks(sources)),
        Kind::Round => (format!("Report of round {}", sources.round.0), round::blocks(sources)),
    };
    Document {
        kind,
        title,
        hospital: sources.hospital.to_owned(),
        subtitle: subtitle(sources),
        blocks,
        as_of: as_of(sources),
    }
    .plain()
}

fn subtitle(sources: &Sources<'_>) -> String {
    let (id, round) = sources.round;
    let against = sources.before.map_or_else(String::new, |(before, _)| format!(", against round {before}"));
    format!(
        "Round {id} of {}{against}. Tasks as of {}.",
        day(round.run_at),
        day_and_time(sources.worklist.at) + " UTC"
    )
}

/// Every source with its date: the rounds, the tasks, what was read, and what is known of weaknesses.
fn as_of(sources: &Sources<'_>) -> Vec<AsOf> {
    let (id, round) = sources.round;
    let moment = |at| day_and_time(at) + " UTC";
    let of = |source: String, date: String| AsOf { source, date };
    let mut all = vec![of(
        format!("Round {id}"),
        format!("run {}, judged at {}", moment(round.run_at), moment(round.as_of)),
    )];
    if let Some((before, earlier)) = sources.before {
        all.push(of(format!("Round {before}, the one before"), moment(earlier.run_at)));
    }
    all.push(of("Tasks and what people said of them".to_owned(), moment(sources.worklist.at)));
    for source in &round.coverage.sources {
        let date = match source.first.zip(source.last) {
            Some((first, last)) if day(first) != day(last) => {
                format!("{} to {}", moment(first), moment(last))
            }
            Some((_, last)) => day(last),
            None => "undated".to_owned(),
        };
        all.push(of(source.name.clone(), date));
    }
    for source in &round.intelligence {
        all.push(of(source.name.clone(), source.as_of.map_or_else(|| "undated".to_owned(), day)));
    }
    all
}
