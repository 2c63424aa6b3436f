"""Recording: dumpcap on each subnet's bridge, then one pcapng with one interface a mirror.

The merge also does what a monitoring network does to packets and the kernel here cannot:
802.1Q and QinQ tags of a trunk mirror, a VXLAN tunnel, a mirror of one direction only, and
a mirror that is too busy.
Times are stretched by a constant factor and moved to a fixed start.
Not here: making traffic (scenes.py).
"""

import itertools
import pathlib
import signal
import struct
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from table import HOSTS, ROUTER_MACS, RUN, SUBNETS, gateway, ip, switch

MIRRORS = [*SUBNETS, "trunk"]
CLINICAL_VLAN, SERVICE_VLAN, BUILDING_VLAN, GUEST_VNI = 10, 400, 40, 50


@dataclass(frozen=True)
class Frame:
    """One captured frame: nanoseconds since 1970, mirror name, bytes from the Ethernet header on."""
    time: int
    mirror: str
    data: bytes

    def touches(self, mac: str) -> bool:
        raw = bytes.fromhex(mac.replace(":", ""))
        return raw in (self.data[0:6], self.data[6:12])

    def ports(self) -> tuple[int, int]:
        """TCP or UDP ports of an untagged IPv4 frame, else (0, 0)."""
        if self.data[12:14] != b"\x08\x00" or self.data[23] not in (6, 17):
            return 0, 0
        start = 14 + 4 * (self.data[14] & 15)
        return struct.unpack("!HH", self.data[start:start + 4])


def start() -> list[subprocess.Popen]:
    """One dumpcap a subnet, listening on the bridge in promiscuous mode: it sees each frame once and sends none."""
    recorders = [subprocess.Popen(["ip", "netns", "exec", switch(s), "dumpcap", "-q", "-P", "-B", "8", "-i", "br0",
                                   "-w", str(RUN / f"{s}.pcap")], stderr=subprocess.DEVNULL) for s in SUBNETS]
    for subnet in SUBNETS:
        while not (RUN / f"{subnet}.pcap").exists():
            time.sleep(0.05)
    time.sleep(1)
    return recorders


def stop(recorders: list[subprocess.Popen]) -> None:
    time.sleep(1)
    for recorder in recorders:
        recorder.send_signal(signal.SIGINT)
    for recorder in recorders:
        recorder.wait(timeout=10)


def read_pcap(path: pathlib.Path, mirror: str) -> Iterator[Frame]:
    """Frames of a classic little-endian pcap file with microseconds (what dumpcap -P writes)."""
    raw = path.read_bytes()
    if raw[:4] != b"\xd4\xc3\xb2\xa1":
        raise RuntimeError(f"{path}: not the kind of file that dumpcap -P writes")
    at = 24
    while at + 16 <= len(raw):
        seconds, micros, kept, length = struct.unpack("<IIII", raw[at:at + 16])
        if kept != length:
            raise RuntimeError(f"{path}: a frame was cut short")
        yield Frame(seconds * 10**9 + micros * 1000, mirror, raw[at + 16:at + 16 + kept])
        at += 16 + kept


def merge(target: pathlib.Path, first: int, factor: int) -> list[Frame]:
    """Write the final file: first packet at `first` (nanoseconds since 1970), time stretched by `factor`."""
    frames = [f for s in SUBNETS for f in read_pcap(RUN / f"{s}.pcap", s)]
    frames = [moved(f) for f in frames if not lost_direction(f)]
    frames.sort(key=lambda f: (f.time, MIRRORS.index(f.mirror)))
    frames = disturbed(frames)
    origin = frames[0].time
    frames = [replace(f, time=first + (f.time - origin) * factor) for f in frames]
    write_pcapng(target, frames)
    return frames


def lost_direction(frame: Frame) -> bool:
    """A switch port mirrored in receive direction only: frames to that host never reach the sensor."""
    one_way = [h["mac"] for h in HOSTS.values() if h.get("one_way")]
    return any(frame.data[0:6] == bytes.fromhex(mac.replace(":", "")) for mac in one_way)


