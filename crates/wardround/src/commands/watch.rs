//! `wardround watch`: a round over what network interfaces show, and flow records that routers and switches send. Each is read by a
//! process of its own without rights (`wardround_live`), which is this program again.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsFd as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use wardround_capture::{Captured, Prefix};
use wardround_live::{
    Asked, DatagramSocket, Event, Interface, Orders, PacketSocket, ReaderCommand, Socket, Told, keep_little,
    read_flows, read_frames, read_vitals, watch,
};
use wardround_round::{Settings, run_over};

use crate::arguments::watch::{ReadFlows, ReadFrames, ReadVitals, WatchCommand};
use crate::commands::{doctor, now, round};

/// The most interfaces of one watch: each takes a process and its memory.
const MOST: usize = 16;

/// The reader itself: standard input is the socket, standard output the pipe.
pub(crate) fn read(arguments: &ReadFrames) -> Result<()> {
    if arguments.check {
        return doctor::tell_walls();
    }
    let socket = io::stdin().as_fd().try_clone_to_owned()?;
    let parent = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let ReadFrames { frames, bytes, memory, exclude, .. } = arguments;
    let orders = Orders { excluded: exclude, memory: *memory, told: (*frames, *bytes) };
    Ok(read_frames(&socket, &parent, &orders)?)
}

/// The same for flow records.
pub(crate) fn read_flow_records(arguments: &ReadFlows) -> Result<()> {
    let ReadFlows { frames, bytes, memory, exclude, from } = arguments;
    let socket = UdpSocket::from(io::stdin().as_fd().try_clone_to_owned()?);
    let parent = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let orders = Orders { excluded: exclude, memory: *memory, told: (*frames, *bytes) };
    Ok(read_flows(&socket, &parent, &orders, from)?)
}

/// The same for how hosts do while they are asked.
pub(crate) fn read_vitals_of(arguments: &ReadVitals) -> Result<()> {
    let socket = io::stdin().as_fd().try_clone_to_owned()?;
    let parent = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    Ok(read_vitals(&socket, &parent, &arguments.host)?)
}

pub(crate) fn run(command: WatchCommand) -> Result<()> {
    let WatchCommand { interface: names, flows, flows_from, time, judging } = command;
    let interfaces = open(&names, &flows)?;
    // What opening them took is not needed any more, whatever the packets bring.
    keep_little()?;
    let excluded = judging.exclude.clone();
    let (as_of, memory) = (judging.as_of, judging.memory);
    round::run_and_tell(judging, |sources, settings, index| {
        let index = index.open()?;
        let readers = Readers { excluded: excluded.clone(), exporters: flows_from.clone(), memory };
        let captured = seen(&interfaces, &readers, time)?;
        // What was seen meanwhile is not of the future.
        let run_at = now();
        let settings = Settings { run_at, as_of: as_of.map_or(run_at, |it| it.max(run_at)), ..*settings };
        Ok(run_over(captured, sources, &settings, &index))
    })
}

fn open(names: &[String], flows: &[SocketAddr]) -> Result<Vec<Interface>> {
    if names.len().saturating_add(flows.len()) > MOST {
        bail!("no more than {MOST} interfaces and addresses can be watched at once");
    }
    let mut known = BTreeSet::new();
    if let Some(twice) = names.iter().find(|name| !known.insert(*name)) {
        bail!("the interface {twice:?} is named twice; name it once");
    }
    let of_interface = |name: &String| {
        Ok(Interface { socket: Socket::Frames(PacketSocket::open(name)?), name: name.clone() })
    };
    names.iter().map(of_interface).chain(flows.iter().map(|address| open_flows(*address))).collect()
}

pub(crate) fn open_flows(address: SocketAddr) -> Result<Interface> {
    let socket = DatagramSocket::open(address).with_context(|| {
        format!(
            "cannot listen at {address}: it must be an address of this computer, with a port that is free"
        )
    })?;
    let name = socket.address()?.to_string();
    Ok(Interface { socket: Socket::Flows(socket), name })
}

