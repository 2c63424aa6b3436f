"""The wires: network namespaces, one bridge a subnet, one router, and nothing else.

There is no uplink and no default route out of the router: nothing can leave.
Each host is a namespace set of its own (network, mounts, host name), kept open by a
sleeping process; `spawn` and `run` start programs inside it.
Not here: what runs on the hosts (programs.py), recording (record.py).
"""

import os
import pathlib
import shutil
import signal
import subprocess
import time

from table import DOMAIN, HOSTS, ROUTER, RUN, SUBNETS, gateway, hostname, ip, netns, ports, switch

OFFLOADS = ["tso", "off", "gso", "off", "gro", "off", "tx", "off", "rx", "off"]
_holders: dict[str, subprocess.Popen] = {}


def sh(*command: str, check: bool = True) -> str:
    """Run a command outside the hosts; its output."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def sysctl(ns: str, *settings: str) -> None:
    for setting in settings:
        sh("ip", "netns", "exec", ns, "sysctl", "-qw", setting)


def up() -> None:
    """Build everything: switches, hosts, router."""
    RUN.mkdir(parents=True)
    write_accounts()
    for subnet in SUBNETS:
        add_switch(subnet)
    for host in HOSTS.values():
        add_host(host)


def add_switch(subnet: str) -> None:
    """A bridge that floods multicast, speaks no STP and no IPv6, and so sends nothing itself."""
    ns = switch(subnet)
    sh("ip", "netns", "add", ns)
    sysctl(ns, "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
    sh("ip", "-n", ns, "link", "add", "br0", "type", "bridge", "stp_state", "0", "mcast_snooping", "0")
    sh("ip", "-n", ns, "link", "set", "br0", "up")


def add_host(host: dict) -> None:
    """A namespace with a port in its subnet (the router: in each)."""
    ns = netns(host["name"])
    sh("ip", "netns", "add", ns)
    disable = "0" if host.get("ipv6") else "1"
    sysctl(ns, "net.ipv6.conf.all.disable_ipv6=1", f"net.ipv6.conf.default.disable_ipv6={disable}",
           "net.ipv6.conf.default.accept_ra=0", "net.ipv6.conf.default.router_solicitations=0")
    if host.get("ipv6"):
        sysctl(ns, "net.ipv6.conf.all.disable_ipv6=0")
    sh("ip", "-n", ns, "link", "set", "lo", "up")
    for i, (subnet, mac, address) in enumerate(ports(host)):
        add_port(ns, f"eth{i}", subnet, mac, f"h{host_number(host)}-{i}")
        if host["name"] == ROUTER and subnet != host["subnet"]:
            sysctl(ns, f"net.ipv6.conf.eth{i}.disable_ipv6=1")
        if "dhcp" not in host:
            sh("ip", "-n", ns, "addr", "add", f"{address}/24", "dev", f"eth{i}")
    if host["name"] == ROUTER:
        # Ask and answer ARP on each port with that port's own address only, as routers do.
        sysctl(ns, "net.ipv4.ip_forward=1", "net.ipv4.conf.all.arp_announce=2", "net.ipv4.conf.all.arp_ignore=1")
    elif "dhcp" not in host:
        sh("ip", "-n", ns, "route", "add", "default", "via", gateway(host["subnet"]))
    start_holder(host)


def host_number(host: dict) -> int:
    return list(HOSTS).index(host["name"])


def add_port(ns: str, name: str, subnet: str, mac: str, peer: str) -> None:
    """A veth pair between a host and its subnet's bridge, offloads off at both ends."""
    sw = switch(subnet)
    sh("ip", "link", "add", name, "netns", ns, "address", mac, "type", "veth", "peer", "name", peer, "netns", sw)
    for where, device in ((ns, name), (sw, peer)):
        sh("ip", "netns", "exec", where, "ethtool", "-K", device, *OFFLOADS)
    sh("ip", "-n", sw, "link", "set", peer, "master", "br0", "up")
    sh("ip", "-n", ns, "link", "set", name, "up")


