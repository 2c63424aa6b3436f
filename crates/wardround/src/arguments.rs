//! What can be said on the command line. Not here: what is done with it (`commands`).

pub(crate) mod answer;
pub(crate) mod ask;
pub(crate) mod backup;
pub(crate) mod check;
pub(crate) mod import;
mod intel;
pub(crate) mod memory;
mod path;
mod plan;
pub(crate) mod report;
pub(crate) mod serve;
pub(crate) mod watch;
pub(crate) mod work;

pub(crate) use intel::{BundleIntel, ImportIntel, IntelCommand, UpdateIntel};

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use wardround_capture::Prefix;
use wardround_model::{RoundId, Timestamp};

pub(crate) use path::PathCommand;
pub(crate) use plan::{PlanCommand, Question};

/// The regular security round for hospitals and clinics.
///
/// Give it lists that every hospital has, or a packet capture from a mirror port; it says what there is, what is weak, and
/// what to do first.
#[derive(Debug, Parser)]
#[command(name = "wardround", version, after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  wardround import computers.csv leases.txt         keep lists: directory, leases, software, inventory ...
  wardround check sbom.json                         what is published of a product, before you buy it
  wardround round                                   what the kept lists show, and what to do first
  wardround round mirror.pcapng                     read a capture beside them
  wardround round a.pcap b.pcap.gz --html r.html    read several, write a page that prints well
  tcpdump -w - -i eth1 | wardround round -          read from another program
  wardround watch --interface eth1 --for 15m        watch a mirror port for a while, then the same
  wardround asset list                              who is on the network
  wardround work                                    who does what by when, and what is verified
  wardround report board --output board.pdf         one page for the board
  wardround serve                                   the same in a browser, for several people
  wardround why F-1a2b3c4d5e6f                      why do you say so?

Exit codes:
  0  done
  1  it could not be done; standard error says why and what next
  2  the words of the command are wrong
  3  there is no such round, asset, finding, task or observation";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Keep a list for the next rounds: directory, software, leases, inventory, scanner result ...
    Import(Box<import::ImportCommand>),
    /// Look a list of software up, and keep nothing: before you buy or install
    Check(Box<check::CheckCommand>),
    /// Run a round over kept lists and captures; or list, show and compare rounds
    Round(Box<RoundCommand>),
    /// Run a round over what network interfaces show from now on, or flow records of routers and switches
    Watch(Box<watch::WatchCommand>),
    /// Look whether live watching works on this computer, and what protects it
    Doctor(StoreArgument),
    /// The reader of `watch`, which starts it itself
    #[command(hide = true)]
    ReadFrames(watch::ReadFrames),
    /// The reader of `watch` for flow records, which starts it itself
    #[command(hide = true)]
    ReadFlows(watch::ReadFlows),
    /// The reader of `ask run`, which starts it itself
    #[command(hide = true)]
    ReadVitals(watch::ReadVitals),
    /// Who is on the network
    #[command(subcommand)]
    Asset(AssetCommand),
    /// What is weak
    #[command(subcommand)]
    Finding(FindingCommand),
    /// Questions that nobody has answered yet
    #[command(subcommand)]
    Question(answer::QuestionCommand),
    /// Say what you know of a device; or list and take back what was said
    Answer(Box<answer::AnswerCommand>),
    /// What the hospital itself found of weaknesses, for others (OpenVEX)
    #[command(subcommand)]
    Vex(answer::VexCommand),
    /// What to do with the hours at hand
    Plan(Box<PlanCommand>),
    /// The worklist: who does what by when, what is verified, letters to makers, exceptions
    Work(Box<work::WorkCommand>),
    /// Reports: the board's page, work sheets, a round; as PDF, HTML, XLSX, CSV or JSON
    Report(Box<report::ReportCommand>),
    /// Ask hosts that may be asked: scope, plan, check, run, stop, log
    #[command(subcommand)]
    Ask(ask::AskCommand),
    /// Ways of an attacker to what patients depend on
    Path(Box<PathCommand>),
    /// Walk from any statement down to its evidence
    Why(Why),
    /// What is known of vulnerabilities
    #[command(subcommand)]
    Intel(IntelCommand),
    /// Serve the site, for browsers
    Serve(Box<serve::ServeCommand>),
    /// Invite somebody to the site: also where no administrator can sign in any more
    Invite(serve::InviteCommand),
    /// Make the account for emergencies: a code for a sealed envelope
    BreakGlass(serve::BreakGlassCommand),
    /// What people asked of the site
    #[command(subcommand)]
    Audit(serve::AuditCommand),
    /// Take a value that should not be there, such as a name, out of everything that is kept
    Redact(serve::RedactCommand),
    /// Keep all that must not be lost in one encrypted file
    Backup(backup::BackupCommand),
    /// Put a backup back
    Restore(backup::RestoreCommand),
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// Where rounds are kept.
#[derive(Clone, Debug, Args)]
pub(crate) struct StoreArgument {
    /// Where rounds are kept [default: wardround/rounds.sqlite in your data folder]
    #[arg(long, value_name = "FILE")]
    pub(crate) store: Option<PathBuf>,
}

