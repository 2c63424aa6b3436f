"""Ask real servers, let nmap scan them, and compare what both name and send. Called by bench/ask, in namespaces of its own.

Twice: the services that are there, as passive sight would know them (the same ports of each host for both), and a list of ten ports at
every host, most of them closed.
"""

import datetime
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml

PORTS = [21, 22, 80, 389, 443, 445, 631, 3306, 3389, 5432]
SENSOR = "10.20.1.2"
# Name in lab/servers: the package that tells the true version, and the words by which its product is known.
TRUTH = {
    "ssh": ("openssh-server", ["openssh"]), "ssh-weak": ("openssh-server", ["openssh"]), "http": ("nginx-light", ["nginx"]),
    "https": ("nginx-light", ["nginx"]), "ftp": ("vsftpd", ["vsftpd"]), "smb": ("samba", ["samba"]), "ldap": ("slapd", ["openldap"]),
    "mysql": ("mariadb-server", ["mariadb"]), "postgres": ("postgresql", ["postgresql"]), "cups": ("cups-daemon", ["cups"]),
    "rdp": ("xrdp", ["xrdp"]),
}
# What a service is, in nmap's words and in ours.
KIND = {
    "ssh": ("ssh", "ssh"), "ssh-weak": ("ssh", "ssh"), "http": ("http", "http"), "https": ("https", "tls"), "ftp": ("ftp", "ftp"),
    "smb": ("netbios-ssn", "smb"), "ldap": ("ldap", "ldap"), "mysql": ("mysql", "mysql"), "postgres": ("postgresql", "postgresql"),
    "cups": ("ipp", "ipp"), "rdp": ("ms-wbt-server", "rdp"),
}
SOFTWARE = ["ssh.banner", "http.server", "ftp.banner", "service.software", "ipp.model"]
# Told of one packet a line: who sends it, and to whom.
COUNT = """
import socket, struct, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
s.bind((sys.argv[1], 0))
print("ready", flush=True)
while True:
    p, a = s.recvfrom(65535)
    if p[12:14] == b"\\x08\\x00" and len(p) >= 34:
        print(socket.inet_ntoa(p[26:30]), socket.inet_ntoa(p[30:34]), len(p), flush=True)
"""


def run(*words: str, **more) -> str:
    done = subprocess.run(words, check=True, text=True, stdout=subprocess.PIPE, **more)
    return done.stdout


