"""A real HTTPS server (Python's own) that checks signatures as Standard Webhooks has it, and tells each message as a line of JSON.

Arguments: certificate, key, secret (or a file that will have it). Paths beside /hook: /elsewhere sends elsewhere, /flood says too much,
/broken answers 503.
"""

import base64
import hashlib
import hmac
import http.server
import json
import pathlib
import ssl
import sys
import time

CERTIFICATE, KEY, SECRET = sys.argv[1:]


class Hook(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        name, at = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        secret = SECRET if SECRET.startswith("whsec_") else pathlib.Path(SECRET).read_text()
        key = base64.b64decode(secret.removeprefix("whsec_"))
        wanted = hmac.new(key, f"{name}.{at}.".encode() + body, hashlib.sha256).digest()
        good = hmac.compare_digest(self.headers["webhook-signature"], "v1," + base64.b64encode(wanted).decode())
        fresh = abs(time.time() - int(at)) < 300
        told = {"path": self.path, "id": name, "good": good, "fresh": fresh, "body": json.loads(body)}
        print(json.dumps(told), flush=True)
        if self.path == "/elsewhere":
            self.send_response(307)
            self.send_header("location", "/hook")
        elif self.path == "/flood":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nx: " + b"x" * 100_000)
            return
        else:
            self.send_response(503 if self.path == "/broken" else 204 if good else 401)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
if CERTIFICATE != "-":
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, KEY)
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
