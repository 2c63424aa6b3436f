//! Words of `wardround ask`.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::num::NonZeroU64;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use wardround_ask::directory::NamedDirectory;
use wardround_ask::fhir::FhirServer;
use wardround_ask::reading::{Login, NamedRead};
use wardround_ask::{Discovery, Net};
use wardround_model::Timestamp;

use super::{Format, StoreArgument};

#[derive(Debug, Subcommand)]
pub(crate) enum AskCommand {
    /// Set which networks may be asked, who answers for them, and when; without words, show it
    Scope(ScopeAsk),
    /// Name a model of imaging device or building controller with the one question that it may be asked; without words, show them
    Name(NameAsk),
    /// Plan: every question to come, with its reason and packets; nothing is sent
    Plan(PlanAsk),
    /// Hold the plan against the safety envelope, and approve it; nothing is sent
    Check(CheckAsk),
    /// Ask what was planned, checked and approved
    Run(RunAsk),
    /// Stop at once, and stay stopped until `resume`
    Stop(StoreArgument),
    /// Allow new plans again after a stop, distress or a run that was killed
    Resume(ResumeAsk),
    /// What the newest round saw of hosts in the ten minutes after they were asked; nothing is sent
    After(StoreArgument),
    /// Print the line for authorized_keys that lets a key read a server and do nothing else, or how to let a directory be read
    Permit(PermitAsk),
    /// What was sent, and what came of it
    Log(LogAsk),
}

#[derive(Debug, Args)]
pub(crate) struct ScopeAsk {
    /// A private IPv4 network that may be asked, such as 10.20.1.0/24; may be said several times
    #[arg(long, value_name = "NETWORK", requires_all = ["owner", "phone"])]
    pub(crate) network: Vec<Net>,
    /// One of these networks in which all devices may be asked at once (mDNS, SSDP, WS-Discovery). This reaches every device
    /// there, also medical and unknown ones; it is off where it is not said; may be said several times
    #[arg(long, value_name = "NETWORK", requires = "network")]
    pub(crate) multicast: Vec<Net>,
    /// Who answers for these networks
    #[arg(long, value_name = "WHO", requires_all = ["network", "when"])]
    pub(crate) owner: Option<String>,
    /// How to reach the owner while asking goes on
    #[arg(long, value_name = "PHONE", requires = "network")]
    pub(crate) phone: Option<String>,
    /// From when, as 2026-11-28T02:00:00+01:00
    #[arg(long, value_name = "MOMENT", requires_all = ["network", "until"], group = "when")]
    pub(crate) from: Option<Timestamp>,
    /// Until when; at most 12 hours later
    #[arg(long, value_name = "MOMENT", requires_all = ["network", "from"])]
    pub(crate) until: Option<Timestamp>,
    /// Each week instead, in these hours by the clock: 12:00-13:30
    #[arg(long, value_name = "FROM-UNTIL", requires_all = ["network", "days", "zone"], group = "when", conflicts_with = "from")]
    pub(crate) hours: Option<String>,
    /// On these days: tuesday,thursday
    #[arg(long, value_name = "DAY", value_delimiter = ',', requires = "hours")]
    pub(crate) days: Vec<String>,
    /// In this time zone, such as Europe/Berlin
    #[arg(long, value_name = "ZONE", requires = "hours")]
    pub(crate) zone: Option<String>,
    #[command(flatten)]
    pub(crate) store: StoreArgument,
}

#[derive(Debug, Args)]
pub(crate) struct NameAsk {
    /// The model, as the newest round tells it
    #[arg(long, value_name = "MODEL", requires_all = ["question", "by", "because"])]
    pub(crate) model: Option<String>,
    /// Its question: dicom-echo, modbus-identity or bacnet-device
    #[arg(long, value_name = "QUESTION", requires = "model")]
    pub(crate) question: Option<String>,
    /// By which title its application is called (DICOM); without it, any
    #[arg(long, value_name = "TITLE", requires = "model")]
    pub(crate) called: Option<String>,
    /// Take it back
    #[arg(long, requires = "model")]
    pub(crate) remove: bool,
    /// Who says so
    #[arg(long, value_name = "NAME", requires = "model")]
    pub(crate) by: Option<String>,
    /// Why this question does no harm to this model: what its maker says, or where it was tried
    #[arg(long, value_name = "TEXT", requires = "model")]
    pub(crate) because: Option<String>,
    #[command(flatten)]
    pub(crate) store: StoreArgument,
}

