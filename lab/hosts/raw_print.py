"""Raw printing (port 9100): takes a job and answers PJL requests for the model. Argument: model."""

import socketserver
import sys


class Job(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        for line in self.rfile:
            if line.strip().endswith(b"@PJL INFO ID"):
                self.wfile.write(b'@PJL INFO ID\r\n"' + sys.argv[1].encode() + b'"\r\n\x0c')


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True


Server(("", 9100), Job).serve_forever()
