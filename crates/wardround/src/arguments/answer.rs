//! `wardround answer`, `wardround question` and `wardround vex`.

use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use wardround_model::{CareRole, CveId, DeviceClass, Justification, Role, Statement, StatementId, Timestamp};

use super::{Look, StoreArgument};

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    arg_required_else_help = true
)]
#[command(after_help = EXAMPLES)]
pub(crate) struct AnswerCommand {
    #[command(subcommand)]
    pub(crate) past: Option<PastAnswers>,
    #[command(flatten)]
    pub(crate) new: Answer,
}

const EXAMPLES: &str = "\
Examples:
  wardround answer 10.20.4.9 --not-affected CVE-2020-25165 --justification component_not_present \\
      --because \"this pump has no WiFi module\" --by biomedical
  wardround answer A-1a2b3c --spares 2 --because \"two more on ward 3\" --by clinical-owner
  wardround answer undo S-3

What is said here counts in the next round.";

#[derive(Debug, Subcommand)]
pub(crate) enum PastAnswers {
    /// All that was said, also what was taken back
    List(StoreArgument),
    /// Take back what was said; it stays on record
    Undo {
        /// Which, as S-3
        #[arg(value_parser = statement)]
        statement: StatementId,
        #[command(flatten)]
        store: StoreArgument,
    },
}

/// All of it is needed, but for `answer list` and `answer undo`, which need nothing of it.
#[derive(Debug, Args)]
pub(crate) struct Answer {
    /// The device: its id, the start of one, an address or a card address
    #[arg(value_name = "ASSET", required = true)]
    pub(crate) asset: Option<String>,
    #[command(flatten)]
    pub(crate) says: SaysArguments,
    /// Why, in your own words
    #[arg(long, value_name = "TEXT", required = true, value_parser = reason)]
    pub(crate) because: Option<String>,
    /// In which role you say so
    #[arg(long, value_name = "ROLE", required = true, value_parser = role)]
    pub(crate) by: Option<Role>,
    /// Until when it holds, as 2027-01-31 [default: until it is taken back]
    #[arg(long, value_name = "DATE", value_parser = until)]
    pub(crate) until: Option<Timestamp>,
    #[command(flatten)]
    pub(crate) store: StoreArgument,
}

/// What is said: exactly one of them.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true))]
pub(crate) struct SaysArguments {
    /// It does not have this weakness
    #[arg(long, value_name = "CVE", group = "what")]
    pub(crate) not_affected: Option<CveId>,
    /// Why not, as a VEX justification
    #[arg(long, value_name = "WHY", requires = "not_affected", value_parser = justification)]
    pub(crate) justification: Option<Justification>,
    /// It has this weakness
    #[arg(long, value_name = "CVE", group = "what")]
    pub(crate) affected: Option<CveId>,
    /// It had this weakness, which was mended
    #[arg(long, value_name = "CVE", group = "what")]
    pub(crate) fixed: Option<CveId>,
    /// What kind of device it is
    #[arg(long, value_name = "KIND", group = "what", value_parser = class)]
    pub(crate) class: Option<DeviceClass>,
    /// What it does for patients
    #[arg(long, value_name = "ROLE", group = "what", value_parser = care_role)]
    pub(crate) care_role: Option<CareRole>,
    /// The department or care area that it serves
    #[arg(long, value_name = "TEXT", group = "what", value_parser = reason)]
    pub(crate) care_area: Option<String>,
    /// How many others can take its place at once
    #[arg(long, value_name = "N", group = "what")]
    pub(crate) spares: Option<u32>,
    /// Who looks after it
    #[arg(long, value_name = "ROLE", group = "what", value_parser = role)]
    pub(crate) owner: Option<Role>,
    /// Its maker approves the change, as this document says
    #[arg(long, value_name = "DOCUMENT", group = "what", value_parser = reason)]
    pub(crate) maker_approves: Option<String>,
    /// Its maker forbids the change, as this document says
    #[arg(long, value_name = "DOCUMENT", group = "what", value_parser = reason)]
    pub(crate) maker_forbids: Option<String>,
    /// Its maker was not asked yet
    #[arg(long, group = "what")]
    pub(crate) maker_not_asked: bool,
    /// When it is off patients, as \"Sundays 02:00 to 04:00\"
    #[arg(long, value_name = "TEXT", group = "what", value_parser = reason)]
    pub(crate) off_patients: Option<String>,
    /// It is gone, or none of the hospital's
    #[arg(long, group = "what")]
    pub(crate) retired: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum QuestionCommand {
    /// Questions of a round, whom to ask each, what an answer settles, and how to answer
    List {
        #[command(flatten)]
        look: Look,
        /// Every question and every device, not only the ten that settle the most
        #[arg(long)]
        all: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum VexCommand {
    /// Print what the hospital found of weaknesses on its own devices
    Export {
        /// In which format
        #[arg(long, value_enum, default_value_t = VexFormat::Openvex)]
        format: VexFormat,
        /// Whose findings these are
        #[arg(long, value_name = "NAME", default_value = "hospital")]
        author: String,
        #[command(flatten)]
        store: StoreArgument,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum VexFormat {
    /// OpenVEX 0.2.0
    Openvex,
}

fn statement(text: &str) -> Result<StatementId, String> {
    let digits = text.strip_prefix("S-").or(text.strip_prefix("s-")).unwrap_or(text);
    let number = digits.parse().ok().filter(|number| *number > 0);
    number.map(StatementId).ok_or_else(|| "one looks like S-3; `wardround answer list` shows them".to_owned())
}

fn reason(text: &str) -> Result<String, String> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err("it must not be empty".to_owned()),
        1..=Statement::LONGEST => Ok(text.to_owned()),
        _ => Err(format!("it may have {} characters at most", Statement::LONGEST)),
    }
}

/// The end of a day that is named, or the moment.
pub(super) fn until(text: &str) -> Result<Timestamp, String> {
    const DAY: i64 = 86_400;
    let moment: Timestamp = text.parse().map_err(|_| "say a day, as 2027-01-31".to_owned())?;
    let is_day = text.len() == "2027-01-31".len();
    Ok(if is_day { Timestamp::from_seconds(moment.seconds().saturating_add(DAY - 1)) } else { moment })
}

/// Makes a reader of codes.
macro_rules! coded {
    ($name:ident, $kind:ty) => {
        pub(super) fn $name(text: &str) -> Result<$kind, String> {
            <$kind>::from_code(text).ok_or_else(|| {
                let codes: Vec<&str> = <$kind>::ALL.iter().map(|value| value.code()).collect();
                format!("choose one of {}", codes.join(", "))
            })
        }
    };
}

coded!(justification, Justification);
coded!(class, DeviceClass);
coded!(care_role, CareRole);
coded!(role, Role);