#[derive(Debug, Args)]
pub(crate) struct PlanAsk {
    /// Ports to ask beside those that were seen, at most ten: 22,443
    #[arg(long, value_name = "PORT", value_delimiter = ',')]
    pub(crate) port: Vec<u16>,
    /// A UDP service to ask that was not seen, such as 10.20.1.9:53 (DNS, NTP on 123, SNMP on 161); may be said several times
    #[arg(long, value_name = "ADDRESS:PORT", value_delimiter = ',')]
    pub(crate) udp: Vec<SocketAddrV4>,
    /// Ask all devices at once what they offer, in networks whose owner switched that on (`ask scope --multicast`): `mdns` unless said,
    /// `ssdp`, `ws-discovery`; again for each
    #[arg(long, value_name = "KIND", num_args = 0..=1, require_equals = true, default_missing_value = "mdns")]
    pub(crate) multicast: Vec<Discovery>,
    /// Ask by SNMP, too; the run is then given the community
    #[arg(long, group = "agents")]
    pub(crate) snmp: bool,
    /// Ask by SNMP 3 with a user instead; the run is then given the user
    #[arg(long, group = "agents")]
    pub(crate) snmp_user: bool,
    /// A switch or router whose tables are read by SNMP: its interfaces, ARP, learned cards and LLDP neighbours; may be said several times
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',', requires = "agents")]
    pub(crate) switch: Vec<Ipv4Addr>,
    /// A server of FHIR, with the path of its base, such as 10.20.1.9:8080/fhir: it is asked for its metadata; may be said several times
    #[arg(long, value_name = "ADDRESS:PORT/PATH", value_delimiter = ',')]
    pub(crate) fhir: Vec<FhirServer>,
    /// A Linux server to read over SSH, by its address; with the fingerprint of its key behind `=` where you know it; may be said several
    /// times. The run is then given the key of its owner
    #[arg(long, value_name = "ADDRESS[:PORT][=SHA256:KEY]")]
    pub(crate) read: Vec<NamedRead>,
    /// The account that reads
    #[arg(long, value_name = "ACCOUNT", default_value_t = Login::default())]
    pub(crate) read_as: Login,
    /// A domain controller of Active Directory to read over LDAP within TLS, by its address; with the SHA-256 fingerprint of its certificate
    /// behind `=`. Without one, the certificate is looked at, and nobody logs in. The run is then given a login
    #[arg(long, value_name = "ADDRESS[:PORT][=FINGERPRINT]")]
    pub(crate) directory: Vec<NamedDirectory>,
    /// Ask only what shows whether work is done that somebody says is done; the rest is told with the cheapest way to see it
    #[arg(long)]
    pub(crate) verify: bool,
    /// Seconds between two connections to one host; never less than 5
    #[arg(long, value_name = "SECONDS")]
    pub(crate) pause: Option<NonZeroU64>,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) store: StoreArgument,
}

#[derive(Debug, Args)]
pub(crate) struct CheckAsk {
    /// Approve the plan by this name; clinical areas need two different people
    #[arg(long, value_name = "NAME")]
    pub(crate) approve: Option<String>,
    #[command(flatten)]
    pub(crate) store: StoreArgument,
}

#[derive(Debug, Args)]
pub(crate) struct RunAsk {
    /// A file with the community for SNMP in its one line, which only you may read (chmod 600); it is kept nowhere
    #[arg(long, value_name = "FILE")]
    pub(crate) snmp_community: Option<PathBuf>,
    /// A file with a user of SNMP 3, which only you may read (chmod 600): lines `user NAME`, `authentication sha-256 PASSPHRASE` and
    /// `privacy aes-128 PASSPHRASE`; it is kept nowhere
    #[arg(long, value_name = "FILE")]
    pub(crate) snmp_user: Option<PathBuf>,
    /// Listen at a network interface, before the first question and until ten minutes after the last one, whether hosts do as before;
    /// may be said several times
    #[arg(long, value_name = "INTERFACE")]
    pub(crate) watch: Vec<String>,
    /// The private key that reads servers, without a passphrase, in a file which only you may read (chmod 600); it is kept nowhere
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// The login that reads a directory, in a file which only you may read (chmod 600): the account in its first line, as
    /// name@klinik.example, and the password in its second; it is kept nowhere
    #[arg(long, value_name = "FILE")]
    pub(crate) login: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) store: StoreArgument,
}

#[derive(Debug, Args)]
pub(crate) struct ResumeAsk {
    /// Who decides it
    #[arg(long, value_name = "NAME")]
    pub(crate) by: String,
    /// What was looked at, and why it may go on
    #[arg(long, value_name = "TEXT")]
    pub(crate) because: String,
    #[command(flatten)]
    pub(crate) store: StoreArgument,
}

#[derive(Debug, Args)]
pub(crate) struct PermitAsk {
    /// The public key, as `ssh-keygen` writes it beside the private one: FILE.pub
    #[arg(value_name = "FILE.pub", required_unless_present = "directory")]
    pub(crate) public: Option<PathBuf>,
    /// Print instead how to make an account that reads a directory (Active Directory), and how its domain controller is known
    #[arg(long, conflicts_with = "public")]
    pub(crate) directory: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LogAsk {
    /// What to print; JSON is one line for each event
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Write what was sent as a capture (pcapng) to this file instead, rebuilt from the log; answers are not in it
    #[arg(long, value_name = "FILE", conflicts_with = "format")]
    pub(crate) pcap: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) store: StoreArgument,
}
