"""Certificates of the lab's web servers, with fixed dates so that the truth stays true."""

import datetime
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


def day(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


def subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Klinik Sankt Lukas"),
                      x509.NameAttribute(NameOID.COMMON_NAME, name)])


def issue(name: str, start: str, end: str, bits: int = 2048, issuer=None, authority: bool = False):
    """(certificate, key): signed by `issuer`, or by itself."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    issuer_name, issuer_key = (issuer[0].subject, issuer[1]) if issuer else (subject(name), key)
    builder = (x509.CertificateBuilder().subject_name(subject(name)).issuer_name(issuer_name)
               .public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(day(start)).not_valid_after(day(end))
               .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True))
    if not authority:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256()), key


def write(folder: pathlib.Path, issued, chain=()) -> None:
    """cert.pem and key.pem for nginx."""
    pem = serialization.Encoding.PEM
    certificate, key = issued
    (folder / "cert.pem").write_bytes(b"".join(c.public_bytes(pem) for c in (certificate, *chain)))
    (folder / "key.pem").write_bytes(key.private_bytes(
        pem, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()))


def make_all(run: pathlib.Path, domain: str) -> None:
    """One authority; a good, an expired, a weak and a self-signed certificate."""
    authority = issue("Klinik Sankt Lukas Root CA", "2020-01-01", "2040-01-01", authority=True)
    chain = (authority[0],)
    write(run / "pacs", issue(f"pacs.{domain}", "2026-01-10", "2028-01-10", issuer=authority), chain)
    write(run / "his", issue(f"kis.{domain}", "2023-06-01", "2026-06-01", issuer=authority), chain)
    write(run / "bms", issue(f"glt.{domain}", "2019-03-01", "2029-03-01", bits=1024, issuer=authority), chain)
    write(run / "intranet", issue(f"intranet.{domain}", "2025-02-01", "2030-02-01"))