impl StoreArgument {
    /// What to add to a command that is printed for the next step, so that it finds the same store.
    pub(crate) fn again(&self) -> String {
        self.store.as_ref().map_or_else(String::new, |file| format!(" --store {}", file.display()))
    }
}

/// Which round is looked at.
#[derive(Debug, Args)]
pub(crate) struct Look {
    #[command(flatten)]
    pub(crate) store: StoreArgument,
    /// Which round, as R-3 [default: the latest]
    #[arg(long, value_name = "ROUND")]
    pub(crate) round: Option<RoundId>,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct RoundCommand {
    #[command(subcommand)]
    pub(crate) past: Option<PastRounds>,
    #[command(flatten)]
    pub(crate) run: RunRound,
}

#[derive(Debug, Args)]
pub(crate) struct RunRound {
    /// Captures: pcap or pcapng, plain, gzip or zstd; `-` is standard input [default: none, the kept lists alone]
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) judging: Judging,
}

/// How a round is judged, kept and told.
#[derive(Debug, Args)]
pub(crate) struct Judging {
    /// Leave the kept lists out
    #[arg(long)]
    pub(crate) no_imports: bool,
    #[command(flatten)]
    pub(crate) store: StoreArgument,
    #[command(flatten)]
    pub(crate) output: Output,
    /// Judge expiry and age at this moment, not before the capture: 2026-11-24 or 2026-11-24T08:00:00Z [default: now]
    #[arg(long, value_name = "MOMENT")]
    pub(crate) as_of: Option<Timestamp>,
    /// Use this intelligence index [default: the one in your data folder, else the one built in]
    #[arg(long, value_name = "FILE")]
    pub(crate) intel: Option<PathBuf>,
    /// Decide by this table: cisa, deployer, or a file (docs/planning.md)
    #[arg(long, value_name = "TABLE", default_value = "cisa")]
    pub(crate) ssvc: String,
    /// The hospital's own names of products [default: aliases.tsv in your data folder, when it is there]
    #[arg(long, value_name = "FILE")]
    pub(crate) aliases: Option<PathBuf>,
    /// The hospital's own fingerprints of banners, in the form of recog; may be said several times [default: fingerprints/*.xml in your data
    /// folder, when they are there]
    #[arg(long, value_name = "FILE")]
    pub(crate) fingerprints: Vec<PathBuf>,
    /// Leave out packets from and to this network, such as 10.99.0.0/16: of guests, of staff; may be said several times
    #[arg(long, value_name = "NETWORK")]
    pub(crate) exclude: Vec<Prefix>,
    /// Processor cores to use; the result is the same with any number [default: all]
    #[arg(long, value_name = "N")]
    pub(crate) workers: Option<NonZeroUsize>,
    /// Memory that a round may take, such as 1GiB or 128MiB; with less, more connections and facts are given up and counted
    /// [default: 512MiB, a million connections at once]
    #[arg(long, value_name = "SIZE", value_parser = memory::size)]
    pub(crate) memory: Option<usize>,
}

/// In which form a round is told.
#[derive(Debug, Args)]
pub(crate) struct Output {
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Write the same as one self-contained page that prints well
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A page for people
    Text,
    /// Everything, for programs (docs/json.md)
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PastRounds {
    /// Rounds in the store
    List(StoreArgument),
    /// Tell a round again
    Show {
        /// Which, as R-3 [default: the latest]
        #[arg(value_name = "ROUND")]
        round: Option<RoundId>,
        #[command(flatten)]
        store: StoreArgument,
        #[command(flatten)]
        output: Output,
    },
    /// Compare two rounds: new, fixed, not seen again
    Diff {
        /// The earlier round, as R-1
        before: RoundId,
        /// The later round, as R-2
        after: RoundId,
        #[command(flatten)]
        store: StoreArgument,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AssetCommand {
    /// All devices and systems of a round
    List(Look),
    /// One device: who it is and why we say so, what it offers, what is weak
    Show {
        /// Its id, the start of one, an address or a card address
        #[arg(value_name = "ASSET")]
        asset: String,
        #[command(flatten)]
        look: Look,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum FindingCommand {
    /// All weaknesses of a round, the most urgent first
    List(Look),
    /// One weakness: what it is, how sure and why, what to do
    Show {
        /// Its id or the start of one
        #[arg(value_name = "FINDING")]
        finding: String,
        #[command(flatten)]
        look: Look,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Why {
    /// A finding (F-), asset (A-), observation (O-), conversation (C-) or statement (S-), or the start of its id; or an address
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) look: Look,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_file_and_a_past_round_are_told_apart() {
        let parse = |words: &[&str]| Arguments::try_parse_from(words);
        assert!(parse(&["wardround", "round", "a.pcap", "-"]).is_ok());
        assert!(parse(&["wardround", "round", "diff", "R-1", "R-2"]).is_ok());
        assert!(parse(&["wardround", "round", "list"]).is_ok());
        assert!(parse(&["wardround", "round"]).is_ok());
    }
}
