"""HTTPS: a certificate is verified, and verified answers are read like any other."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from aws_conformance.exchange import Request, Response, Silence
from aws_conformance.targets import Limits, UrlTarget

LIMITS = Limits(connect=5.0, read=5.0, total=10.0)
REQUEST = Request("POST", "/", (("Host", "h"), ("Content-Length", "2")), b"{}")


class _Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def certificate(folder: Path) -> Path:
    """Write a self-signed certificate for 127.0.0.1 with its key into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + built.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    pem = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    httpd.daemon_threads = True
    httpd.socket = context.wrap_socket(httpd.socket, server_side=True)
    thread = threading.Thread(target=httpd.serve_forever, args=(0.02,))
    thread.start()
    yield f"https://127.0.0.1:{httpd.server_port}", pem
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def test_a_certificate_nobody_signed_is_unreachable(server: tuple[str, Path]) -> None:
    target = UrlTarget(server[0], limits=LIMITS)
    found = target.send(REQUEST)
    target.close()
    assert isinstance(found, Silence)
    assert found.kind == "unreachable"
    assert "CERTIFICATE_VERIFY_FAILED" in found.detail


def test_a_trusted_certificate_is_enough(server: tuple[str, Path]) -> None:
    target = UrlTarget(server[0], limits=LIMITS, ca_certs=str(server[1]))
    found = [target.send(REQUEST) for _ in range(3)]
    target.close()
    assert [answer.body for answer in found if isinstance(answer, Response)] == [b"{}"] * 3


def test_many_threads_share_a_target_and_each_gets_its_own_answer() -> None:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    httpd.daemon_threads = True
    thread = threading.Thread(target=httpd.serve_forever, args=(0.02,))
    thread.start()
    target = UrlTarget(f"http://127.0.0.1:{httpd.server_port}", limits=LIMITS)

    def echo(number: int) -> bool:
        body = str(number).encode() * 100
        headers = (("Host", "h"), ("Content-Length", str(len(body))))
        answer = target.send(Request("POST", "/", headers, body))
        return isinstance(answer, Response) and answer.body == body

    with ThreadPoolExecutor(6) as pool:
        right = list(pool.map(echo, range(1, 200)))
    target.close()
    httpd.shutdown()
    thread.join()
    httpd.server_close()
    assert all(right)