def write_accounts() -> None:
    """Accounts that exist on the lab's hosts only, bound over the machine's own files."""
    people = ["schwester.adelgunde", "befundimport", "wartung"]
    hashed = sh("openssl", "passwd", "-6", "Sommer2026").strip()
    passwd, shadow = pathlib.Path("/etc/passwd").read_text(), ""
    for i, person in enumerate(people):
        (RUN / "home" / person).mkdir(parents=True)
        os.chown(RUN / "home" / person, 4200 + i, 4200)
        passwd += f"{person}:x:{4200 + i}:4200::/home/{person}:/bin/sh\n"
        shadow += f"{person}:{hashed}:20000:0:99999:7:::\n"
    (RUN / "passwd").write_text(passwd)
    (RUN / "shadow").write_text("root:*:20000:0:99999:7:::\n" + shadow)
    (RUN / "group").write_text(pathlib.Path("/etc/group").read_text() + "klinik:x:4200:\n")


def start_holder(host: dict) -> None:
    """The process that keeps a host's mounts and host name; the host's files live in RUN/<name>."""
    name = host["name"]
    home = RUN / name
    home.mkdir()
    (home / "resolv.conf").write_text(f"search {DOMAIN}\nnameserver {ip('infra')}\n")
    (home / "hostname").write_text(hostname(host))
    (home / "services").mkdir()
    script = f"""
        hostname {hostname(host)} && mount -t tmpfs tmpfs /run && mkdir -p /run/sshd /run/vsftpd/empty /run/avahi-daemon
        mount --bind {home}/resolv.conf /etc/resolv.conf
        mount --bind {RUN}/home /home
        for f in passwd shadow group; do mount --bind {RUN}/$f /etc/$f; done
        [ -d /etc/avahi/services ] && mount --bind {home}/services /etc/avahi/services
        touch {home}/ready; exec sleep infinity"""
    _holders[name] = subprocess.Popen(
        ["ip", "netns", "exec", netns(name), "unshare", "--mount", "--uts", "--propagation", "private", "sh", "-c", script])
    for _ in range(100):
        if (home / "ready").exists():
            return
        time.sleep(0.05)
    raise RuntimeError(f"host {name} did not start")


def inside(name: str, command: list) -> list[str]:
    """The command line that runs `command` on a host."""
    holder = _holders[name].pid
    return ["nsenter", "-t", str(holder), "-n", "-m", "-u", f"--wd={RUN / name}", "--", *map(str, command)]


def spawn(name: str, command: list, **options) -> subprocess.Popen:
    """Start a program on a host and leave it running; its output goes to RUN/<name>/<program>.log.

    A session of its own, because some servers end their whole process group when they are told to stop.
    """
    log = open(RUN / name / f"{os.path.basename(str(command[0]))}.log", "ab")
    options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.Popen(inside(name, command), stdout=log, stderr=log, cwd=RUN / name,
                            start_new_session=True, **options)


def run(name: str, command: list, timeout: float = 20, text: str | None = None) -> str:
    """Run a program on a host to its end. A failure is printed and kept going: `check` judges the capture."""
    try:
        done = subprocess.run(inside(name, command), check=False, input=text or "", capture_output=True, text=True,
                              errors="replace", timeout=timeout, cwd=RUN / name)
    except subprocess.TimeoutExpired:
        print(f"  ! {name}: timed out: {' '.join(map(str, command))[:120]}", flush=True)
        return ""
    if done.returncode:
        print(f"  ! {name}: {' '.join(map(str, command))[:120]}: exit {done.returncode}: {(done.stderr or done.stdout).strip()[-300:]}", flush=True)
    return done.stdout


def our_namespaces() -> list[str]:
    return [line.split()[0] for line in sh("ip", "netns", "list").splitlines() if line.startswith("wr-")]


def down() -> None:
    """End what runs in our namespaces and remove them; safe to call at any time."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        for ns in our_namespaces():
            for pid in sh("ip", "netns", "pids", ns, check=False).split():
                try:
                    os.kill(int(pid), sign)
                except ProcessLookupError:
                    pass
        time.sleep(0.5)
    for ns in our_namespaces():
        sh("ip", "netns", "del", ns, check=False)
    shutil.rmtree(RUN, ignore_errors=True)
