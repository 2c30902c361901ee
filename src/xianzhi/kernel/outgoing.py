"""What goes out over HTTP to addresses that somebody entered: bounded in time and size, and never into our own network.

A name is looked up once, the addresses found are checked, and the connection is made to one of those very addresses:
a name that changes its address between check and connection gains nothing. Redirects are not followed.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SHARED = ipaddress.ip_network("100.64.0.0/10")

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unreachable(Exception):
    """Nothing was delivered, or no answer came; the message says why, for an official to read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. body: at most as many bytes as were asked for."""

    status: int
    body: bytes
    complete: bool = True
    """False where the answer was longer than was asked for."""


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    timeout: float,
    allow_private: bool = False,
    max_bytes: int = 65_536,
) -> Answer:
    """Posts to an address and gives the answer, whatever its status; a redirect is an answer like any other.

    timeout: seconds for the whole exchange, from the connection to the last byte. allow_private: also http and
    addresses that the Internet does not know (local installations, tests). max_bytes: of the answer's body.
    Raises Unreachable.
    """
    parts = checked(url, allow_private=allow_private)
    addresses = _addresses(parts, allow_private=allow_private)
    with _connected(parts, addresses, timeout) as connection:
        try:
            connection.request("POST", _target(parts), body=body, headers=dict(headers))
            answer = connection.getresponse()
            content = answer.read(max_bytes + 1)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unreachable(_("对方没有完整答复：{why}").format(why=_words(error))) from None
    if answer.length and len(content) <= max_bytes:  # it promised more than it sent
        raise Unreachable(_("对方的答复中断"))
    return Answer(answer.status, content[:max_bytes], len(content) <= max_bytes)


def checked(url: str, *, allow_private: bool = False) -> SplitResult:
    """The parts of an address that may be posted to, as far as it can be told without looking up its name.

    Raises Unreachable with what is wrong and how it is written.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Unreachable(_("地址写法有误，写作 https://主机名/路径")) from None
    if parts.scheme not in (("https", "http") if allow_private else ("https",)):
        raise Unreachable(_("只能发往 https 地址，写作 https://主机名/路径"))
    if not parts.hostname or port == 0:
        raise Unreachable(_("地址中没有主机名，写作 https://主机名/路径"))
    if parts.username is not None or parts.password is not None:
        raise Unreachable(_("地址中不能带用户名和口令"))
    if not url.isascii() or any(ord(sign) <= ord(" ") or ord(sign) == 0x7F for sign in url):
        raise Unreachable(_("地址中有空格、汉字或控制字符，请按 URL 编码书写"))
    with contextlib.suppress(ValueError):
        _refuse_private(ipaddress.ip_address(parts.hostname), allow_private)
    return parts


def is_public(address: IPAddress) -> bool:
    """Whether an address is one of the open Internet; addresses that carry another inside are judged by both."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(address.packed[-4:])
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None or address.is_site_local:
            return False
    elif address in _SHARED:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _refuse_private(address: IPAddress, allow_private: bool) -> None:
    if not allow_private and not is_public(address):
        raise Unreachable(_("{address} 是内部地址，不能发往那里").format(address=address))


def _addresses(parts: SplitResult, *, allow_private: bool) -> list[tuple[str, int]]:
    """The addresses of the host, all of them checked: one that is private speaks against the name."""
    port = parts.port or _PORTS[parts.scheme]
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable(_("查不到主机 {host} 的地址").format(host=parts.hostname)) from None
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    for address in addresses:
        _refuse_private(ipaddress.ip_address(address.partition("%")[0]), allow_private)
    return [(address, port) for address in addresses]


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


@contextlib.contextmanager
def _connected(
    parts: SplitResult, addresses: list[tuple[str, int]], timeout: float
) -> Iterator[http.client.HTTPConnection]:
    """A connection to one of the checked addresses, cut off when the time is over.

    A socket's own time limit begins anew with each byte, so somebody who sends one a minute would hold the worker for
    ever: a timer shuts the socket instead.
    """
    lines = [_line(addresses, timeout)]
    cut = threading.Timer(timeout, _shut, (lines,))
    cut.daemon = True
    cut.start()
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port or _PORTS[parts.scheme])
    connection.default_port = _PORTS[parts.scheme]  # so that the header Host names no port that goes without saying
    try:
        if parts.scheme == "https":
            _encrypt(lines, str(parts.hostname))
        connection.sock = lines[-1]
        yield connection
    finally:
        cut.cancel()
        connection.close()
        for line in lines:
            line.close()


def _encrypt(lines: list[socket.socket], host: str) -> None:
    """Adds the encrypted line, which takes the plain one over; the hands are shaken when the timer knows it."""
    try:
        made = ssl.create_default_context().wrap_socket(lines[0], server_hostname=host, do_handshake_on_connect=False)
        lines.append(made)
        made.do_handshake()
    except (OSError, ValueError) as error:
        raise Unreachable(_("加密连接没有建立：{why}").format(why=_words(error))) from None


def _line(addresses: list[tuple[str, int]], timeout: float) -> socket.socket:
    why = ""
    for address in addresses:
        try:
            return socket.create_connection(address, timeout=timeout)
        except OSError as error:
            why = _words(error)
    raise Unreachable(_("连不上对方：{why}").format(why=why))


def _shut(lines: list[socket.socket]) -> None:
    """Ends the line beneath any encryption, so that whoever waits on it is woken."""
    for line in lines:
        with contextlib.suppress(OSError):
            socket.socket.shutdown(line, socket.SHUT_RDWR)


def _words(error: Exception) -> str:
    """What went wrong, in words that name no address of ours."""
    if isinstance(error, TimeoutError):
        return _("等待超时")
    if isinstance(error, ConnectionRefusedError):
        return _("对方拒绝连接")
    if isinstance(error, ssl.SSLCertVerificationError):
        return _("对方的证书不可信")
    if isinstance(error, ConnectionError | http.client.RemoteDisconnected | ssl.SSLError):
        return _("连接中断")
    return _("网络或协议出错")
