//! `wardround answer`: what people say of devices, kept with who, when and why.

use std::fmt::Write as _;

use anyhow::{Result, bail};
use wardround_model::{Asset, MakerPosition, Says, StatementId, Timestamp, VexStatus};
use wardround_store::{KeptStatement, NewStatement};

use crate::arguments::StoreArgument;
use crate::arguments::answer::{Answer, AnswerCommand, PastAnswers, SaysArguments};
use crate::commands::{lookup, now, print};
use crate::failure::NotFound;
use wardround_report::page::{day, day_and_time};

pub(crate) fn run(command: AnswerCommand) -> Result<()> {
    match command.past {
        Some(PastAnswers::List(store)) => print(&list(&lookup::store(store)?.statement_list()?, now())),
        Some(PastAnswers::Undo { statement, store }) => undo(statement, store),
        None => keep(command.new),
    }
}

fn keep(answer: Answer) -> Result<()> {
    // The command line lets nothing through that lacks one of these.
    let (Some(asset), Some(because), Some(by), Some(says)) =
        (answer.asset, answer.because, answer.by, says(answer.says))
    else {
        bail!("say of which device, what, --because and --by; `wardround answer --help` shows how");
    };
    let again = answer.store.again();
    let mut store = lookup::store_for_writing(answer.store)?;
    let (_, round) = lookup::round_of(&mut store, None)?;
    let asset = lookup::asset(&round, &asset)?;
    let new = NewStatement { asset: asset.id, says, by, at: now(), because, until: answer.until };
    let id = store.statement_save(&new)?;
    print(&told(id, asset, &new.says, &again))
}

fn told(id: StatementId, asset: &Asset, says: &Says, again: &str) -> String {
    format!(
        "Kept as {id}: {} - {}.\nIt counts in the next round. To take it back: wardround answer undo {id}{again}\n",
        asset.title(),
        sentence(says)
    )
}

/// The one thing that is said; the command line lets nothing else through.
fn says(said: SaysArguments) -> Option<Says> {
    let vex = |cve, status, justification| Says::Vex { cve, status, justification };
    let position = |position, document| Says::MakerPosition { position, document };
    let weakness = said
        .not_affected
        .map(|cve| vex(cve, VexStatus::NotAffected, said.justification))
        .or(said.affected.map(|cve| vex(cve, VexStatus::Affected, None)))
        .or(said.fixed.map(|cve| vex(cve, VexStatus::Fixed, None)));
    let maker = (said.maker_approves.map(|document| position(MakerPosition::Approved, document)))
        .or(said.maker_forbids.map(|document| position(MakerPosition::Forbidden, document)))
        .or(said.maker_not_asked.then(|| position(MakerPosition::NotAsked, String::new())));
    weakness
        .or(maker)
        .or(said.class.map(Says::Class))
        .or(said.care_role.map(Says::CareRole))
        .or(said.care_area.map(Says::CareArea))
        .or(said.spares.map(Says::Spares))
        .or(said.owner.map(Says::Owner))
        .or(said.off_patients.map(Says::OffPatients))
        .or(said.retired.then_some(Says::Retired))
}

fn undo(id: StatementId, store: StoreArgument) -> Result<()> {
    let mut store = lookup::store_for_writing(store)?;
    let known = |kept: &KeptStatement| kept.statement.id == id && kept.taken_back.is_none();
    if !store.statement_list()?.iter().any(known) {
        let text = format!("there is no {id} that could be taken back; `wardround answer list` shows them");
        return Err(NotFound(text).into());
    }
    store.statement_take_back(id, now())?;
    print(&format!("{id} is taken back from the next round on; it stays on record.\n"))
}

fn list(all: &[KeptStatement], now: Timestamp) -> String {
    if all.is_empty() {
        return "Nobody has said anything of a device yet; `wardround question list` shows what is asked.\n"
            .to_owned();
    }
    let mut text = String::new();
    for kept in all {
        let said = &kept.statement;
        let state = match (kept.taken_back, said.until) {
            (Some(at), _) => format!(" (taken back {})", day(at)),
            (None, Some(until)) if until < now => format!(" (held until {})", day(until)),
            (None, Some(until)) => format!(" (holds until {})", day(until)),
            (None, None) => String::new(),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}  {}  {}{state}", said.id, said.asset, sentence(&said.says));
        let who = said.by.label();
        let _ =
            writeln!(text, "      said by: {who}, {} UTC, because: {}", day_and_time(said.at), said.because);
    }
    text
}

/// What is said, as half a sentence.
pub(crate) fn sentence(says: &Says) -> String {
    match says {
        Says::Vex { cve, status, justification } => {
            let why = justification.map_or_else(String::new, |why| format!(": {}", why.label()));
            match status {
                VexStatus::NotAffected => format!("it does not have {cve}{why}"),
                VexStatus::Affected => format!("it has {cve}"),
                VexStatus::Fixed => format!("it had {cve}, which was mended"),
                VexStatus::UnderInvestigation => format!("whether it has {cve} is being looked into"),
            }
        }
        Says::Class(class) => format!("its kind is: {}", class.label()),
        Says::CareRole(role) => format!("it {}", role.label()),
        Says::CareArea(area) => format!("it serves {area}"),
        Says::Spares(number) => format!("{number} others can take its place"),
        Says::Owner(role) => format!("who looks after it: {}", role.label()),
        Says::MakerPosition { position, document } if document.is_empty() => position.label().to_owned(),
        Says::MakerPosition { position, document } => format!("{} ({document})", position.label()),
        Says::OffPatients(when) => format!("it is off patients: {when}"),
        Says::Retired => "it is gone, or none of ours".to_owned(),
    }
}
