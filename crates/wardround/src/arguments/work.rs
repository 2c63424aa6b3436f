//! Words of `wardround work`: the worklist, and what people say of its tasks.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use wardround_model::{Role, Timestamp};
use wardround_remedy::{EventId, Note, Person};

use super::StoreArgument;
use super::answer::{role, until};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub(crate) struct WorkCommand {
    #[command(subcommand)]
    pub(crate) say: Option<WorkWords>,
    #[command(flatten)]
    pub(crate) list: ListWork,
}

const EXAMPLES: &str = "\
Examples:
  wardround work                                        what there is to do, by team and date
  wardround work show W-1a2b3c                          one task: steps, checks, way back, evidence
  wardround work assign W-1a2b3c --to \"R. Ferreira\" --by \"K. Ito\"
  wardround work done W-1a2b3c --by \"R. Ferreira\"       a claim; the next round verifies it
  wardround work except W-1a2b3c --until 2027-03-31 --because \"replaced in March\" \\
      --control \"own network, no way out\" --by \"K. Ito\"
  wardround work letter W-1a2b3c                        the letter to the device's maker

Done is a claim, verified is a fact: only a later round that saw another value closes a task.";

#[derive(Debug, Subcommand)]
pub(crate) enum WorkWords {
    /// What there is to do, by team and date
    List(ListWork),
    /// One task: steps, checks, way back, evidence, and what was said
    Show {
        #[command(flatten)]
        task: TaskArgument,
        #[command(flatten)]
        at: WorkArguments,
    },
    /// Say who does it
    Assign {
        #[command(flatten)]
        task: TaskArgument,
        /// Who does it
        #[arg(long, value_name = "NAME")]
        to: Person,
        #[command(flatten)]
        said: SaidBy,
    },
    /// Say that it is done; a later round verifies it
    Done {
        #[command(flatten)]
        task: TaskArgument,
        #[command(flatten)]
        said: SaidBy,
    },
    /// As the device's clinical owner, agree with the work on it
    SignOff {
        #[command(flatten)]
        task: TaskArgument,
        #[command(flatten)]
        said: SaidBy,
    },
    /// Accept the risk for a time; it opens again by itself
    Except(ExceptTask),
    /// Open again what was said to be done, or an exception before its end
    Reopen {
        #[command(flatten)]
        task: TaskArgument,
        /// Why, in your own words
        #[arg(long, value_name = "TEXT")]
        because: Note,
        #[command(flatten)]
        said: SaidBy,
    },
    /// Take back something that was said; it stays on record
    Undo {
        /// Which, as E-3
        #[arg(value_name = "EVENT")]
        event: EventId,
        #[command(flatten)]
        said: SaidBy,
    },
    /// Add a remark
    Comment {
        #[command(flatten)]
        task: TaskArgument,
        /// The remark
        #[arg(value_name = "TEXT")]
        text: Note,
        #[command(flatten)]
        said: SaidBy,
    },
    /// Attach a file: a letter, a photo, a note
    Attach {
        #[command(flatten)]
        task: TaskArgument,
        /// The file: PDF, picture, text or Office without macros, 10 MB at most
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        said: SaidBy,
    },
    /// Save a file that was attached
    File {
        /// Which, as E-3
        #[arg(value_name = "EVENT")]
        event: EventId,
        /// Where to: a new file [default: as it is called, here]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        store: StoreArgument,
    },
    /// The letter to the device's maker: print it, or say that it went out or was answered
    Letter(LetterCommand),
    /// The whole worklist for other programs
    Export {
        /// In which format
        #[arg(long, value_enum, default_value_t = WorkFormat::Csv)]
        format: WorkFormat,
        #[command(flatten)]
        at: WorkArguments,
    },
}

/// Which task.
#[derive(Debug, Args)]
pub(crate) struct TaskArgument {
    /// The task: its id (W-1a2b3c4d5e6f) or the start of one
    #[arg(value_name = "TASK")]
    pub(crate) task: String,
}

/// What a worklist is made from.
#[derive(Clone, Debug, Args)]
pub(crate) struct WorkArguments {
    #[command(flatten)]
    pub(crate) store: StoreArgument,
    /// Days by decision, in place of the defaults (docs/work.md) [default: work.toml in your data folder, when it is there]
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Minutes and people of changes in this hospital, in place of the defaults (docs/planning.md)
    #[arg(long, value_name = "FILE")]
    pub(crate) efforts: Option<PathBuf>,
    /// Judge dates at this day or moment: 2026-11-24 [default: now]
    #[arg(long, value_name = "MOMENT")]
    pub(crate) as_of: Option<Timestamp>,
}

/// Who speaks.
#[derive(Debug, Args)]
pub(crate) struct SaidBy {
    /// Who says so: your name, kept as you type it
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Person,
    #[command(flatten)]
    pub(crate) from: SaidFrom,
}

/// What somebody looks at who speaks; what is said is said now.
#[derive(Debug, Args)]
pub(crate) struct SaidFrom {
    #[command(flatten)]
    pub(crate) store: StoreArgument,
    /// Days by decision, in place of the defaults (docs/work.md) [default: work.toml in your data folder, when it is there]
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Minutes and people of changes in this hospital, in place of the defaults (docs/planning.md)
    #[arg(long, value_name = "FILE")]
    pub(crate) efforts: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ListWork {
    /// Only the work of this team, all of it
    #[arg(long, value_name = "ROLE", value_parser = role)]
    pub(crate) role: Option<Role>,
    /// Everything, also what is verified and what counts no longer
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) at: WorkArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ExceptTask {
    #[command(flatten)]
    pub(crate) task: TaskArgument,
    /// When it ends by itself, as 2027-01-31
    #[arg(long, value_name = "DAY", value_parser = until)]
    pub(crate) until: Timestamp,
    /// Why it is not settled, in your own words
    #[arg(long, value_name = "TEXT")]
    pub(crate) because: Note,
    /// What keeps the risk small meanwhile
    #[arg(long, value_name = "TEXT")]
    pub(crate) control: Note,
    /// Who answers for the risk [default: who says so]
    #[arg(long, value_name = "NAME")]
    pub(crate) owner: Option<Person>,
    #[command(flatten)]
    pub(crate) said: SaidBy,
}

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    arg_required_else_help = true
)]
pub(crate) struct LetterCommand {
    #[command(subcommand)]
    pub(crate) say: Option<LetterWords>,
    /// The task that waits for the maker: its id or the start of one
    #[arg(value_name = "TASK", required = true)]
    pub(crate) task: Option<String>,
    #[command(flatten)]
    pub(crate) at: WorkArguments,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LetterWords {
    /// Say that the letter went out; this starts the clock on its answer
    Sent {
        #[command(flatten)]
        task: TaskArgument,
        /// The day, as 2026-11-24
        #[arg(long, value_name = "DAY")]
        on: Timestamp,
        #[command(flatten)]
        said: SaidBy,
    },
    /// Say that the maker answered
    Answered {
        #[command(flatten)]
        task: TaskArgument,
        /// The day, as 2026-11-24
        #[arg(long, value_name = "DAY")]
        on: Timestamp,
        /// The document that says so: its name, number and date
        #[arg(long, value_name = "TEXT")]
        document: Note,
        #[command(flatten)]
        said: SaidBy,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum WorkFormat {
    /// One row a finding, for spreadsheets (docs/work.md)
    Csv,
    /// The same as an Excel file
    Xlsx,
    /// Everything (docs/json.md)
    Json,
}