def disturbed(frames: list[Frame]) -> list[Frame]:
    """What busy mirror ports do to a long transfer, here the CT's: some frames change places, some come twice."""
    raw = bytes.fromhex(HOSTS["ct-1"]["mac"].replace(":", ""))
    data = [i for i, f in enumerate(frames) if f.data[6:12] == raw and f.ports()[1] == 104 and len(f.data) > 200]
    for i, j in list(itertools.pairwise(data))[::25]:
        frames[i], frames[j] = replace(frames[i], data=frames[j].data), replace(frames[j], data=frames[i].data)
    twice = set(data[10::40])
    return [copy for i, f in enumerate(frames) for copy in ([f, f] if i in twice else [f])]


def moved(frame: Frame) -> Frame:
    """Put a few conversations where a trunk mirror or a tunnel would show them; leave all others."""
    lis, engine = HOSTS["lis"]["mac"], HOSTS["engine"]["mac"]
    if frame.touches(lis) and (frame.touches(engine) or 123 in frame.ports()):
        return replace(frame, mirror="trunk", data=tagged(frame.data, (0x8100, CLINICAL_VLAN)))
    if frame.touches(HOSTS["room-sensor"]["mac"]) and 1883 in frame.ports():
        return replace(frame, mirror="trunk", data=tagged(frame.data, (0x88A8, SERVICE_VLAN), (0x8100, BUILDING_VLAN)))
    if frame.mirror == "guest" and frame.touches(HOSTS["guest-android"]["mac"]):
        return replace(frame, mirror="office", data=tunnelled(frame.data))
    return frame


def tagged(data: bytes, *tags: tuple[int, int]) -> bytes:
    """The frame with VLAN tags (type, VLAN id) after its addresses (IEEE 802.1Q)."""
    return data[:12] + b"".join(struct.pack("!HH", kind, vlan) for kind, vlan in tags) + data[12:]


def tunnelled(data: bytes) -> bytes:
    """The frame in VXLAN (RFC 7348) between the access point and the core router's office port."""
    near = (HOSTS["ap-guest-1"]["mac"], ip("ap-guest-1"))
    far = (ROUTER_MACS["office"], gateway("office"))
    android = bytes.fromhex(HOSTS["guest-android"]["mac"].replace(":", ""))
    (source_mac, source), (target_mac, target) = (near, far) if data[6:12] == android else (far, near)
    payload = struct.pack("!II", 0x08000000, GUEST_VNI << 8) + data
    udp = struct.pack("!HHHH", 0xC000 | sum(data[:12]) & 0x3FFF, 4789, 8 + len(payload), 0)
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28 + len(payload), 0, 0x4000, 64, 17, 0, dotted(source), dotted(target))
    header = header[:10] + struct.pack("!H", internet_checksum(header)) + header[12:]
    ethernet = bytes.fromhex((target_mac + source_mac).replace(":", "")) + b"\x08\x00"
    return ethernet + header + udp + payload


def dotted(address: str) -> bytes:
    return bytes(map(int, address.split(".")))


def internet_checksum(header: bytes) -> int:
    total = sum(struct.unpack(f"!{len(header) // 2}H", header))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def block(kind: int, body: bytes) -> bytes:
    """A pcapng block: type, length, body, length again."""
    body += b"\0" * (-len(body) % 4)
    length = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + length + body + length


def option(code: int, value: bytes) -> bytes:
    return struct.pack("<HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def write_pcapng(target: pathlib.Path, frames: list[Frame]) -> None:
    """Section header, one interface a mirror (nanoseconds), then the frames in order."""
    end = option(0, b"")
    with open(target, "wb") as out:
        out.write(block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + option(4, b"Wardround lab") + end))
        for mirror in MIRRORS:
            out.write(block(1, struct.pack("<HHI", 1, 0, 262144) + option(2, f"mirror-{mirror}".encode()) + option(9, b"\x09") + end))
        for f in frames:
            head = struct.pack("<IIIII", MIRRORS.index(f.mirror), f.time >> 32, f.time & 0xFFFFFFFF, len(f.data), len(f.data))
            out.write(block(6, head + f.data))