/// How a reader is run: this program again.
pub(crate) fn reader(excluded: Vec<Prefix>) -> Result<ReaderCommand> {
    let program = std::env::current_exe()?;
    Ok(Arc::new(move |told: Told| Ok(reading(&program, "read-frames", told, &excluded))))
}

/// How a reader of flow records is run, which takes those of these exporters alone, if there are any.
pub(crate) fn flow_reader(excluded: Vec<Prefix>, exporters: Vec<Prefix>) -> Result<ReaderCommand> {
    let program = std::env::current_exe()?;
    Ok(Arc::new(move |told: Told| {
        let mut command = reading(&program, "read-flows", told, &excluded);
        command.args(exporters.iter().map(|network| format!("--from={network}")));
        Ok(command)
    }))
}

fn reading(program: &Path, what: &str, told: Told, excluded: &[Prefix]) -> Command {
    let mut command = Command::new(program);
    command.arg(what);
    command.args([format!("--frames={}", told.frames), format!("--bytes={}", told.bytes)]);
    command.args(excluded.iter().map(|network| format!("--exclude={network}")));
    command
}

/// What readers leave out, and from whom they take flow records.
struct Readers {
    excluded: Vec<Prefix>,
    exporters: Vec<Prefix>,
    /// For what each follows.
    memory: Option<usize>,
}

impl Readers {
    /// How the reader of an interface is run.
    fn command(&self, interface: &Interface, told: Told) -> Result<Command> {
        let excluded = self.excluded.clone();
        let mut command = match interface.socket {
            Socket::Frames(_) => reader(excluded)?(told)?,
            Socket::Flows(_) => flow_reader(excluded, self.exporters.clone())?(told)?,
        };
        command.args(self.memory.iter().map(|bytes| format!("--memory={bytes}")));
        Ok(command)
    }
}

/// Watches, and says on standard error how that goes.
fn seen(interfaces: &[Interface], readers: &Readers, time: Option<Duration>) -> Result<Captured> {
    let names: Vec<_> = interfaces.iter().map(|it| it.name.as_str()).collect();
    let names = names.join(", ");
    let stop = asked_to_stop(time)?;
    let reader = |interface: &Interface, told| readers.command(interface, told).map_err(io::Error::other);
    let captured = watch(interfaces, &reader, &stop, &|event| match event {
        Event::Heard(..) => {}
        Event::Watching => eprintln!("wardround: watching {names}; Ctrl-C ends it and runs the round"),
        Event::StartedAgain(name, why) => {
            eprintln!("wardround: the reader of {name} stopped ({why}); it is started again");
        }
        Event::GivenUp(name, why) => {
            eprintln!(
                "wardround: the reader of {name} stopped too often ({why}); {name} is not watched any more"
            );
        }
    })?;
    if captured.coverage.packets() == 0 && interfaces.iter().all(|it| matches!(it.socket, Socket::Flows(_))) {
        bail!(
            "no flow record came to {names}, so that there is no round; look whether the router or switch sends to this address and \
             port, and whether a firewall here lets it in"
        );
    }
    if captured.coverage.packets() == 0 {
        bail!(
            "no packet was read from {names}, so that there is no round; look at the cable, and at the mirror port of the switch \
             (`ip -s link show` counts what comes)"
        );
    }
    Ok(captured)
}

/// Says so when the time is over, or when somebody asks to stop (Ctrl-C, SIGTERM).
fn asked_to_stop(time: Option<Duration>) -> Result<Receiver<Asked>> {
    use tokio::signal::unix::{SignalKind, signal};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let guard = runtime.enter();
    let (mut end, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    drop(guard);
    let (tell, asked) = channel();
    thread::spawn(move || {
        let either = std::future::poll_fn(|context| match end.poll_recv(context) {
            std::task::Poll::Ready(_) => std::task::Poll::Ready(()),
            std::task::Poll::Pending => interrupt.poll_recv(context).map(|_| ()),
        });
        runtime.block_on(async {
            match time {
                // Over, or asked to: both end the watch.
                Some(time) => drop(tokio::time::timeout(time, either).await),
                None => either.await,
            }
        });
        // Nobody listens any more where the watch ended by itself.
        let _ = tell.send(Asked::Stop);
    });
    Ok(asked)
}
