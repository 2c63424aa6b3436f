//! Words of `wardround report`: the board's page, the work sheets, the report of a round, and whether a file is unchanged.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use wardround_model::{Role, RoundId};

use super::answer::role;
use super::work::WorkArguments;

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ReportCommand {
    #[command(subcommand)]
    pub(crate) what: ReportWords,
}

const EXAMPLES: &str = "\
Examples:
  wardround report board --hospital \"St. Bride's\" --output board.pdf     one page for the board
  wardround report work --team biomedical --output sheets.pdf            sheets to take along
  wardround report round --format html --output round.html               everything a round saw
  wardround report verify board.pdf                                      is it unchanged, and is it still so?";

#[derive(Debug, Subcommand)]
pub(crate) enum ReportWords {
    /// One page for the board: how it stands, what threatens patients, the decision asked for
    Board(TellReport),
    /// Work sheets for technicians: steps, checks, way back, room to sign
    Work {
        /// Only the sheets of this team
        #[arg(long, value_name = "ROLE", value_parser = role)]
        team: Option<Role>,
        #[command(flatten)]
        tell: TellReport,
    },
    /// The report of a round: what was seen and what was not, and everything that was found
    Round(TellReport),
    /// Whether a report is unchanged, who signed it, and whether the store still says so
    Verify(VerifyReport),
}

#[derive(Debug, Args)]
pub(crate) struct TellReport {
    /// In which format
    #[arg(long, value_enum, default_value_t = ReportFormat::Pdf)]
    pub(crate) format: ReportFormat,
    /// The size of a PDF's pages
    #[arg(long, value_enum, default_value_t = PaperSize::A4)]
    pub(crate) paper: PaperSize,
    /// Write it here [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The hospital, as it names itself on its reports [default: as the site's settings say]
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    pub(crate) hospital: String,
    /// Which round, as R-3 [default: the latest]
    #[arg(long, value_name = "ROUND")]
    pub(crate) round: Option<RoundId>,
    /// The folder of the site's keys, to sign with [default: keys, beside the store]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) keys: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) at: WorkArguments,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyReport {
    /// The report
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The key that checks signatures: report.pub of the site [default: keys/report.pub, beside the store]
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// Look at the file alone, and do not ask the store
    #[arg(long)]
    pub(crate) alone: bool,
    #[command(flatten)]
    pub(crate) at: WorkArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For printing and for screen readers (PDF/UA)
    Pdf,
    /// One page for a browser
    Html,
    /// One sheet of an Excel file
    Xlsx,
    /// For spreadsheets
    Csv,
    /// For programs (docs/reports.md)
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PaperSize {
    /// 210 by 297 mm
    A4,
    /// 8.5 by 11 inches
    Letter,
}
