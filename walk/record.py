#!/usr/bin/env python3
"""Record what a workstation and a server say to each other, before and after the server's certificate is renewed.

    walk/record.py before|after FILE      (needs root, iproute2 and openssl)

Two network namespaces on one wire, with real programs: openssl serves and asks over TLS 1.2.
"before": the server shows a certificate whose key has 1,024 bits; "after": one of 2,048 bits.
Packets of "before" are dated a week back, so that a later round comes later.
Not here: the demo hospital's capture (lab/).
"""

import pathlib
import socket
import struct
import subprocess
import sys
import tempfile
import time

SERVER, DESK = "wr-walk-server", "wr-walk-desk"
ADDRESSES = {SERVER: ("10.77.3.20", "00:25:90:aa:03:14"), DESK: ("10.77.3.41", "a4:4c:c8:bb:03:29")}
WEEK = 7 * 24 * 3600
BITS = {"before": "1024", "after": "2048"}


def sh(*command: str) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"walk/record: {' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def up() -> None:
    down()
    for name in ADDRESSES:
        sh("ip", "netns", "add", name)
    sh("ip", "-n", SERVER, "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", DESK)
    for name, (address, mac) in ADDRESSES.items():
        sh("ip", "netns", "exec", name, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1")
        sh("ip", "-n", name, "link", "set", "lo", "up")
        sh("ip", "-n", name, "link", "set", "eth0", "address", mac)
        sh("ip", "-n", name, "address", "add", f"{address}/24", "dev", "eth0")
        sh("ip", "-n", name, "link", "set", "eth0", "up")


def down() -> None:
    for name in ADDRESSES:
        subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)


def certificate(folder: pathlib.Path, bits: str) -> list[str]:
    """A certificate that an authority signed, whose key has so many bits."""
    authority = ["-CA", str(folder / "ca.pem"), "-CAkey", str(folder / "ca-key.pem")]
    key, made = str(folder / "key.pem"), str(folder / "cert.pem")
    new = ["openssl", "req", "-x509", "-sha256", "-nodes", "-days", "365"]
    sh(*new, "-newkey", "rsa:2048", "-subj", "/CN=Clinic Authority", "-keyout", authority[3], "-out", authority[1])
    sh(*new, "-newkey", f"rsa:{bits}", "-subj", "/CN=rota.clinic.example", "-keyout", key, "-out", made, *authority)
    return ["-key", key, "-cert", made]


def talk(bits: str) -> None:
    """The server serves; the desk asks it three times."""
    weak = ["-cipher", "DEFAULT:@SECLEVEL=0"]
    with tempfile.TemporaryDirectory() as folder:
        pair = certificate(pathlib.Path(folder), bits)
        server = subprocess.Popen(["ip", "netns", "exec", SERVER, "openssl", "s_server", "-quiet", "-www", "-tls1_2",
                                   "-accept", "443", *weak, *pair], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(3):
                time.sleep(0.5)
                subprocess.run(["ip", "netns", "exec", DESK, "openssl", "s_client", "-connect", "10.77.3.20:443", "-servername",
                                "rota.clinic.example", *weak], input="GET / HTTP/1.0\r\n\r\n", text=True, check=False, capture_output=True, timeout=10)
        finally:
            server.kill()
            server.wait()


def record(file: str, moved: int, act) -> None:
    """Everything on the desk's end of the wire while `act` runs, as a pcap file with times moved by so many seconds."""
    ours = open("/proc/self/ns/net")
    with open(f"/run/netns/{DESK}") as theirs:
        enter(theirs.fileno())
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        wire.bind(("eth0", 0))
        enter(ours.fileno())
    act()
    time.sleep(0.3)
    wire.setblocking(False)
    packets = 0
    with open(file, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        now = int(time.time()) + moved
        while True:
            try:
                frame = wire.recv(65536)
            except BlockingIOError:
                break
            out.write(struct.pack("<IIII", now, packets * 1000 % 1000000, len(frame), len(frame)) + frame)
            packets += 1
    if packets < 20:
        raise SystemExit(f"walk/record: only {packets} packets came by")


def enter(namespace: int) -> None:
    import ctypes
    if ctypes.CDLL(None, use_errno=True).setns(namespace, 0x40000000):
        raise SystemExit("walk/record: needs root, to enter network namespaces")


def main() -> None:
    if len(sys.argv) != 3 or sys.argv[1] not in BITS:
        raise SystemExit(__doc__)
    up()
    try:
        record(sys.argv[2], -WEEK if sys.argv[1] == "before" else 0, lambda: talk(BITS[sys.argv[1]]))
    finally:
        down()


main()
