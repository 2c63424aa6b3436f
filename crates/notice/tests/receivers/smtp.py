"""A real SMTP server (aiosmtpd) that tells each mail it took as one line of JSON, read by Python's own mail parser.

Arguments: certificate, key, mode. Modes: starttls (and a login), tls, bare (offers no TLS).
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Told:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 no such person here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        part = lambda kind: mail.get_body((kind,)).get_content()
        told = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None,
            "login": bool(session.authenticated),
            "fields": list(mail.keys()),
            "subject": mail["subject"],
            "defects": [str(defect) for defect in mail.defects],
            "plain": part("plain"),
            "html": part("html"),
        }
        print(json.dumps(told), flush=True)
        return "250 taken"


def allowed(server, session, envelope, mechanism, data):
    good = (data.login, data.password) == (b"ward", b"swordfish \xc3\xa4")
    return AuthResult(success=good, handled=False)


async def main():
    certificate, key, mode = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def server():
        if mode == "starttls":
            return SMTP(Told(), tls_context=context, require_starttls=True, authenticator=allowed, auth_required=True)
        return SMTP(Told())

    own = context if mode == "tls" else None
    serving = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0, ssl=own)
    print(serving.sockets[0].getsockname()[1], flush=True)
    await serving.serve_forever()


asyncio.run(main())
