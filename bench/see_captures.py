"""All captures of a folder of archives as one capture of Ethernet frames: see_captures.py FOLDER OUT.pcap

Every pcap and pcapng file in FOLDER/*.tar.gz goes through editcap (which reads compressed and damaged ones as far as they go). What was
recorded without Ethernet (raw IP, Linux cooked, loopback) gets an Ethernet head with the cards 02:00:00:00:00:01 and :02, because nDPI and
Suricata read one kind of link a file; other links are left out and told. Files stand one behind the other in time, from 2020 on, and a
pause within a file counts as a minute at most.
"""

import pathlib
import struct
import subprocess
import sys
import tarfile
import tempfile

HEAD = bytes.fromhex("020000000002020000000001")
ETHERNET, RAW, COOKED, COOKED_2 = 1, (12, 14, 101, 228, 229), 113, 276
LOOPBACK = (0, 108)
LONGEST_PAUSE = 60_000_000
FIRST = 1_577_836_800_000_000


def framed(link: int, packet: bytes) -> bytes | None:
    """The packet as an Ethernet frame, if its link is known."""
    if link == ETHERNET:
        return packet
    if link in RAW and packet:
        return HEAD + by_version(packet) + packet
    if link == COOKED and len(packet) >= 16:
        return HEAD + packet[14:]
    if link == COOKED_2 and len(packet) >= 20:
        return HEAD + packet[:2] + packet[20:]
    if link in LOOPBACK and len(packet) > 4:
        return HEAD + by_version(packet[4:]) + packet[4:]
    return None


def by_version(packet: bytes) -> bytes:
    return b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00"


def records(pcap: bytes):
    """Link, microseconds, length on the wire and bytes of each packet of a little-endian pcap file."""
    (link,) = struct.unpack_from("<I", pcap, 20)
    at = 24
    while at + 16 <= len(pcap):
        seconds, micro, kept, wire = struct.unpack_from("<IIII", pcap, at)
        yield link & 0xFFFF, seconds * 1_000_000 + micro, wire, pcap[at + 16 : at + 16 + kept]
        at += 16 + kept


def captures(folder: pathlib.Path):
    """The bytes of each capture, by its name."""
    for archive in sorted(folder.glob("*.tar.gz")):
        with tarfile.open(archive) as files:
            for file in sorted((file for file in files if file.isfile()), key=lambda file: file.name):
                if file.name.removesuffix(".gz").endswith((".pcap", ".pcapng", ".cap", ".trace")):
                    yield f"{archive.name}/{file.name}", files.extractfile(file).read()


def main(folder: str, out: str) -> None:
    told = {"files": 0, "packets": 0, "not readable": 0, "packets of other links": 0}
    moment = FIRST
    with tempfile.TemporaryDirectory() as work, open(out, "wb") as to:
        to.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, ETHERNET))
        source, plain = pathlib.Path(work, "in"), pathlib.Path(work, "out")
        for _, content in captures(pathlib.Path(folder)):
            source.write_bytes(content)
            plain.unlink(missing_ok=True)
            subprocess.run(["editcap", "-F", "pcap", source, plain], stderr=subprocess.DEVNULL, check=False)
            if not plain.exists() or plain.stat().st_size < 24:
                told["not readable"] += 1
                continue
            told["files"] += 1
            before = None
            for link, time, wire, packet in records(plain.read_bytes()):
                moment += min(max(time - before, 0), LONGEST_PAUSE) if before is not None else 1_000_000
                before = time
                frame = framed(link, packet)
                if frame is None:
                    told["packets of other links"] += 1
                    continue
                wire += len(frame) - len(packet)
                to.write(struct.pack("<IIII", moment // 1_000_000, moment % 1_000_000, len(frame), max(wire, len(frame))) + frame)
                told["packets"] += 1
    print(", ".join(f"{count} {what}" for what, count in told.items()))


if __name__ == "__main__":
    main(*sys.argv[1:])
