"""Ask a running site for its pages, and say how it fared. Called by bench/site."""

import pathlib
import re
import sqlite3
import subprocess
import sys
import time

from running_site import Site

PEOPLE = 20
GOAL_MS = 100
GOAL_MB = 150
LONGEST_S = 600
LUA = """
wrk.headers["Cookie"] = "%s"
%s
function done(summary, latency)
  io.write(string.format("told %%.2f %%.2f %%d %%d\\n", latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    summary.requests, summary.errors.status + summary.errors.timeout + summary.errors.connect + summary.errors.read))
end
"""
READING = "function delay() return math.random(500, 1500) end"


def as_known(program: str, folder: str) -> None:
    """Lets the rounds of the store say that they were judged by what the program knows: else it judges the newest again at once."""
    small = f"{folder}/small.sqlite"
    subprocess.run([program, "round", "examples/clinic.pcapng", "--store", small], check=True, stdout=subprocess.DEVNULL)
    with sqlite3.connect(f"{folder}/rounds.sqlite") as store:
        store.execute("ATTACH ? AS small", (small,))
        rows = store.execute("SELECT position, name, records, as_of FROM small.intelligence_source WHERE round_id = 1").fetchall()
        store.execute("DELETE FROM main.intelligence_source")
        for (judged,) in store.execute("SELECT id FROM main.round").fetchall():
            store.executemany("INSERT INTO main.intelligence_source (round_id, position, name, records, as_of) VALUES (?, ?, ?, ?, ?)",
                              [(judged, *row) for row in rows])


def pages(site: Site) -> dict[str, str]:
    """A page of each kind, by what it is called in the table."""
    def first(path: str, pattern: str) -> str:
        found = re.search(f'href="({pattern})"', site.ask(path)[2])
        if not found:
            raise SystemExit(f"bench/site: {path} leads to no {pattern}")
        return found[1].replace("&amp;", "&")

    device = first("/devices", r"/devices/A-[0-9a-f]+")
    group = first("/findings", r"/findings\?[^\"]*group=[^\"]*")
    talk = first("/conversations", r"/conversations/[a-z]+/[a-z]+")
    return {
        "Today": "/", "Devices": "/devices", "Devices, searched": "/devices?text=10.1", "Devices, medical": "/devices?medical=yes",
        "Device": device, "its conversations": f"{device}/conversations", "Findings": "/findings", "one kind of finding": group,
        "Finding": first(group, r"/findings/F-[0-9a-f]+"), "Conversations": "/conversations", "between two areas": talk,
        "Work": "/work", "Work, board": "/work?view=board", "Task": first("/work", r"/work/W-[0-9a-f]+"), "Rounds": "/rounds",
        "Ways in": "/paths", "Ways to a device": f"/paths?to={device.split('/')[-1]}", "two rounds compared": "/rounds/R-2/since/R-1", "Coverage": "/coverage", "Intelligence": "/intelligence", "Plan": "/plan?hours=6",
        "Reports": "/reports", "Import": "/import", "People": "/people", "Log": "/audit", "Settings": "/settings",
    }


def load(site: Site, folder: str, path: str, seconds: str, pause: str) -> list[float]:
    """Median and 95th percentile in milliseconds, requests, errors."""
    script = pathlib.Path(folder, "ask.lua")
    script.write_text(LUA % (site.cookie, pause))
    done = subprocess.run(["wrk", "-t1", f"-c{PEOPLE}", f"-d{seconds}s", "--timeout", "30s", "-s", str(script),
                           f"https://127.0.0.1:{site.port}{path}"], check=True, capture_output=True, text=True).stdout
    return [float(part) for part in re.search(r"^told (.*)$", done, re.M)[1].split()]


def say_memory(site: Site, when: str) -> None:
    held = site.memory()
    print(f"holds {held['own']:.0f} MB (goal {GOAL_MB} MB) and {held['mapped']:.0f} MB of mapped files {when}; "
          f"the most so far was {held['most']:.0f} MB with those", flush=True)


def ask_cold(site: Site, name: str, path: str) -> None:
    """How long the first answer of a page takes, which may have to be worked out."""
    begun = time.monotonic()
    # What takes longer than a request may is worked out all the same, and is there for who asks again.
    while (status := site.ask(path)[0]) == 503 and time.monotonic() - begun < LONGEST_S:
        time.sleep(1)
    if status != 200:
        raise SystemExit(f"bench/site: {path} answers {status}")
    taken = time.monotonic() - begun
    if taken > 0.5:
        print(f"{name} is worked out in {taken:.1f} s for whoever asks first", flush=True)


def main() -> None:
    program, folder, seconds = sys.argv[1:]
    as_known(program, folder)
    site = Site(program, folder)
    try:
        site.join()
        print(f"answers {site.started:.2f} s after it was started (goal 0.5 s)")
        time.sleep(5)
        say_memory(site, "before anybody asks")
        begun = time.monotonic()
        while "This is being worked out" in site.ask("/")[2]:
            time.sleep(0.25)
        print(f"all of Today is worked out {time.monotonic() - begun:.1f} s after it was first asked for")
        say_memory(site, "then")
        named = pages(site)
        today = site.ask("/")[2]
        parts = set(re.findall(r'(?:href|src)="(/assets/[^"]+)"', today))
        print(f"first view: {(len(today) + sum(len(site.ask(part)[2]) for part in parts)) / 1000:.0f} KB (goal 150 KB)\n")
        print(f"{PEOPLE} people       {'reading a second':>26} {'never pausing':>26}\n{'page':22} {'median ms':>12} {'95 % ms':>12} {'median ms':>12} {'95 % ms':>12} {'a second':>9}")
        late = []
        for name, path in named.items():
            ask_cold(site, name, path)
            calm, rush = (load(site, folder, path, seconds, pause) for pause in (READING, ""))
            print(f"{name:22} {calm[0]:12.1f} {calm[1]:12.1f} {rush[0]:12.1f} {rush[1]:12.1f} {rush[2] / float(seconds):9.0f}"
                  + (f"   {calm[3] + rush[3]:.0f} ERRORS" if calm[3] + rush[3] else ""), flush=True)
            late += [name] if calm[1] > GOAL_MS else []
        print(f"\nabove {GOAL_MS} ms at the 95th percentile with people who read: {', '.join(late) or 'none'}")
        say_memory(site, "after all pages")
        time.sleep(60)
        say_memory(site, "after a minute of rest")
    finally:
        site.child.terminate()
        site.child.wait()


main()
