"""The program serving on a loopback port of its own, and one person who is signed in there."""

import base64
import hashlib
import hmac
import http.client
import pathlib
import re
import socket
import ssl
import struct
import subprocess
import time
import urllib.parse


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

    def memory(self) -> dict[str, float]:
        """What it holds in MB: of its own, of mapped files (which the system takes back when it wants), and the most at any time."""
        status = pathlib.Path(f"/proc/{self.child.pid}/status").read_text()
        fields = {"own": "RssAnon", "mapped": "RssFile", "most": "VmHWM"}
        return {name: int(re.search(rf"{field}:\s+(\d+)", status)[1]) / 1000 for name, field in fields.items()}


def digits(key: str) -> str:
    step = struct.pack(">Q", int(time.time()) // 30)
    mac = hmac.digest(base64.b32decode(key + "=" * (-len(key) % 8)), step, hashlib.sha1)
    cut = mac[19] & 15
    return f"{(struct.unpack('>I', mac[cut:cut + 4])[0] & 0x7FFFFFFF) % 1000000:06d}"
