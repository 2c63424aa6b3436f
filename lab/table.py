"""The table of hosts (hosts.toml), read once, with derived addresses and names.

Not here: what the hosts do (programs.py, scenes.py).
"""

import os
import pathlib
import tomllib

LAB = pathlib.Path(__file__).resolve().parent
EXAMPLES = LAB.parent / "examples"
RUN = pathlib.Path(os.environ.get("LAB_RUN", "/var/tmp/wardround-lab"))
PYTHON = LAB / ".venv" / "bin" / "python"

TABLE = tomllib.loads((LAB / "hosts.toml").read_text())
DOMAIN = TABLE["domain"]
SUBNETS = TABLE["subnets"]
HOSTS = {host["name"]: host for host in TABLE["host"]}

# The router has one port and one MAC address in each subnet.
ROUTER = "core-router"
ROUTER_MACS = {subnet: f"00:a0:57:4e:10:{i:02x}" for i, subnet in enumerate(SUBNETS, start=1)}


def netns(name: str) -> str:
    """Name of a host's network namespace; the prefix keeps `down` to our own."""
    return f"wr-{name}"


def switch(subnet: str) -> str:
    """Name of the network namespace that holds a subnet's bridge."""
    return f"wr-sw-{subnet}"


def ip(name: str) -> str:
    """IPv4 address of a host (for a DHCP client: the one reserved for it)."""
    host = HOSTS[name]
    return f"{SUBNETS[host['subnet']]}.{host['address']}"


def gateway(subnet: str) -> str:
    """IPv4 address of the router's port in a subnet."""
    return f"{SUBNETS[subnet]}.1"


def link_local(mac: str) -> str:
    """IPv6 link-local address that Linux makes from a MAC address (RFC 4291 appendix A)."""
    b = [int(x, 16) for x in mac.split(":")]
    b[0] ^= 2
    groups = [b[0] << 8 | b[1], b[2] << 8 | 0xFF, 0xFE00 | b[3], b[4] << 8 | b[5]]
    return "fe80::" + ":".join(f"{g:x}" for g in groups)


def ports(host: dict) -> list[tuple[str, str, str]]:
    """(subnet, MAC, IPv4) of each port of a host: one, but five for the router."""
    if host["name"] == ROUTER:
        return [(s, ROUTER_MACS[s], gateway(s)) for s in SUBNETS]
    return [(host["subnet"], host["mac"], ip(host["name"]))]


def addresses(host: dict) -> list[str]:
    """All addresses that are a host's own."""
    out = [address for _, _, address in ports(host)]
    if host.get("ipv6"):
        out += [link_local(host["mac"])]
    return out


def hostname(host: dict) -> str:
    """The name that the host calls itself."""
    return host.get("hostname", host["name"])
