"""Does clinic.pcapng hold what clinic.truth.toml says? Independent of the programs that made it: tshark and plain bytes."""

import base64
import subprocess
import sys
import tomllib

from table import EXAMPLES, ip

CAPTURE = EXAMPLES / "clinic.pcapng"
TRUTH = tomllib.loads((EXAMPLES / "clinic.truth.toml").read_text())
LIMIT = 8 * 1024 * 1024
# Needed to see services on ports that tshark does not know.
DECODE = ["-d", "tcp.port==6661,hl7", "-d", "tcp.port==2576,hl7", "-d", "tcp.port==104,dicom"]
PROTOCOLS = {"dicom": "dicom", "hl7": "hl7", "smb2": "smb2", "smb1": "smb", "ssh": "ssh", "tls": "tls", "snmp": "snmp",
             "dhcp": "dhcp", "dns": "dns", "mdns": "mdns", "ftp": "ftp", "telnet": "telnet", "http": "http", "ipp": "ipp",
             "mqtt": "mqtt", "rtsp": "rtsp", "ntp": "ntp", "pgsql": "pgsql", "raw-print": "tcp.port == 9100 && tcp.len > 0",
             "ndp": "icmpv6.type == 135", "vlan": "vlan", "qinq": "vlan && eth.type == 0x88a8", "vxlan": "vxlan", "arp": "arp"}
problems = []


def tshark(*arguments: str) -> list[str]:
    return subprocess.run(["tshark", "-n", "-r", str(CAPTURE), *DECODE, *arguments], capture_output=True, text=True,
                          check=True).stdout.splitlines()


def expect(good: bool, what: str) -> None:
    if not good:
        problems.append(what)
        print("  wrong:", what)


def check_size() -> None:
    size = CAPTURE.stat().st_size
    print(f"size: {size / 1e6:.2f} MB")
    expect(size <= LIMIT, f"size {size} is over {LIMIT}")


def check_protocols() -> None:
    for name, display_filter in PROTOCOLS.items():
        count = len(tshark("-Y", display_filter, "-T", "fields", "-e", "frame.number"))
        print(f"  {name}: {count} packets")
        expect(count > 0, f"no packet of {name}")


def check_addresses() -> None:
    """Each host's addresses stand as a source in at least one packet (ARP counts)."""
    fields = ["eth.src", "ip.src", "ipv6.src", "arp.src.proto_ipv4"]
    seen = {a for line in tshark("-T", "fields", "-E", "occurrence=a", *(x for f in fields for x in ("-e", f)))
            for part in line.split("\t") for a in part.split(",")}
    for host in TRUTH["host"]:
        for address in host["macs"] + host["ips"]:
            expect(address in seen, f"{host['name']}: {address} never sends")
    known = {a for host in TRUTH["host"] for a in host["macs"] + host["ips"]} | {"", "0.0.0.0", "::"}
    expect(seen <= known, f"addresses of nobody: {sorted(seen - known)}")


def check_conversations() -> None:
    flows = {tuple(line.split("\t")) for kind in ("tcp", "udp")
             for line in tshark("-Y", kind, "-T", "fields", "-E", "occurrence=l", "-e", "ip.src", "-e", "ip.dst", "-e", f"{kind}.dstport")}
    for c in TRUTH["conversation"]:
        expect((c["client"], c["server"], str(c["port"])) in flows, f"no conversation {c['client']} -> {c['server']}:{c['port']}")


def check_canaries() -> None:
    raw = CAPTURE.read_bytes()
    for text in TRUTH["canaries"]:
        forms = [text.encode(), text.encode("utf-16-le"), *(base64.b64encode(text.encode())[:-4],)]
        expect(any(form in raw for form in forms), f"canary never flows: {text}")
        expect(len(text) >= 8, f"canary too short: {text}")
    expect(TRUTH["canaries"] == [c["text"] for c in TRUTH["canary"]], "canaries and [[canary]] differ")


def check_one_way() -> None:
    for host in (h for h in TRUTH["host"] if h["one_way"]):
        mac = host["macs"][0]
        expect(not tshark("-Y", f"eth.dst == {mac}"), f"{host['name']}: frames to it are there")
        expect(bool(tshark("-Y", f"eth.src == {mac} && tcp")), f"{host['name']}: sends nothing")


def check_older() -> None:
    """Connections that are older than the recording show no opening."""
    for client, server, port in (("mr-1", "pacs", 104), ("his", "engine", 6661)):
        flow = f"ip.src == {ip(client)} && ip.dst == {ip(server)} && tcp.dstport == {port}"
        expect(bool(tshark("-Y", f"{flow} && tcp.len > 0")), f"{client} sends nothing to {server}")
        expect(not tshark("-Y", f"{flow} && tcp.flags.syn == 1"), f"{client} opens a connection to {server}")


def check_checksums() -> None:
    wrong = tshark(*(x for p in ("ip", "tcp", "udp") for x in ("-o", f"{p}.check_checksum:TRUE")),
                   "-Y", "ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0")
    expect(not wrong, f"{len(wrong)} wrong checksums: is an offload on?")
    doubled = tshark("-Y", "arp.duplicate-address-detected")
    expect(not doubled, f"{len(doubled)} ARP packets claim another's address")


def check_order() -> None:
    times = [float(t) for t in tshark("-T", "fields", "-e", "frame.time_epoch")]
    expect(times == sorted(times), "packets are not in order of time")
    print(f"{len(times)} packets over {times[-1] - times[0]:.0f} seconds")


for step in (check_size, check_order, check_protocols, check_addresses, check_conversations, check_canaries, check_one_way,
             check_older, check_checksums):
    step()
sys.exit(f"{len(problems)} problems" if problems else None)
