"""One sealed value as text: `xz1.KEY.CIPHER.BODY`, the body being nonce, ciphertext and tag in base64.

SM4-GCM (GB/T 32907) is the rule, AES-256-GCM the alternative. The head of the token and the place where it belongs are
authenticated with it: a token in another column or row does not open.
"""

import base64
import binascii
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PREFIX = "xz1"
SM4, AES = "sm4", "aes"
_BYTES = {SM4: 16, AES: 32}
_NONCE, _TAG = 12, 16
_PARTS = 4


class Fault(Exception):
    """Something personal that cannot be sealed or opened; the message says why and what to do."""


class BadToken(Fault):
    """A token that was changed, or that stands where it does not belong."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key and its id. cipher: SM4 or AES; empty for an index key."""

    id: str
    cipher: str
    secret: bytes = field(repr=False)
    made: str = ""


def secret_for(cipher: str) -> bytes:
    """A new random secret of the length that a cipher needs."""
    return secrets.token_bytes(_BYTES[cipher])


def is_token(value: object) -> bool:
    return isinstance(value, str) and value.startswith(f"{PREFIX}.") and value.count(".") == _PARTS - 1


def key_id(token: str) -> str:
    """The id of the key that a token was sealed with."""
    return token.split(".")[1]


def seal(text: str, place: str, key: Key) -> str:
    """Seals a text for a place (`kernel.subject.code|…`), where alone it opens again."""
    head = f"{PREFIX}.{key.id}.{key.cipher}"
    nonce = secrets.token_bytes(_NONCE)
    encryptor = _cipher(key, modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(f"{head}|{place}".encode())
    body = nonce + encryptor.update(text.encode()) + encryptor.finalize() + encryptor.tag
    return f"{head}.{base64.urlsafe_b64encode(body).decode()}"


def unseal(token: str, place: str, find: Callable[[str], Key]) -> str:
    """The text of a token. find: the key of an id. Raises BadToken, and what `find` raises."""
    if not is_token(token):
        raise BadToken("加密的个人信息格式不对，可能被改动；请从备份中核对")
    head, _, body = token.rpartition(".")
    _, name, cipher = head.split(".")
    key = find(name)
    try:
        raw = base64.b64decode(body, altchars=b"-_", validate=True)
        if cipher != key.cipher or len(raw) < _NONCE + _TAG:
            raise InvalidTag
        decryptor = _cipher(key, modes.GCM(raw[:_NONCE], raw[-_TAG:])).decryptor()
        decryptor.authenticate_additional_data(f"{head}|{place}".encode())
        return (decryptor.update(raw[_NONCE:-_TAG]) + decryptor.finalize()).decode()
    except (InvalidTag, binascii.Error, ValueError):
        raise BadToken("加密的个人信息校验不符：被改动过，或不属于这一处；请从备份中核对") from None


def _cipher(key: Key, mode: modes.GCM) -> Cipher[modes.GCM]:
    return Cipher(algorithms.SM4(key.secret) if key.cipher == SM4 else algorithms.AES(key.secret), mode)
