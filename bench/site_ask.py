"""Ask a running site for its pages, and say how it fared. Called by bench/site."""

import base64
import hashlib
import hmac
import http.client
import os
import pathlib
import re
import socket
import sqlite3
import ssl
import struct
import subprocess
import sys
import time
import urllib.parse

PEOPLE = 20
GOAL_MS = 100
LUA = """
wrk.headers["Cookie"] = "%s"
%s
function done(summary, latency)
  io.write(string.format("told %%.2f %%.2f %%d %%d\\n", latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    summary.requests, summary.errors.status + summary.errors.timeout + summary.errors.connect + summary.errors.read))
end
"""
READING = "function delay() return math.random(500, 1500) end"


class Site:
    """The program on a port of its own, and one signed-in person."""

    def __init__(self, program: str, folder: str):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.output = pathlib.Path(folder, "serve.out")
        begun = time.monotonic()
        with open(self.output, "w") as out:
            self.child = subprocess.Popen([program, "serve", "--listen", f"127.0.0.1:{self.port}", "--store", f"{folder}/rounds.sqlite"],
                                          stdout=out, stderr=subprocess.STDOUT)
        self.cookie = ""
        while True:
            try:
                if self.ask("/healthz")[0] == 200:
                    break
            except OSError:
                time.sleep(0.002)
            if self.child.poll() is not None:
                raise SystemExit(self.output.read_text())
        self.started = time.monotonic() - begun

    def ask(self, path: str, form: dict | None = None) -> tuple[int, dict, str]:
        open_to_all = ssl.create_default_context()
        open_to_all.check_hostname, open_to_all.verify_mode = False, ssl.CERT_NONE
        link = http.client.HTTPSConnection("127.0.0.1", self.port, context=open_to_all, timeout=120)
        headers = {"Cookie": self.cookie, "Origin": f"https://127.0.0.1:{self.port}"}
        body = urllib.parse.urlencode(form) if form else None
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        link.request("POST" if form else "GET", path, body, headers)
        answer = link.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("set-cookie") or []:
            self.cookie = cookie.split(";")[0]
        return answer.status, dict(answer.headers), text

    def join(self) -> None:
        while not (code := re.search(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){3}", self.output.read_text())):
            time.sleep(0.01)
        page = self.ask("/join")[2]
        key = re.search(r"secret=([A-Z2-7]+)", page)[1]
        fields = dict(re.findall(r'<input type="hidden" name="([a-z-]+)" value="([^"]*)"', page))
        fields |= {"invitation": code[0], "name": "ada", "password": "lamp river copper tide", "code": digits(key)}
        status, _, text = self.ask("/join", fields)
        if status != 200 or "Your account is ready" not in text:
            raise SystemExit(f"bench/site: no account could be made ({status})")

    def memory(self) -> float:
        """Resident memory of its own (not of mapped files) in MB."""
        return int(re.search(r"RssAnon:\s+(\d+)", pathlib.Path(f"/proc/{self.child.pid}/status").read_text())[1]) / 1000


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


def digits(key: str) -> str:
    step = struct.pack(">Q", int(time.time()) // 30)
    mac = hmac.digest(base64.b32decode(key + "=" * (-len(key) % 8)), step, hashlib.sha1)
    cut = mac[19] & 15
    return f"{(struct.unpack('>I', mac[cut:cut + 4])[0] & 0x7FFFFFFF) % 1000000:06d}"


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
        "Work": "/work", "Work, board": "/work?as=board", "Task": first("/work", r"/work/W-[0-9a-f]+"), "Rounds": "/rounds",
        "two rounds compared": "/rounds/R-2/since/R-1", "Coverage": "/coverage", "Intelligence": "/intelligence", "Plan": "/plan?hours=6",
        "Reports": "/reports", "Import": "/import", "People": "/people", "Log": "/audit", "Settings": "/settings",
    }


def load(site: Site, folder: str, path: str, seconds: str, pause: str) -> list[float]:
    """Median and 95th percentile in milliseconds, requests, errors."""
    script = pathlib.Path(folder, "ask.lua")
    script.write_text(LUA % (site.cookie, pause))
    done = subprocess.run(["wrk", "-t1", f"-c{PEOPLE}", f"-d{seconds}s", "--timeout", "30s", "-s", str(script),
                           f"https://127.0.0.1:{site.port}{path}"], check=True, capture_output=True, text=True).stdout
    return [float(part) for part in re.search(r"^told (.*)$", done, re.M)[1].split()]


def main() -> None:
    program, folder, seconds = sys.argv[1:]
    as_known(program, folder)
    site = Site(program, folder)
    try:
        site.join()
        print(f"answers {site.started:.2f} s after it was started (goal 0.5 s)")
        time.sleep(5)
        print(f"holds {site.memory():.0f} MB before anybody asks")
        begun = time.monotonic()
        while "This is being worked out" in site.ask("/")[2]:
            time.sleep(0.25)
        print(f"all of Today is worked out {time.monotonic() - begun:.1f} s after it was first asked for")
        named = pages(site)
        today = site.ask("/")[2]
        parts = set(re.findall(r'(?:href|src)="(/assets/[^"]+)"', today))
        print(f"first view: {(len(today) + sum(len(site.ask(part)[2]) for part in parts)) / 1000:.0f} KB (goal 150 KB)\n")
        print(f"{PEOPLE} people       {'reading a second':>26} {'never pausing':>26}\n{'page':22} {'median ms':>12} {'95 % ms':>12} {'median ms':>12} {'95 % ms':>12} {'a second':>9}")
        late = []
        for name, path in named.items():
            status = site.ask(path)[0]
            if status != 200:
                raise SystemExit(f"bench/site: {path} answers {status}")
            calm, rush = (load(site, folder, path, seconds, pause) for pause in (READING, ""))
            print(f"{name:22} {calm[0]:12.1f} {calm[1]:12.1f} {rush[0]:12.1f} {rush[1]:12.1f} {rush[2] / float(seconds):9.0f}"
                  + (f"   {calm[3] + rush[3]:.0f} ERRORS" if calm[3] + rush[3] else ""), flush=True)
            late += [name] if calm[1] > GOAL_MS else []
        print(f"\nabove {GOAL_MS} ms at the 95th percentile with people who read: {', '.join(late) or 'none'}")
        time.sleep(30)
        print(f"holds {site.memory():.0f} MB after all of it and half a minute of rest (goal 150 MB)")
    finally:
        site.child.terminate()
        site.child.wait()


main()
