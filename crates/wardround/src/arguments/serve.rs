//! `wardround serve` and `wardround audit`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use wardround_capture::Prefix;
use wardround_remedy::EventId;
use wardround_web::SiteRole;

use super::StoreArgument;

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ServeCommand {
    #[command(flatten)]
    pub(crate) store: StoreArgument,
    /// The address to listen at; this computer alone until you say otherwise
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8443")]
    pub(crate) listen: SocketAddr,
    /// A further name of this computer, for the site's own certificate; may be said several times
    #[arg(long = "name", value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// Use this certificate (PEM) [default: one that the site makes for itself]
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) certificate: Option<PathBuf>,
    /// The key of the certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "certificate")]
    pub(crate) key: Option<PathBuf>,
    /// Serve without TLS, to this computer alone: behind a proxy that has it
    #[arg(long, conflicts_with_all = ["certificate", "key"])]
    pub(crate) without_tls: bool,
    /// The folder of the site's keys; keep it apart from backups of the store [default: keys beside the store]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) keys: Option<PathBuf>,
    /// Let scheduled rounds read the lists and captures in this folder
    #[arg(long, value_name = "FOLDER")]
    pub(crate) watch: Option<PathBuf>,
    /// Listen at this network interface, beside those chosen on the page; may be said several times
    #[arg(long, value_name = "NAME")]
    pub(crate) interface: Vec<String>,
    /// Listen at this address of this computer for flow records that routers and switches send (NetFlow 5 and 9, IPFIX, sFlow), such
    /// as 10.20.9.5:2055; may be said several times
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) flows: Vec<SocketAddr>,
    /// Take flow records from this network only, such as 10.20.9.0/24; may be said several times
    #[arg(long, value_name = "NETWORK", requires = "flows")]
    pub(crate) flows_from: Vec<Prefix>,
    /// By when work is due [default: work.toml in your data folder, when it is there]
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) judging: Judging,
}

/// How rounds of the site are judged.
#[derive(Debug, Args)]
pub(crate) struct Judging {
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
}

const EXAMPLES: &str = "\
Examples:
  wardround serve                                       for a browser on this computer
  wardround serve --listen 0.0.0.0:8443 --name ward-srv for the hospital's network
  wardround serve --listen 0.0.0.0:443 --certificate site.pem --key site.key";

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// What people asked of the site, the latest last
    List {
        #[command(flatten)]
        store: StoreArgument,
        /// How many of the last entries
        #[arg(long, value_name = "N", default_value_t = 50)]
        last: u32,
    },
    /// Check that nothing was changed, taken out or put in
    Verify {
        #[command(flatten)]
        store: StoreArgument,
        /// The public key of the site [default: keys/audit.pub beside the store]
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
}

/// Invites somebody to the site, for who can run programs on its computer.
#[derive(Debug, Args)]
pub(crate) struct InviteCommand {
    #[command(flatten)]
    pub(crate) store: StoreArgument,
    /// What they may do: administrator, security, biomedical, network, compliance or board
    #[arg(long, value_name = "ROLE", value_parser = role)]
    pub(crate) role: SiteRole,
}

/// Makes the account for emergencies anew.
#[derive(Debug, Args)]
#[command(after_help = BREAK_GLASS)]
pub(crate) struct BreakGlassCommand {
    #[command(flatten)]
    pub(crate) store: StoreArgument,
    /// The folder of the site's keys [default: keys beside the store]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) keys: Option<PathBuf>,
}

const BREAK_GLASS: &str = "\
Print the code, seal it in an envelope, and keep it where two people know of it. It opens the site once, for four
hours, also when the disk is full. Everybody sees that it was opened, until you run this again.";

/// Takes a value out of everything that the store keeps.
#[derive(Debug, Args)]
#[command(after_help = REDACT)]
pub(crate) struct RedactCommand {
    /// What must go: a name, an account, words of a note; - reads it from standard input, so that no shell keeps it
    #[arg(value_name = "VALUE", required_unless_present = "file")]
    pub(crate) value: Option<String>,
    /// The whole content of a file that was attached to a task, as E-3
    #[arg(long, value_name = "EVENT", conflicts_with_all = ["value", "dry_run"])]
    pub(crate) file: Option<EventId>,
    #[command(flatten)]
    pub(crate) store: StoreArgument,
    /// The folder of the site's keys [default: keys beside the store]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) keys: Option<PathBuf>,
    /// Say where it stands, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

const REDACT: &str = "\
It cannot be undone. Stop the site first. Backups and reports that were made before are not touched.

Examples:
  wardround redact MARYS-IPHONE --dry-run   where it stands
  wardround redact -                        type it, so that it does not stay in the history of the shell
  wardround redact --file E-3               a photo or a PDF, in which no value can be looked for";

/// An auditor's account must have an end, which only the site asks for.
fn role(text: &str) -> Result<SiteRole, String> {
    let role = SiteRole::from_code(text).filter(|role| *role != SiteRole::Auditor);
    role.ok_or_else(|| "choose administrator, security, biomedical, network, compliance or board".to_owned())
}
