"""Start a site with the demo hospital, make a token that writes, and let schemathesis at its API. Called by fuzz/api."""

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


def ids(site: Site, token: str) -> dict[str, list[str]]:
    """Ids of things that are there, for addresses: else nearly every address would lead nowhere."""
    def tell(path: str, body: str | None = None, kind: str = "application/json") -> dict:
        link = http.client.HTTPSConnection("127.0.0.1", site.port, context=ssl._create_unverified_context(), timeout=120)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
        link.request("POST" if body else "GET", f"/api/v1/{path}", body, headers)
        return json.loads(link.getresponse().read())

    of = lambda path: [item["id"] for item in tell(path)["items"]]  # noqa: E731
    view = tell("views", json.dumps({"of": "devices", "name": "fuzz", "fields": {"area": "medical"}}))
    said = tell(f"devices/{of('devices?limit=1')[0]}/statements", json.dumps({"spares": 1, "by": "network", "because": "fuzz"}))
    return {
        "device": of("devices?limit=20"), "finding": of("findings?limit=20"), "task": of("work?limit=20"),
        "view": [view["id"]], "statement": said["statements"], "moment": [said["moment"]], "event": ["E-1", "E-2"],
        "import": ["I-1"], "upload": [tell("uploads?name=a.csv", "Name;IP\npump;10.0.0.7\n", "application/octet-stream")["id"]],
    }


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
            page = press(site, "/account/tokens", "/account/tokens", name="fuzz", scope="write", days="7")
            token = re.search(r'<code class="code">(wardround_[0-9a-f]+)<', page)[1]
            hooks = dict(os.environ, SCHEMATHESIS_HOOKS="api_hooks", PYTHONPATH=str(pathlib.Path(__file__).parent),
                         WARDROUND_IDS=json.dumps(ids(site, token)))
            done = subprocess.run([
                schemathesis, "run", f"https://127.0.0.1:{site.port}/api/v1/openapi.json", "--tls-verify", "false",
                "--header", f"Authorization: Bearer {token}", "--max-examples", examples, "--workers", "2",
                "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
                "response_headers_conformance,negative_data_rejection,unsupported_method,ignored_auth",
                # It goes on as long as somebody listens; the site's own tests follow it.
                "--exclude-path", "/api/v1/events",
            ], cwd=folder, env=hooks, check=False)
            sys.exit(done.returncode)
        finally:
            site.child.terminate()
            site.child.wait()


main()
