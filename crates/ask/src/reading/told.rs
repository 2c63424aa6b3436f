//! From what [`COMMAND`](super::COMMAND) printed to facts, by the readers of lists: a host that lies is one that lies in a list.

use std::cmp::Ordering;
use std::net::{IpAddr, Ipv4Addr};

use wardround_intake::{About, Request, Thing, import};
use wardround_model::{
    Endpoint, Evidence, Fact, FactKind, Observation, Sighting, SourceIndex, SourceKind, Subject, Timestamp,
    Transport,
};

/// The first line, and the last one: without both it is no whole answer.
const FIRST: &str = "wardround-read 1";
const LAST: &str = ":end";
/// Lines that are read, at most.
const MOST_LINES: usize = 40_000;
/// The longest line.
const LONGEST: usize = 400;
/// UDP ports from here on are those of clients (Linux, `ip_local_port_range`).
const CLIENTS: u16 = 32_768;

/// What a server told of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told<'t> {
    lines: Vec<(&'t str, &'t str)>,
}

/// Whether the beginning of an answer may be one of ours: a greeting of the server may stand before it.
#[must_use]
pub fn may_be_ours(beginning: &[u8]) -> bool {
    const LONGEST_GREETING: usize = 4096;
    beginning.len() < LONGEST_GREETING
        || beginning.windows(FIRST.len()).take(LONGEST_GREETING).any(|it| it == FIRST.as_bytes())
}

/// What its lists gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// Facts, in no order.
    pub observations: Vec<Observation>,
    /// Packages.
    pub packages: u64,
    /// Lines of packages that were not understood.
    pub failed: u64,
    /// The kernel that waits for a restart.
    pub kernel_waiting: Option<String>,
    /// Services that listen.
    pub services: Vec<Endpoint>,
}

impl<'t> Told<'t> {
    /// The answer, if it is a whole one.
    #[must_use]
    pub fn of(text: &'t str) -> Option<Self> {
        let mut lines = text.lines().map(str::trim_end).skip_while(|line| *line != FIRST).skip(1);
        let (mut told, mut section, mut is_whole) = (Vec::new(), "", false);
        for line in lines.by_ref().take(MOST_LINES) {
            match line.strip_prefix(':') {
                Some(_) if line == LAST => {
                    is_whole = true;
                    break;
                }
                Some(name) => section = name,
                None if line.len() <= LONGEST => told.push((section, line)),
                None => {}
            }
        }
        is_whole.then_some(Self { lines: told })
    }

    fn of_section(&self, name: &str) -> impl Iterator<Item = &'t str> + '_ {
        let name = name.to_owned();
        self.lines.iter().filter(move |(section, _)| *section == name).map(|(_, line)| *line)
    }

