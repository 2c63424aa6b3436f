"""Start a site with the demo hospital, make a token, and let schemathesis at its API. Called by fuzz/api."""

import pathlib
import re
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
            page = press(site, "/account/tokens", "/account/tokens", name="fuzz", scope="read", days="7")
            token = re.search(r'<code class="code">(wardround_[0-9a-f]+)<', page)[1]
            done = subprocess.run([
                schemathesis, "run", f"https://127.0.0.1:{site.port}/api/v1/openapi.json", "--tls-verify", "false",
                "--header", f"Authorization: Bearer {token}", "--max-examples", examples, "--workers", "2",
                "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
                "response_headers_conformance,negative_data_rejection,unsupported_method,ignored_auth",
            ], cwd=folder, check=False)
            sys.exit(done.returncode)
        finally:
            site.child.terminate()
            site.child.wait()


main()
