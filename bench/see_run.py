"""Runs every program over the same files in turn and prints tables: see_run.py PROGRAMS FOLDER RUNS GIGABYTES (bench/see makes the files).

ONLY="see-1,capinfos -c" runs these alone. FIRST=yes lets root run all with the highest priority (nice -20), so that others on
the machine disturb them less.
"""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time
from typing import NamedTuple


class Cost(NamedTuple):
    """What one run took: seconds of all cores together, seconds by the clock, and the most memory it held."""

    cpu: float
    wall: float
    peak: float


FIELDS = ["-e", "ip.src", "-e", "ip.dst", "-e", "_ws.col.Protocol", "-e", "_ws.col.Info"]


# Run once a file, however often the others are: it takes about a minute a GB.
SLOW = "tshark -T fields"


def programs(built: str, file: str, work: pathlib.Path) -> dict[str, list[str]]:
    """The command line of each program: our seeing (read, identify, keep) on one core and on two, the whole round, and the others."""
    store, eve = str(work / "rounds.sqlite"), str(work / "eve")
    see = f"{built}/examples/see"
    return {
        "see-1": ["taskset", "-c", "0", see, store, "1", file],
        "see-2": ["taskset", "-c", "0,1", see, store, "2", file],
        "wardround round": ["taskset", "-c", "0", f"{built}/wardround", "round", file, "--store", store, "--workers", "1"],
        "cat": ["cat", file],
        "capinfos -c": ["capinfos", "-c", file],
        "ndpiReader": ["ndpiReader", "-q", "-i", file],
        "suricata": ["suricata", "-r", file, "-k", "none", "-S", "/dev/null", "-l", eve, "--runmode", "single"],
        SLOW: ["tshark", "-n", "-r", file, "-T", "fields", *FIELDS],
    }


def first_in_line() -> None:
    """Asks the kernel to let this process go before others, where that was wished."""
    if os.environ.get("FIRST"):
        os.nice(-20)


def run(command: list[str], work: pathlib.Path) -> Cost:
    """Runs a program once; its store and its logs begin anew."""
    for left in work.glob("rounds.sqlite*"):
        left.unlink()
    shutil.rmtree(work / "eve", ignore_errors=True)
    (work / "eve").mkdir()
    begun = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=first_in_line)
    _, status, used = os.wait4(child.pid, 0)
    wall = time.monotonic() - begun
    if status:
        sys.exit(f"{command} ended with {os.waitstatus_to_exitcode(status)}")
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1000)


def median(costs: list[Cost]) -> Cost:
    return Cost(*(statistics.median(column) for column in zip(*costs)))


def row(name: str, cost: Cost, size: int, packets: int, ours: Cost) -> str:
    columns = [f"{cost.cpu:.2f}", f"{cost.wall:.2f}", f"{size / 1e9 / cost.cpu:.2f}", f"{packets / 1e6 / cost.cpu:.2f}",
               f"{cost.peak:.0f}", f"{cost.cpu / ours.cpu:.1f}"]
    return f"| {name} | " + " | ".join(columns) + " |"


def count(file: str) -> int:
    told = subprocess.run(["capinfos", "-c", "-M", file], capture_output=True, text=True, check=True).stdout
    return int(told.split()[-1])


def compare(built: str, file: pathlib.Path, runs: int, only: list[str]) -> None:
    """The table of one file."""
    packets, size = count(str(file)), file.stat().st_size
    subprocess.run(["cat", str(file)], stdout=subprocess.DEVNULL, check=True)
    chosen = {name: line for name, line in programs(built, str(file), file.parent).items() if not only or name in only}
    costs: dict[str, list[Cost]] = {name: [] for name in chosen}
    for turn in range(runs):
        for name, command in chosen.items():
            if turn == 0 or name != SLOW:
                costs[name].append(run(command, file.parent))
    medians = {name: median(each) for name, each in costs.items()}
    ours = medians.get("see-1") or next(iter(medians.values()))
    print(f"\n{file.name}: {packets} packets, {size} bytes, {runs} runs, load {os.getloadavg()[0]:.1f}\n")
    print("| program | CPU s | wall s | GB/CPU s | Mpkt/CPU s | peak MB | CPU ratio |\n|---|---|---|---|---|---|---|")
    for name, cost in medians.items():
        print(row(name, cost, size, packets, ours))
    if two := medians.get("see-2"):
        print(f"\nTwo cores: {two.wall / ours.wall:.2f} of the wall time of one.", flush=True)


def flatness(built: str, files: list[pathlib.Path]) -> None:
    """Our peak memory as the file grows."""
    for file in files:
        cost = run(programs(built, str(file), file.parent)["see-1"], file.parent)
        print(f"{file.name}: {file.stat().st_size / 1e9:.2f} GB, peak {cost.peak:.1f} MB")


def main(built: str, folder: str, runs: str, gigabytes: str) -> None:
    """All tables."""
    work, only, size = pathlib.Path(folder), list(filter(None, os.environ.get("ONLY", "").split(","))), int(gigabytes)
    for name in (f"lab-{size}", f"clinic-{size}", f"real-{size}", "real-base"):
        if (file := work / f"{name}.pcap").exists():
            compare(built, file, int(runs), only)
    print()
    flatness(built, [work / f"clinic-{size}.pcap", work / f"clinic-{size * 2}.pcap"])


if __name__ == "__main__":
    main(*sys.argv[1:])