    fn release(&self) -> Option<&'t str> {
        self.of_section("kernel").next().filter(|release| release.starts_with(|c: char| c.is_ascii_digit()))
    }

    /// What it shows of the host with this address. `record` is its line in the log: the proof.
    #[must_use]
    pub fn read(&self, ip: Ipv4Addr, at: Timestamp, record: u64) -> Read {
        let mut read = Read::default();
        for (kind, section) in
            [(SourceKind::Dpkg, "dpkg"), (SourceKind::Rpm, "rpm"), (SourceKind::Apk, "apk")]
        {
            let packages = self.packages(section);
            if !packages.trim().is_empty() {
                self.list(kind, &packages, ip, at, &mut read);
            }
        }
        if read.observations.is_empty() {
            self.list(SourceKind::Dpkg, "", ip, at, &mut read);
        }
        let first = Sighting { evidence: Evidence { source: SourceIndex(0), record, offset: 0 }, at };
        for seen in &mut read.observations {
            (seen.first, seen.last) = (first, at);
        }
        read.kernel_waiting = self.kernel_waiting();
        read.services = self.services(ip);
        let kernel = read
            .kernel_waiting
            .iter()
            .map(|value| (Subject::Ip(IpAddr::V4(ip)), FactKind::KernelWaiting, value.as_str()));
        let services =
            read.services.iter().map(|at| (Subject::Service(*at), FactKind::ListensOn, at.transport.code()));
        let more = kernel.chain(services).filter_map(|(subject, kind, value)| {
            let fact = Fact::new(kind, value.as_bytes()).ok()?;
            Some(Observation { subject, fact, first, last: at, count: 1 })
        });
        let more: Vec<Observation> = more.collect();
        read.observations.extend(more);
        read
    }

    /// Lines of packages as the reader of their kind takes them: of Debian's those that are installed.
    fn packages(&self, section: &str) -> String {
        let mut text = String::new();
        for line in self.of_section(section) {
            let line = match section {
                "dpkg" => match line.split_once('\t') {
                    Some((state, package)) if matches!(state.as_bytes().get(1), Some(b'i' | b't' | b'W')) => {
                        package
                    }
                    _ => continue,
                },
                _ => line,
            };
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    fn list(&self, kind: SourceKind, packages: &str, ip: Ipv4Addr, at: Timestamp, read: &mut Read) {
        let mut text = String::new();
        for line in self.of_section("system").take(8) {
            text.push_str(line);
            text.push('\n');
        }
        if let Some(release) = self.release() {
            text.push_str("Linux host ");
            text.push_str(release);
            text.push('\n');
        }
        text.push('\n');
        text.push_str(packages);
        let about = Some(About::Thing(Thing { ip: Some(IpAddr::V4(ip)), ..Thing::default() }));
        let request = Request {
            name: "read over SSH",
            bytes: text.as_bytes(),
            kind: Some(kind),
            about,
            source: SourceIndex(0),
            observed_at: at,
            mapping: None,
        };
        if let Ok(list) = import(&request) {
            let is_package = |seen: &&Observation| seen.fact.kind() == FactKind::Package;
            let packages = list.observations.iter().filter(is_package).count();
            read.packages = read.packages.saturating_add(u64::try_from(packages).unwrap_or(u64::MAX));
            read.failed = read.failed.saturating_add(list.rows_failed);
            read.observations.extend(list.observations);
        }
    }

    /// The kernel that waits for a restart, if one does: a newer one of the same flavour is installed, the package of the running one
    /// was renewed, or the system says that it wants a restart.
    fn kernel_waiting(&self) -> Option<String> {
        let running = self.release()?;
        let installed: Vec<&str> =
            self.of_section("kernels").filter_map(|line| line.strip_prefix("vmlinuz-")).collect();
        let newer = installed.iter().filter(|one| flavour(one) == flavour(running) && newer(one, running));
        let newest = newer.max_by(|one, other| in_order(one, other)).map(|newest| (*newest).to_owned());
        let is_installed = installed.contains(&running);
        newest
            .or_else(|| self.renewed(running).filter(|_| is_installed))
            .or_else(|| self.of_section("restart").next().map(|_| "restart-wanted".to_owned()))
    }

    /// The version of the running kernel's package on the disk, where the running one is of another (Debian, `uname -v`).
    fn renewed(&self, running: &str) -> Option<String> {
        let built = self.of_section("kernel").nth(1)?;
        let version = built.split_once("Debian ")?.1.split_whitespace().next()?;
        let name = format!("linux-image-{running}");
        let on_disk = self.of_section("dpkg").find_map(|line| {
            let mut cells = line.split('\t');
            let is_it = cells.next().is_some_and(|state| state.starts_with("ii"))
                && cells.next() == Some(name.as_str());
            cells.next().filter(|_| is_it)
        })?;
        newer(on_disk, version).then(|| on_disk.to_owned())
    }

    /// Services that others may reach, as far as the listening side tells.
    fn services(&self, ip: Ipv4Addr) -> Vec<Endpoint> {
        let mut found: Vec<Endpoint> = self
            .of_section("listening")
            .filter_map(|line| of_ss(line, ip).or_else(|| of_proc(line, ip)))
            .filter(|(transport, port)| *port != 0 && (*transport == Transport::Tcp || *port < CLIENTS))
            .map(|(transport, port)| Endpoint { ip: IpAddr::V4(ip), transport, port })
            .collect();
        found.sort();
        found.dedup();
        found
    }
}

/// A line of `ss -H -tuln`: `tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:*`.
fn of_ss(line: &str, ip: Ipv4Addr) -> Option<(Transport, u16)> {
    let mut words = line.split_whitespace();
    let transport = match (words.next()?, words.next()?) {
        ("tcp", "LISTEN") => Transport::Tcp,
        ("udp", "UNCONN") => Transport::Udp,
        _ => return None,
    };
    let (address, port) = words.nth(2)?.rsplit_once(':')?;
    let is_reached = matches!(address, "*" | "0.0.0.0") || address.parse() == Ok(ip);
    port.parse().ok().filter(|_| is_reached).map(|port| (transport, port))
}

/// A line of `/proc/net/tcp` and its like (proc_net(5)): `0: 00000000:0016 00000000:0000 0A ...`. An IPv6 socket at no address of its
/// own hears IPv4 too.
fn of_proc(line: &str, ip: Ipv4Addr) -> Option<(Transport, u16)> {
    let mut words = line.split_whitespace();
    words.next().filter(|number| number.ends_with(':'))?;
    let ((address, port), (_, peer), state) =
        (words.next()?.split_once(':')?, words.next()?.split_once(':')?, words.next()?);
    let transport = match (state, peer) {
        ("0A", _) => Transport::Tcp,
        ("07", "0000") => Transport::Udp,
        _ => return None,
    };
    let is_all = matches!(address.len(), 8 | 32) && address.bytes().all(|digit| digit == b'0');
    // As the processor stores it; all that run such servers today begin with the last byte.
    let own = u32::from_str_radix(address, 16).ok().map(|bits| Ipv4Addr::from_bits(bits.swap_bytes()));
    let is_reached = is_all || own == Some(ip);
    u16::from_str_radix(port, 16).ok().filter(|_| is_reached).map(|port| (transport, port))
}

/// What stands behind the numbers of a release: `-amd64`, `.el9.x86_64`.
fn flavour(release: &str) -> &str {
    let is_number = |part: &str| part.bytes().next().is_some_and(|digit| digit.is_ascii_digit());
    let mut rest = release;
    while let Some(at) = rest.find(['.', '-', '+']) {
        let (number, behind) = rest.split_at(at);
        if !is_number(number) {
            break;
        }
        rest = behind.get(1..).unwrap_or_default();
    }
    // `el9_4.x86_64` and `el9_5.x86_64` are one flavour.
    let is_red = ["el", "fc", "amzn"].iter().any(|mark| rest.starts_with(mark));
    if is_red { rest.rsplit('.').next().unwrap_or(rest) } else { rest }
}

fn newer(one: &str, other: &str) -> bool {
    in_order(one, other) == Ordering::Greater
}

/// Numbers in their order, the rest by its letters.
fn in_order(one: &str, other: &str) -> Ordering {
    let numbers = |text: &str| -> Vec<u64> {
        let parts = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
        parts.map(|part| part.parse().unwrap_or(u64::MAX)).collect()
    };
    numbers(one).cmp(&numbers(other)).then_with(|| one.cmp(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const IP: Ipv4Addr = Ipv4Addr::new(10, 20, 1, 9);

    fn lines(text: &str) -> Vec<String> {
        let read = Told::of(text).unwrap().read(IP, Timestamp::EPOCH, 3);
        let mut lines: Vec<String> = read
            .observations
            .iter()
            .map(|it| format!("{} {} {}", it.subject, it.fact.kind().code(), it.fact.value()))
            .collect();
        lines.sort();
        lines
    }

    fn debian(kernel: &str, kernels: &str, restart: &str) -> String {
        format!(
            "Welcome to the server\nwardround-read 1\n:system\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nID=debian\n\
             :kernel\n{kernel}\n:dpkg\nii \tlinux-image-6.1.0-27-amd64\t6.1.115-1\tamd64\tlinux-signed-amd64\n\
             ii \topenssh-server\t1:9.2p1-2+deb12u3\tamd64\topenssh\nrc \told-thing\t1.0-1\tamd64\told-thing\n:rpm\n:apk\n\
             :kernels\nconfig-6.1.0-27-amd64\n{kernels}:restart\n{restart}:listening\n\
             tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:*\ntcp LISTEN 0 128 127.0.0.1:25 0.0.0.0:*\nudp UNCONN 0 0 10.20.1.9:123 0.0.0.0:*\n\
             udp UNCONN 0 0 *:41234 *:*\n:end\n"
        )
    }

    #[test]
    fn a_debian_server_tells_packages_system_kernel_and_services() {
        let told = lines(&debian(
            "6.1.0-27-amd64\n#1 SMP Debian 6.1.115-1 (2024-11-01)",
            "vmlinuz-6.1.0-27-amd64\n",
            "",
        ));
        assert_eq!(
            told,
            [
                "10.20.1.9 os.kernel 6.1.0-27-amd64",
                "10.20.1.9 os.name Debian GNU/Linux 12 (bookworm)",
                "10.20.1.9 software.package pkg:deb/debian/linux-image-6.1.0-27-amd64@6.1.115-1?arch=amd64&distro=debian-12&upstream=linux-signed-amd64",
                "10.20.1.9 software.package pkg:deb/debian/openssh-server@1:9.2p1-2+deb12u3?arch=amd64&distro=debian-12&upstream=openssh",
                "10.20.1.9:123/udp os.listens udp",
                "10.20.1.9:22/tcp os.listens tcp",
            ]
        );
    }

    #[test]
    fn a_newer_kernel_a_renewed_one_and_a_wish_for_a_restart_wait() {
        let waiting = |text: &str| Told::of(text).unwrap().kernel_waiting();
        let own = "6.1.0-27-amd64\n#1 SMP Debian 6.1.115-1 (2024-11-01)";
        let both = "vmlinuz-6.1.0-27-amd64\nvmlinuz-6.1.0-9-amd64\nvmlinuz-6.1.0-28-cloud-amd64\n";
        assert_eq!(waiting(&debian(own, both, "")), None);
        let newer = format!("{both}vmlinuz-6.1.0-31-amd64\nvmlinuz-6.1.0-28-amd64\n");
        assert_eq!(waiting(&debian(own, &newer, "")).as_deref(), Some("6.1.0-31-amd64"));
        let renewed = "6.1.0-27-amd64\n#1 SMP Debian 6.1.112-1 (2024-09-30)";
        assert_eq!(waiting(&debian(renewed, both, "")).as_deref(), Some("6.1.115-1"));
        // A kernel of somebody else's making has no package here.
        assert_eq!(waiting(&debian(renewed, "", "")), None);
        let wish = debian(own, both, "/run/reboot-required\n");
        assert_eq!(waiting(&wish).as_deref(), Some("restart-wanted"));
    }

    #[test]
    fn servers_with_rpm_and_apk_are_read_and_tables_of_the_kernel_too() {
        let red = lines(
            "wardround-read 1\n:system\nID=\"rocky\"\nVERSION_ID=\"9.4\"\n:kernel\n5.14.0-427.el9.x86_64\n#1 SMP\n:dpkg\n:rpm\n\
             openssl-libs 1 3.0.7 27.el9 x86_64\nkernel-core 0 5.14.0 503.el9 x86_64\n:apk\n:kernels\nvmlinuz-5.14.0-427.el9.x86_64\n\
             vmlinuz-5.14.0-503.el9.x86_64\nvmlinuz-0-rescue-1234\n:restart\n:listening\n\
             0: 00000000:0016 00000000:0000 0A 00000000:00000000\n1: 0901140A:0050 00000000:0000 0A x\n2: 0100007F:0019 00000000:0000 0A x\n\
             0: 00000000000000000000000000000000:01BB 00000000000000000000000000000000:0000 0A x\n3: 0901140A:C350 0201140A:0050 01 x\n:end\n",
        );
        for line in [
            "10.20.1.9 os.kernel-waiting 5.14.0-503.el9.x86_64",
            "10.20.1.9 software.package pkg:rpm/rocky/openssl-libs@3.0.7-27.el9?arch=x86_64&distro=rocky-9.4&epoch=1",
            "10.20.1.9:22/tcp os.listens tcp",
            "10.20.1.9:80/tcp os.listens tcp",
            "10.20.1.9:443/tcp os.listens tcp",
        ] {
            assert!(red.contains(&line.to_owned()), "{line} is missing in {red:#?}");
        }
        assert_eq!(red.iter().filter(|line| line.contains("os.listens")).count(), 3, "{red:#?}");
        let alpine = lines(
            "wardround-read 1\n:system\nID=alpine\nVERSION_ID=3.19.1\n:kernel\n6.6.7-0-lts\n#1\n:apk\nP:musl\nV:1.2.4-r4\nA:x86_64\no:musl\n\n:end\n",
        );
        assert!(
            alpine
                .iter()
                .any(|line| line.contains("pkg:apk/alpine/musl@1.2.4-r4?arch=x86_64&distro=alpine-3.19.1")),
            "{alpine:#?}"
        );
    }

    #[test]
    fn half_an_answer_is_none() {
        let whole = debian("6.1.0-27-amd64", "", "");
        assert!(Told::of(whole.trim_end().strip_suffix(":end").unwrap()).is_none());
        assert!(Told::of(&whole.replace("wardround-read 1", "wardround-read 2")).is_none());
    }

    proptest! {
        #[test]
        fn any_answer_is_read(text: String, lines in proptest::collection::vec("[:a-z0-9 .*\t-]{0,40}", 0..20)) {
            let _ = Told::of(&text);
            let whole = format!("{FIRST}\n:dpkg\n{}\n:listening\n{}\n:kernels\nvmlinuz-{text}\n{LAST}", lines.join("\n"), lines.join("\n"));
            if let Some(told) = Told::of(&whole) {
                let _ = told.read(IP, Timestamp::EPOCH, 1);
            }
        }
    }
}
