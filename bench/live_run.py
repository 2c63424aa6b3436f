"""Sends at one rate after the other and counts what the kernel drops for each reader: live_run.py WARDROUND FOLDER RUNS SECONDS.

bench/live calls it inside a network namespace with the two ends `from` and `to`. FIRST=yes lets all of it go before others (nice -20).
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

RATES = [int(rate) for rate in os.environ.get("RATES", "25000 50000 100000 150000 200000 300000 400000").split()]


def wait_for_socket(child: subprocess.Popen) -> None:
    """Waits until a program has a packet socket in this namespace (proc(5), net/packet)."""
    for _ in range(200):
        if len(pathlib.Path("/proc/net/packet").read_text().splitlines()) > 1:
            time.sleep(0.3)
            return
        if child.poll() is not None:
            sys.exit(f"the reader ended: {child.stderr.read() if child.stderr else ''}")
        time.sleep(0.05)
    sys.exit("no reader opened a socket")


def send(folder: str, rate: int, seconds: int) -> tuple[int, float]:
    """Sends for so long; answers how many packets, and at which rate they really went."""
    told = subprocess.run(["tcpreplay", "-K", "-i", "from", "--loop", "0", "--pps", str(rate), "--limit", str(rate * seconds),
                           f"{folder}/clinic.pcap"], capture_output=True, text=True, check=True).stdout
    sent, real = re.search(r"Actual: (\d+) packets", told), re.search(r"([\d.]+) pps", told)
    return int(sent.group(1)) if sent else 0, float(real.group(1)) if real else 0.0


def ours(program: str, folder: str, rate: int, seconds: int) -> tuple[int, int, float]:
    """Packets sent, packets dropped, and the rate, with Wardround at the other end."""
    command = [program, "watch", "--interface", "to", "--store", f"{folder}/rounds.sqlite", "--format", "json"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for_socket(child)
    sent, real = send(folder, rate, seconds)
    time.sleep(1)
    child.send_signal(signal.SIGINT)
    out, _ = child.communicate()
    skipped = json.loads(out)["coverage"]["skipped"]
    return sent, sum(row["packets"] for row in skipped if row["reason"] == "dropped"), real


def tcpdump(_program: str, folder: str, rate: int, seconds: int) -> tuple[int, int, float]:
    """The same with tcpdump, which writes to nowhere."""
    child = subprocess.Popen(["tcpdump", "-n", "-i", "to", "-w", "/dev/null"], stderr=subprocess.PIPE, text=True)
    wait_for_socket(child)
    sent, real = send(folder, rate, seconds)
    time.sleep(1)
    child.send_signal(signal.SIGINT)
    _, told = child.communicate()
    return sent, int(re.search(r"(\d+) packets? dropped by kernel", told).group(1)), real


def main(program: str, folder: str, runs: str, seconds: str) -> None:
    """One line for each rate: what was sent, and the packets dropped in each run of each reader."""
    first: dict[str, list[int | None]] = {"wardround": [None] * int(runs), "tcpdump": [None] * int(runs)}
    print("| packets a second | really | wardround drops | tcpdump drops |\n|---|---|---|---|")
    for rate in RATES:
        drops: dict[str, list[int]] = {name: [] for name in first}
        rates = []
        for run in range(int(runs)):
            for name, reader in (("wardround", ours), ("tcpdump", tcpdump)):
                _, dropped, real = reader(program, folder, rate, int(seconds))
                rates.append(real)
                drops[name].append(dropped)
                if dropped and first[name][run] is None:
                    first[name][run] = rate
        print(f"| {rate} | {min(rates):.0f} to {max(rates):.0f} | {drops['wardround']} | {drops['tcpdump']} |", flush=True)
    for name, rates in first.items():
        print(f"{name}: first rate with drops, run by run: {', '.join(str(rate) if rate else 'none' for rate in rates)}")


if __name__ == "__main__":
    if os.environ.get("FIRST"):
        os.nice(-20)
    main(*sys.argv[1:])