class Cable:
    """Counts packets between the sensor and each host while it is open."""

    def __enter__(self):
        self.process = subprocess.Popen([sys.executable, "-c", COUNT, "hub"], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"
        self.begun = time.monotonic()
        return self

    def __exit__(self, *_):
        self.seconds = time.monotonic() - self.begun
        time.sleep(1)
        self.process.kill()
        self.sent, self.heard = {}, {}
        for line in self.process.stdout:
            fields = line.split()
            if len(fields) != 3:
                continue
            if fields[0] == SENSOR:
                self.sent[fields[1]] = self.sent.get(fields[1], 0) + 1
            elif fields[1] == SENSOR:
                self.heard[fields[0]] = self.heard.get(fields[0], 0) + 1


def servers(folder: str):
    """The servers at the other end of a cable, and where each is."""
    script = 'read go; ip link set plug up; exec lab/servers plug "$0"'
    process = subprocess.Popen(["unshare", "--net", "bash", "-c", script, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    # Its namespace is there once it differs from ours.
    own = os.readlink("/proc/self/ns/net")
    while os.readlink(f"/proc/{process.pid}/ns/net") == own:
        time.sleep(0.05)
    run("ip", "link", "add", "hub", "type", "veth", "peer", "name", "plug", "netns", str(process.pid))
    run("ip", "addr", "add", f"{SENSOR}/24", "dev", "hub")
    run("ip", "link", "set", "hub", "up")
    run("ip", "link", "set", "lo", "up")
    process.stdin.write("go\n")
    process.stdin.flush()
    found = []
    for line in process.stdout:
        if line == "ready\n":
            return process, found
        fields = line.split()
        if len(fields) == 3:
            found.append((fields[0], fields[1], int(fields[2])))
        else:
            print(f"left out: {line.strip()}")
    raise SystemExit("bench/ask: the servers did not start")


def known_list(known: dict[str, dict[int, str]]) -> str:
    """What passive sight would know, as a list that can be imported: ports, and what is spoken there."""
    port = lambda number, name: (f'<port protocol="tcp" portid="{number}"><state state="open"/><service name="{name}"/></port>')
    host = lambda ip, ports: (f'<host><status state="up"/><address addr="{ip}" addrtype="ipv4"/><ports>'
                              + "".join(port(*one) for one in sorted(ports.items())) + "</ports></host>")
    hosts = "".join(host(ip, ports) for ip, ports in known.items())
    return f'<?xml version="1.0"?><nmaprun scanner="nmap" start="{int(time.time())}">{hosts}</nmaprun>'


def asked(program: str, hosts: list[str], known: dict[str, dict[int, str]], plan: list[str]):
    """One whole round of questions; what it told of each port."""
    home = tempfile.mkdtemp(prefix="bench-ask-")
    more = {"cwd": home, "env": {"HOME": home, "PATH": os.environ["PATH"]}}
    listing = "".join(f"server{nth},{ip},Server\n" for nth, ip in enumerate(hosts))
    pathlib.Path(home, "inventory.csv").write_text("Name,IP address,Device type\n" + listing)
    lists = ["inventory.csv"]
    if known:
        pathlib.Path(home, "known.xml").write_text(known_list(known))
        lists.append("known.xml")
    now = datetime.datetime.now(datetime.timezone.utc)
    moment = lambda hours: (now + datetime.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
    run(program, "import", *lists, **more)
    run(program, "round", **more)
    run(program, "ask", "scope", "--network", "10.20.1.0/24", "--owner", "bench", "--phone", "0", "--from", moment(-1), "--until", moment(2), **more)
    run(program, "ask", "plan", *plan, **more)
    run(program, "ask", "check", "--approve", "bench", **more)
    with Cable() as cable:
        told = run(program, "ask", "run", **more)
    print(told.strip().splitlines()[0])
    run(program, "round", **more)
    store = next(pathlib.Path(home).rglob("rounds.sqlite"))
    facts: dict[tuple[str, int], dict[str, list[str]]] = {}
    with sqlite3.connect(store) as rows:
        query = ("SELECT ip, port, kind, value FROM observation "
                 "WHERE port IS NOT NULL AND round_id = (SELECT max(id) FROM round)")
        for ip, port, kind, value in rows.execute(query):
            facts.setdefault((ip, port), {}).setdefault(kind, []).append(value)
    shutil.rmtree(home)
    return cable, facts


def scanned(ports: dict[str, list[int]]):
    """The same ports of the same hosts by nmap; what it told of each port. Hosts with the same ports are one scan."""
    groups: dict[tuple[int, ...], list[str]] = {}
    for ip, numbers in ports.items():
        groups.setdefault(tuple(sorted(numbers)), []).append(ip)
    found = {}
    with Cable() as cable:
        told = [run("nmap", "-n", "-Pn", "-sT", "-sV", "-p", ",".join(map(str, numbers)), "-oX", "-", *hosts)
                for numbers, hosts in groups.items()]
    for host in (host for one in told for host in xml.fromstring(one).iter("host")):
        ip = host.find("address").get("addr")
        for port in host.iter("port"):
            if port.find("state").get("state") == "open":
                service = port.find("service")
                found[ip, int(port.get("portid"))] = dict(service.attrib) if service is not None else {}
    return cable, found


def true_version(package: str) -> str:
    """The version of the software in a package: without what the distribution puts around it."""
    version = run("dpkg-query", "-W", "-f", "${Version}", package)
    version = version.split(":", 1)[-1]
    return re.match(r"\d+(\.\d+)*", version)[0]


def marks(name: str, kind: str, text: str, kinds: str) -> str:
    """K: the kind of service is named, P: the product, V: its true version."""
    package, words = TRUTH[name]
    version = true_version(package)
    told = text.lower()
    product = any(word in told for word in words)
    # A version is the true one as far as it is told: 2.4 of 2.4.2; a range or another number is none.
    numbers = re.findall(r"\d+(?:\.\d+)+", told)
    right = product and any(version == number or version.startswith(number + ".") for number in numbers)
    return ("K" if kind == kinds else "-") + ("P" if product else "-") + ("V" if right else "-")


def named(found, facts, services) -> None:
    """Who names what."""
    print("\nK: kind of service named, P: product named, V: its true version named\n")
    print(f"{'service':10} {'at':18} {'ours':4} {'nmap':4} what we say / what nmap says")
    sums = {"ours": [0, 0, 0], "nmap": [0, 0, 0]}
    for name, ip, port in found:
        if name not in TRUTH:
            continue
        of_us, of_nmap = facts.get((ip, port), {}), services.get((ip, port), {})
        spoken = [value for value in of_us.get("scan.open", []) if value == KIND[name][1]]
        text = ", ".join(value for kind in SOFTWARE for value in of_us.get(kind, []))
        # Some protocols are those of one product.
        text = text or ("PostgreSQL" if spoken == ["postgresql"] else "")
        theirs_text = " ".join(of_nmap.get(key, "") for key in ("product", "version", "extrainfo")).strip()
        kind = of_nmap.get("name", "")
        if of_nmap.get("tunnel") == "ssl" and kind == "http":
            kind = "https"
        kind = {"microsoft-ds": "netbios-ssn", "ssl/http": "https"}.get(kind, kind)
        we = marks(name, spoken[0] if spoken else "", text, KIND[name][1])
        they = marks(name, kind, theirs_text, KIND[name][0])
        for who, mark in (("ours", we), ("nmap", they)):
            for nth, letter in enumerate(mark):
                sums[who][nth] += letter != "-"
        print(f"{name:10} {ip + ':' + str(port):18} {we:4} {they:4} {text or '-'} / {theirs_text or '-'}")
    for who, (kinds, products, versions) in sums.items():
        print(f"{who}: {kinds} kinds, {products} products, {versions} true versions")


def cost(title: str, hosts, ours: Cable, theirs: Cable) -> None:
    """Packets of both, host by host."""
    print(f"\n{title}\n{'host':14} {'ours sent':>9} {'both ways':>9} {'nmap sent':>9} {'both ways':>9} {'share':>6}")
    for ip in hosts:
        we = ours.sent.get(ip, 0), ours.sent.get(ip, 0) + ours.heard.get(ip, 0)
        they = theirs.sent.get(ip, 0), theirs.sent.get(ip, 0) + theirs.heard.get(ip, 0)
        print(f"{ip:14} {we[0]:9} {we[1]:9} {they[0]:9} {they[1]:9} {we[1] / max(they[1], 1):6.0%}")
    total = lambda cable: sum(cable.sent.values()) + sum(cable.heard.values())
    per = lambda cable: total(cable) / len(hosts)
    print(f"ours {total(ours)} packets ({per(ours):.0f} a host, {ours.seconds:.0f} s), nmap {total(theirs)} ({per(theirs):.0f} a host, "
          f"{theirs.seconds:.0f} s): {total(ours) / total(theirs):.0%} of its packets")


def main() -> None:
    program = sys.argv[1]
    folder = tempfile.mkdtemp(prefix="bench-ask-servers-")
    process, found = servers(folder)
    try:
        known: dict[str, dict[int, str]] = {}
        for name, ip, port in found:
            if port in PORTS:
                known.setdefault(ip, {})[port] = KIND[name][0]
        hosts = sorted(known, key=lambda ip: int(ip.split(".")[-1]))
        ours, facts = asked(program, hosts, known, [])
        theirs, services = scanned({ip: list(ports) for ip, ports in known.items()})
        listed, _ = asked(program, hosts, {}, ["--port", ",".join(map(str, PORTS))])
        listed_theirs, _ = scanned({ip: PORTS for ip in hosts})
    finally:
        process.stdin.close()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)
    named(found, facts, services)
    services_there = sum(len(ports) for ports in known.values())
    cost(f"{len(hosts)} hosts, the {services_there} services that are there", hosts, ours, theirs)
    cost(f"{len(hosts)} hosts, {len(PORTS)} ports at each, most of them closed", hosts, listed, listed_theirs)


main()
