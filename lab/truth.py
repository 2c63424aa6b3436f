"""The truth file: what the recording really contains, from the table of hosts, the scenes' plan and the people."""

import pathlib

from people import CANARIES
from table import HOSTS, addresses, ip, ports

# (client, server, port, transport, protocol, clinical, what)
CONVERSATIONS = [
    ("ct-1", "pacs", 104, "tcp", "dicom", True, "CT asks for a study and sends images to the archive"),
    ("us-1", "pacs", 104, "tcp", "dicom", True, "ultrasound sends images; only its own frames are mirrored"),
    ("mr-1", "pacs", 104, "tcp", "dicom", True, "MR sends images over an association older than the recording"),
    ("cr-1", "pacs", 104, "tcp", "dicom", True, "X-ray sends images to the archive"),
    ("rad-ws", "pacs", 104, "tcp", "dicom", True, "reading workstation queries the archive"),
    ("his", "engine", 6661, "tcp", "hl7", True, "admissions and orders over a connection older than the recording"),
    ("monitor-1", "engine", 6661, "tcp", "hl7", True, "vital signs"),
    ("engine", "lis", 2576, "tcp", "hl7", True, "orders for the laboratory; seen with a VLAN tag on the trunk mirror"),
    ("analyser-1", "lis", 2576, "tcp", "hl7", True, "results of the analyser"),
    ("his", "db", 5432, "tcp", "pgsql", False, "the clinical information system logs in to its database"),
    ("ward-ws", "his", 80, "tcp", "http", False, "clinical portal in clear"),
    ("ward-ws", "his", 443, "tcp", "tls", False, "clinical portal with the expired certificate"),
    ("rad-ws", "pacs", 443, "tcp", "tls", False, "web viewer, TLS 1.3"),
    ("rad-ws", "cr-1", 445, "tcp", "smb1", False, "export share over SMB 1"),
    ("ward-ws", "files", 445, "tcp", "smb2", False, "letters on the file server"),
    ("office-ws", "files", 445, "tcp", "smb2", False, "looks at the file server"),
    ("office-ws", "intranet", 443, "tcp", "tls", False, "intranet with a self-signed certificate"),
    ("office-ws", "rota", 80, "tcp", "http", False, "duty rota with HTTP Basic login"),
    ("office-ws", "bms", 443, "tcp", "tls", False, "building control, TLS 1.0 and RSA-1024"),
    ("office-ws", "printer-1", 631, "tcp", "ipp", False, "asks the printer what it can do"),
    ("office-ws", "printer-1", 9100, "tcp", "raw-print", False, "prints a page"),
    ("phone-ward", "intranet", 80, "tcp", "http", False, "telephone fetches its settings"),
    ("it-admin", "pump-1", 161, "udp", "snmp", False, "management polls the pump rack, community public"),
    ("it-admin", "bms", 161, "udp", "snmp", False, "management polls the building controller, community public"),
    ("it-admin", "core-router", 161, "udp", "snmp", False, "management polls the router"),
    ("it-admin", "ap-guest-1", 161, "udp", "snmp", False, "management polls the access point"),
    ("it-admin", "files", 22, "tcp", "ssh", False, "login on the file server"),
    ("it-admin", "legacy", 22, "tcp", "ssh", False, "login on the old transfer server"),
    ("it-admin", "legacy", 21, "tcp", "ftp", False, "clear-text login and upload"),
    ("it-admin", "pump-1", 23, "tcp", "telnet", False, "clear-text login on the pump rack's service console"),
    ("it-admin", "camera-1", 554, "tcp", "rtsp", False, "looks at the entrance camera"),
    ("it-admin", "intranet", 80, "tcp", "http", False, "browses"),
    ("it-admin", "rota", 80, "tcp", "http", False, "tries the rota without logging in"),
    ("room-sensor", "bms", 1883, "tcp", "mqtt", False, "room climate; seen with two VLAN tags on the trunk mirror"),
    ("guest-iphone", "intranet", 80, "tcp", "http", False, "welcome page"),
    ("guest-android", "intranet", 80, "tcp", "http", False, "welcome page; in the guest subnet seen in VXLAN only"),
    *[(host, "infra", 123, "udp", "ntp", False, "asks for the time") for host in ("his", "lis", "ct-1", "bms", "cr-1")],
    *[(host, "infra", 53, "udp", "dns", False, "looks names up")
      for host in ("ward-ws", "office-ws", "rad-ws", "it-admin", "phone-ward", "guest-iphone", "guest-android")],
]


def quoted(value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(map(quoted, value)) + "]"
    if isinstance(value, int):
        return str(value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def table(kind: str, /, **fields) -> str:
    lines = [f"{key} = {quoted(value)}" for key, value in fields.items() if value is not None]
    return f"\n[[{kind}]]\n" + "\n".join(lines) + "\n"


def write(target: pathlib.Path, recorded: str, as_of: str, note: str) -> None:
    text = "# Written by lab/capture together with clinic.pcapng; see lab/README.md. Do not edit by hand.\n"
    text += f"schema_version = 1\nrecorded = {quoted(recorded)}\nas_of = {quoted(as_of)}\nnote = {quoted(note)}\n"
    text += "canaries = [\n" + "".join(f"  {quoted(c)},\n" for c, _, _ in CANARIES) + "]\n"
    text += "".join(host_table(host) for host in HOSTS.values())
    for client, server, port, transport, protocol, clinical, what in CONVERSATIONS:
        text += table("conversation", client=ip(client), server=ip(server), port=port, transport=transport,
                      protocol=protocol, clinical=clinical, what=what)
    for canary, where, treatment in CANARIES:
        text += table("canary", text=canary, where=where, treatment=treatment)
    target.write_text(text)


def host_table(host: dict) -> str:
    return table("host", name=host["name"], what=host["what"], subnet=host["subnet"], **{"class": host["class"]},
                 macs=[mac for _, mac, _ in ports(host)], ips=addresses(host), maker=host.get("maker"), model=host.get("model"),
                 one_way=host.get("one_way", False), evidence=host["evidence"], weaknesses=host.get("weaknesses", []),
                 vulnerable_products=host.get("vulnerable_products", []))
