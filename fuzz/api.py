"""Start a site with the demo hospital, make a token of each scope that matters, and let schemathesis at its API with each. Called by
fuzz/api."""

import http.client
import json
import os
import pathlib
import re
import ssl
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "bench"))
from running_site import Site  # noqa: E402  (its folder is named above)


def press(site: Site, page: str, path: str, **fields: str) -> str:
    token = re.search(r'name="token" value="([^"]*)"', site.ask(page)[2])[1]
    status, _, text = site.ask(path, {"token": token, **fields})
    if status not in (200, 303):
        raise SystemExit(f"fuzz/api: {path} answers {status}")
    return text


def tell(site: Site, token: str, path: str, body: str | None = None, kind: str = "application/json") -> dict:
    link = http.client.HTTPSConnection("127.0.0.1", site.port, context=ssl._create_unverified_context(), timeout=120)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
    link.request("POST" if body else "GET", f"/api/v1/{path}", body, headers)
    return json.loads(link.getresponse().read())


def ids(site: Site, writes: str, administers: str, spare: list[str]) -> dict[str, list[str]]:
    """Ids of things that are there, for addresses: else nearly every address would lead nowhere."""
    of = lambda path: [item["id"] for item in tell(site, writes, path)["items"]]  # noqa: E731
    view = tell(site, writes, "views", json.dumps({"of": "devices", "name": "fuzz", "fields": {"area": "medical"}}))
    devices = of("devices?limit=20")
    said = tell(site, writes, f"devices/{devices[0]}/statements", json.dumps({"spares": 1, "by": "network", "because": "fuzz"}))
    # A receiver that nobody is: what is told there goes nowhere.
    there = json.dumps({"name": "fuzz", "host": "127.0.0.1", "port": 9, "plain": True, "inside": True})
    receiver = tell(site, administers, "receivers/syslog", there)
    tell(site, administers, "invitations", json.dumps({"role": "network"}))
    facts = tell(site, writes, f"devices/{devices[0]}/facts")["item"]["facts"]
    return {
        "device": devices, "finding": of("findings?limit=20"), "task": of("work?limit=20"),
        "view": [view["id"]], "statement": said["statements"], "moment": [said["moment"]], "event": ["E-1", "E-2"],
        "import": ["I-1"], "upload": [tell(site, writes, "uploads?name=a.csv", "Name;IP\npump;10.0.0.7\n", "application/octet-stream")["id"]],
        "ground": [fact["id"] for fact in facts[:20]] + said["statements"], "after": ["R-1"], "before": ["R-1"],
        "account": ["P-1", "P-2"], "receiver": [receiver["id"]], "token": spare + ["K-99", "x"],
        "invitation": [one["id"] for one in tell(site, administers, "invitations")["items"]],
    }


def operations(site: Site, token: str, scope: str) -> list[str]:
    """The operations that a token of this scope is asked about: each once, and not what goes on as long as somebody listens."""
    described = [one for path in tell(site, token, "openapi.json")["paths"].values() for one in path.values()]
    taken = lambda one: [way["token"][0] for way in one["security"]]  # noqa: E731
    first = lambda one: next(known for known in SCOPES if known in taken(one))  # noqa: E731
    return [one["operationId"] for one in described if one["operationId"] != "events.follow" and first(one) == scope]


SCOPES = ["write", "administer", "log"]


def token_of(site: Site, scope: str) -> str:
    page = press(site, "/account/tokens", "/account/tokens", name="fuzz", scope=scope, days="7")
    return re.search(r'<code class="code">(wardround_[0-9a-f]+)<', page)[1]


def run(site: Site, schemathesis: str, examples: str, folder: str, hooks: dict[str, str], scope: str, token: str) -> int:
    asked = operations(site, token, scope)
    print(f"\n=== With a token of the scope {scope}: {len(asked)} operations", flush=True)
    named = [word for one in asked for word in ("--include-operation-id", one)]
    return subprocess.run([
        schemathesis, "run", f"https://127.0.0.1:{site.port}/api/v1/openapi.json", "--tls-verify", "false",
        "--header", f"Authorization: Bearer {token}", "--max-examples", examples, "--workers", "2",
        "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
        "response_headers_conformance,negative_data_rejection,unsupported_method,ignored_auth",
    ] + named, cwd=folder, env=hooks, check=False).returncode


def main() -> None:
    program, schemathesis, examples = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        site = Site(program, folder)
        try:
            site.join()
            press(site, "/", "/demo/show")
            for _ in range(240):
                if "is done and kept" in site.ask("/rounds/now")[2]:
                    break
                time.sleep(0.25)
            tokens = {scope: token_of(site, scope) for scope in SCOPES}
            own = {one["id"] for one in tell(site, tokens["write"], "tokens")["items"]}
            token_of(site, "read"), token_of(site, "read")
            spare = [one["id"] for one in tell(site, tokens["write"], "tokens")["items"] if one["id"] not in own]
            known = ids(site, tokens["write"], tokens["administer"], spare)
            hooks = dict(os.environ, SCHEMATHESIS_HOOKS="api_hooks", PYTHONPATH=str(pathlib.Path(__file__).parent),
                         WARDROUND_IDS=json.dumps(known))
            went = [run(site, schemathesis, examples, folder, hooks, scope, tokens[scope]) for scope in SCOPES]
            # A fault that ends a connection is no answer, so that it stands in the site's own words alone.
            faults = [line for line in site.output.read_text().splitlines() if "panicked" in line]
            print("\n".join(faults) or "\nNo fault in the site's own log.", flush=True)
            sys.exit(max([*went, len(faults)]))
        finally:
            site.child.terminate()
            site.child.wait()


main()
