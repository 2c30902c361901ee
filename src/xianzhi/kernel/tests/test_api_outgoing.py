"""What goes out over HTTP: bounded in time and size, never into our own network."""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from xianzhi.kernel.outgoing import Answer, Unreachable, checked, is_public, post

BODY = b'{"a":1}'
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"


def _all_of(line: socket.socket) -> bytes:
    """A request to its end: whoever hangs up with bytes unread takes back what he answered."""
    said = line.recv(65_536)
    while said.startswith(b"POST") and not said.endswith(BODY):
        said += line.recv(65_536)
    return said


@contextmanager
def listening(behave: Callable[[socket.socket], None]) -> Iterator[tuple[str, list[bytes]]]:
    """A server that behaves as told to each that connects; its address and what it was sent."""
    heard: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            with line:
                heard.append(_all_of(line))
                with suppress(OSError):
                    behave(line)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hook?a=1", heard
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


def send(url: str, **more: object) -> Answer:
    given = {"timeout": 2.0, "allow_private": True, **more}
    return post(url, BODY, {"Content-Type": "application/json", "X-Id": "7"}, **given)  # type: ignore[arg-type]


def test_a_body_with_its_headers_arrives_and_the_answer_comes_back() -> None:
    with listening(lambda line: line.sendall(OK)) as (url, heard):
        assert send(url) == Answer(200, b"fine")
    head, _, body = heard[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook?a=1 HTTP/1.1\r\n")
    assert b"X-Id: 7" in head
    assert body == BODY


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    gone = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"
    with listening(lambda line: line.sendall(gone)) as (url, heard):
        assert send(url).status == 302
    assert len(heard) == 1


def test_a_long_answer_is_cut() -> None:
    long = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 1_000_000
    with listening(lambda line: line.sendall(long)) as (url, _):
        assert send(url, max_bytes=100) == Answer(200, b"x" * 100, complete=False)


@pytest.mark.parametrize(
    "said",
    [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nhalf", b"HTTP/1.1 2", b"\x00" * 300],
)
def test_what_is_no_whole_answer_is_none(said: bytes) -> None:
    with listening(lambda line: line.sendall(said)) as (url, _), pytest.raises(Unreachable):
        send(url)


def test_headers_without_end_are_no_answer() -> None:
    endless = b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(5000))
    with listening(lambda line: line.sendall(endless)) as (url, _), pytest.raises(Unreachable):
        send(url)


def test_somebody_who_sends_a_byte_at_a_time_is_cut_off_when_the_time_is_over() -> None:
    stop = threading.Event()

    def drip(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not stop.wait(0.05):
            line.sendall(b"x")

    with listening(drip) as (url, _):
        before = time.monotonic()
        with pytest.raises(Unreachable):
            send(url, timeout=0.5)
        stop.set()
    assert time.monotonic() - before < 60  # it would have taken 5,000 s


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that signs itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "both.pem"
    plain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + plain)
    return path


@contextmanager
def encrypted(certificate: Path, behave: Callable[[ssl.SSLSocket], None]) -> Iterator[str]:
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(certificate)
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            line, _ = server.accept()
            with server_side.wrap_socket(line, server_side=True) as made:
                _all_of(made)
                behave(made)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.getsockname()[1]}/"
    finally:
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


def _trusting(monkeypatch: pytest.MonkeyPatch, certificate: Path) -> None:
    context = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(ssl, "create_default_context", lambda: context)


def test_an_encrypted_answer_comes_back(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _trusting(monkeypatch, certificate)
    with encrypted(certificate, lambda line: line.sendall(OK)) as url:
        assert send(url) == Answer(200, b"fine")


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Path) -> None:
    with encrypted(certificate, lambda line: line.sendall(OK)) as url, pytest.raises(Unreachable, match="证书不可信"):
        send(url)


def test_dripping_is_cut_off_beneath_the_encryption_too(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _trusting(monkeypatch, certificate)
    stop = threading.Event()

    def drip(line: ssl.SSLSocket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not stop.wait(0.05):
            line.sendall(b"x")

    before = time.monotonic()
    with encrypted(certificate, drip) as url:
        with pytest.raises(Unreachable):
            send(url, timeout=0.5)
        stop.set()
    assert time.monotonic() - before < 60


def test_hands_that_are_never_shaken_are_let_go() -> None:
    quiet = threading.Event()
    with listening(lambda line: quiet.wait(10) and None) as (url, _):
        with pytest.raises(Unreachable, match="加密连接没有建立"):
            send(url.replace("http://", "https://"), timeout=0.3)
        quiet.set()


def test_silence_ends() -> None:
    quiet = threading.Event()
    with listening(lambda line: quiet.wait(10) and None) as (url, _):
        with pytest.raises(Unreachable):
            send(url, timeout=0.3)
        quiet.set()


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Unreachable, match="连不上对方"):
        send(f"http://127.0.0.1:{port}/")


PRIVATE = (
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.0.1", "169.254.169.254", "172.16.0.1", "192.168.1.1",
    "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1",
    "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2", "::127.0.0.1",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_inside_is_refused(address: str) -> None:
    found = ipaddress.ip_address(address)
    assert not is_public(found)
    host = f"[{address}]" if found.version == 6 else address
    with pytest.raises(Unreachable):
        send(f"https://{host}/", allow_private=False)


@pytest.mark.parametrize("address", ["1.1.1.1", "223.5.5.5", "2400:3200::1", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_an_address_of_the_internet_is_not(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1.", "[::ffff:7f00:1]"]
)
def test_an_address_inside_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(Unreachable):
        send(f"https://{host}/", allow_private=False)


def test_a_name_with_one_address_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def two(host, port, **_):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in ("1.1.1.1", "10.0.0.5")]

    monkeypatch.setattr(socket, "getaddrinfo", two)
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("connected"))
    with pytest.raises(Unreachable, match=r"10\.0\.0\.5"):
        send("https://example.com/", allow_private=False)


def test_a_name_is_looked_up_once_and_the_checked_address_is_what_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that answers with a public address first and with an inner one next gains nothing."""
    asked, connected = [], []

    def rebinding(host, port, **_):
        asked.append(host)
        address = "1.1.1.1" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(address, timeout):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Unreachable):
        send("https://rebinding.example/", allow_private=False)
    assert asked == ["rebinding.example"]
    assert connected == [("1.1.1.1", 443)]


@pytest.mark.parametrize(
    "url",
    [
        "", "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "https://", "https:///path", "//host/",
        "https://user:word@example.com/", "https://example.com:0/", "https://example.com:99999/", "https://[::1/",
        "https://example.com/a b", "https://example.com/\r\nX: 1", "https://例子.cn/", "https://example.com/\x7f",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_with_how_it_is_written(url: str) -> None:
    with pytest.raises(Unreachable) as refused:
        checked(url)
    assert str(refused.value)
