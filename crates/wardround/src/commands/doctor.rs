//! `wardround doctor`: what works and what protects on this computer, found by trying it, in plain words.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use wardround_live::{Confined, Files, OpenError, PacketSocket, confine_reader};

use crate::arguments::StoreArgument;
use crate::commands::print;
use crate::places;

/// What was found.
struct Found {
    /// Where rounds are kept, and whether that is there.
    store: (String, bool),
    /// What a reader could give up, or why it could not.
    walls: Result<Walls, String>,
    /// Interfaces, each with why it cannot be watched, if it cannot.
    interfaces: Vec<(String, Option<OpenError>)>,
}

/// What holds of a reader, as its process tells.
#[derive(Clone, Copy)]
struct Walls {
    files: Files,
    left_root: bool,
}

pub(crate) fn run(argument: StoreArgument) -> Result<()> {
    let store = places::store(argument.store)?;
    let found = Found {
        store: (store.display().to_string(), store.exists()),
        walls: walls().map_err(|error| error.to_string()),
        interfaces: interfaces()?,
    };
    print(&found.page())?;
    if found.first_to_watch().is_none() {
        bail!("live watching does not work here yet; the page above says what to do");
    }
    Ok(())
}

/// In the process of a reader: gives up all rights, and tells how far.
pub(crate) fn tell_walls() -> Result<()> {
    let Confined { files, left_root } = confine_reader()?;
    print(&format!("{} {left_root}", word(files)))
}

const FILES: &[Files] = &[Files::Closed, Files::ClosedInPart, Files::ByCallsAlone];

fn word(files: Files) -> &'static str {
    match files {
        Files::Closed => "closed",
        Files::ClosedInPart => "closed-in-part",
        Files::ByCallsAlone => "by-calls-alone",
    }
}

/// Starts a reader that gives up its rights and reads nothing.
fn walls() -> Result<Walls> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["read-frames", "--check"]).env_clear().stdin(Stdio::null());
    let output = command.output().context("a reader could not be started")?;
    let said = String::from_utf8_lossy(&output.stdout);
    let told = said.split_once(' ').filter(|_| output.status.success());
    let walls = told.and_then(|(files, left_root)| {
        let files = FILES.iter().find(|it| word(**it) == files)?;
        Some(Walls { files: *files, left_root: left_root.parse().ok()? })
    });
    let why = String::from_utf8_lossy(&output.stderr);
    walls.with_context(|| why.trim().trim_start_matches("wardround: ").to_owned())
}

/// The interfaces of this computer, each opened for a moment.
fn interfaces() -> Result<Vec<(String, Option<OpenError>)>> {
    let table = Path::new("/proc/net/dev");
    let table = std::fs::read_to_string(table).context("the list of network interfaces cannot be read")?;
    // Two lines of headings; then each name before a colon.
    let names = table.lines().skip(2).filter_map(|line| line.split_once(':')).map(|(name, _)| name.trim());
    Ok(names.map(|name| (name.to_owned(), PacketSocket::open(name).err())).collect())
}

impl Found {
    /// The first interface that can be watched, if readers can; one to other computers before the one to itself.
    fn first_to_watch(&self) -> Option<&str> {
        let mut names =
            self.interfaces.iter().filter(|(_, why)| why.is_none()).map(|(name, _)| name.as_str());
        let first = names.clone().find(|name| *name != "lo").or_else(|| names.next());
        first.filter(|_| self.walls.is_ok())
    }

    fn page(&self) -> String {
        let mut page = format!("Wardround {} on this computer\n", env!("CARGO_PKG_VERSION"));
        let (store, is_there) = &self.store;
        let there = if *is_there { "" } else { " (the first round makes it)" };
        // Writing to a string cannot fail.
        let _ = writeln!(page, "\nRounds are kept in\n  {store}{there}");
        page += "\nWhat guards the part that reads packets\n";
        page += &self.guards();
        page += "\nNetwork interfaces\n";
        for (name, why) in &self.interfaces {
            let _ = writeln!(page, "  {name:15}  {}", of_interface(why.as_ref()));
        }
        if self.interfaces.is_empty() {
            page += "  none\n";
        }
        page += "\nWhat to do next\n";
        page += &self.next();
        page
    }

    fn guards(&self) -> String {
        let walls = match &self.walls {
            Ok(walls) => walls,
            Err(why) => {
                return format!("  It could not give up its rights, so it will read nothing.\n  {why}\n");
            }
        };
        let files = match walls.files {
            Files::Closed => "It can open no file and reach no network (Landlock).",
            Files::ClosedInPart => {
                "It can open no file. Your Linux is old, so Landlock shuts only a part; the list of calls shuts the rest."
            }
            Files::ByCallsAlone => {
                "Your Linux has no Landlock. Only the list of calls shuts files and the network."
            }
        };
        let user = if walls.left_root {
            "It runs as nobody, and has no rights of root."
        } else {
            "It runs as you, and has no rights beyond that."
        };
        format!("  {files}\n  It can make only a few calls to Linux (seccomp).\n  {user}\n")
    }

    fn next(&self) -> String {
        if let Some(name) = self.first_to_watch() {
            return format!(
                "  Find the interface that the mirror port of your switch goes to. Then watch it:\n    \
                 wardround watch --interface {name} --for 15m\n"
            );
        }
        if self.walls.is_err() {
            return "  Run it as root, or on a newer Linux. Until then record with another tool, and read the file:\n    \
                    wardround round FILE\n"
                .to_owned();
        }
        let no_right = |(_, why): &(String, Option<OpenError>)| matches!(why, Some(OpenError::NoRight));
        if self.interfaces.iter().any(no_right) {
            return "  Run it as root (sudo), or give the program the right to read packets once:\n    \
                    sudo setcap cap_net_raw,cap_net_admin+ep \"$(command -v wardround)\"\n"
                .to_owned();
        }
        "  Plug in a cable, or switch an interface on:\n    sudo ip link set NAME up\n".to_owned()
    }
}

fn of_interface(why: Option<&OpenError>) -> String {
    match why {
        None => "can be watched".to_owned(),
        Some(OpenError::NoRight) => "cannot be watched: you lack the right to".to_owned(),
        Some(OpenError::NoInterface(_)) => "went away just now".to_owned(),
        Some(OpenError::Down(_)) => "cannot be watched: it is switched off".to_owned(),
        Some(OpenError::NotEthernet(..)) => "cannot be watched: it is not of Ethernet".to_owned(),
        Some(OpenError::Refused(_, cause)) => format!("cannot be watched: {cause}"),
    }
}

#[cfg(test)]
#[path = "doctor/tests.rs"]
mod tests;
