"""The county's SM2 key pair: made once, kept in a file that only its owner reads, never in the database."""

import os
from dataclasses import dataclass
from pathlib import Path

import gmssl_pyx
from django.conf import settings
from django.utils.translation import gettext as _

from xianzhi.kernel import secret_file

NAME = "exchange.key"
_PUBLIC, _PRIVATE = 64, 32


class BadKey(ValueError):
    """A key that is none; the message says what it should be."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Public key 64 bytes, private key 32 bytes."""

    public: bytes
    private: bytes

    def __repr__(self) -> str:  # so that no traceback and no log shows the private key
        return f"KeyPair({self.public.hex()[:16]}…)"


def generate() -> KeyPair:
    """A new pair."""
    return KeyPair(*gmssl_pyx.sm2_key_generate())


def path() -> Path:
    """Where the pair is kept: beside the database, or where XIANZHI_EXCHANGE_KEY says."""
    return Path(os.environ.get("XIANZHI_EXCHANGE_KEY") or settings.VAR / NAME)


def own() -> KeyPair:
    """The county's pair, made at the first call. Raises BadKey where the file holds no pair."""
    kept = path()
    if not kept.exists():
        pair = generate()
        secret_file.make_once(kept, f"{pair.public.hex()}\n{pair.private.hex()}\n")
    return _read(kept)


def _read(kept: Path) -> KeyPair:
    try:
        public, private = (bytes.fromhex(line) for line in kept.read_text().split())
    except (ValueError, OSError):
        public, private = b"", b""
    if (len(public), len(private)) != (_PUBLIC, _PRIVATE):
        raise BadKey(_("{path} 中没有 SM2 密钥对。请从备份恢复，或移走后重新生成并通知各对接方").format(path=kept))
    return KeyPair(public, private)


def public_from(text: str) -> str:
    """A partner's public key as it is kept: 128 hexadecimal digits. Raises BadKey."""
    try:
        return str(gmssl_pyx.normalize_sm2_public_key(bytes.fromhex("".join(text.split()))).hex())
    except (ValueError, IndexError, gmssl_pyx.GmsslInnerError):
        raise BadKey(_("公钥应为 SM2 公钥的 128 位十六进制数（可带前缀 04）")) from None
