"""What is signed: every message for one receiver at one moment, every receipt for one message. SM2 with SM3, in hex."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import gmssl_pyx

from xianzhi.kernel.exchange.keys import KeyPair
from xianzhi.kernel.ledger.chain import canonical, sm3

_HEAD = "xianzhi-exchange-1"
_YEARS = range(2000, 2200)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands on a message beside its body; together with the body's digest it is what the sender signs."""

    sender: str
    receiver: str
    kind: str
    number: str
    sent_at: str
    """ISO 8601 with its time zone, as written by the sender."""

    def statement(self, body: bytes) -> bytes:
        parts = (_HEAD, self.sender, self.receiver, self.kind, self.number, self.sent_at, digest(body))
        return canonical({"message": list(parts)})


def digest(body: bytes) -> str:
    """The SM3 digest of the bytes, as 64 hexadecimal digits."""
    return sm3(body).hex()


def canonical_body(body: Mapping[str, Any]) -> str:
    """One form for one content. Raises TypeError for anything that JSON does not hold exactly."""
    return canonical(_exact(body)).decode()


def _exact(value: Any) -> Any:
    if isinstance(value, float):
        raise TypeError("a body holds no floats: write amounts and measures as text or whole numbers")
    if isinstance(value, Mapping):
        return {str(key): _exact(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(one) for one in value]
    return value


def sign(key: KeyPair, statement: bytes) -> str:
    return str(gmssl_pyx.sm2_sign(key.private, key.public, statement).hex())


def verified(public_key: str, statement: bytes, signature: str) -> bool:
    """Whether the signature over the statement is that of the key's owner; anything that is no signature is not."""
    try:
        return bool(gmssl_pyx.sm2_verify(bytes.fromhex(public_key), statement, bytes.fromhex(signature)))
    except (ValueError, OverflowError, gmssl_pyx.GmsslInnerError):
        return False


def receipt_statement(receipt: str) -> bytes:
    """What the signer of a receipt signs: the receipt, which names the message by its digest."""
    return canonical({"receipt": [_HEAD, digest(receipt.encode())]})


def with_signature(receipt: str, signature: str) -> str:
    """A receipt as it travels: {"receipt": {…}, "signature": "…"}; signed is the receipt in canonical form."""
    return f'{{"receipt":{receipt},"signature":"{signature}"}}'


def receipt_from(raw: bytes) -> tuple[str, str]:
    """(receipt in canonical form, signature) of an answer. Raises ValueError where it is none."""
    try:
        answer = read_json(raw)
        receipt, signature = answer["receipt"], answer["signature"]
        if not isinstance(receipt, dict) or not isinstance(signature, str):
            raise ValueError("no receipt")
        return canonical_body(receipt), signature
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(str(error)) from None


def read_json(raw: bytes) -> Any:
    """JSON with numbers as they were written (a float becomes a Decimal), no key twice. Raises ValueError."""
    return json.loads(raw.decode("utf-8"), parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once)


def _no_number(word: str) -> Any:
    raise ValueError(word)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def moment(text: str) -> datetime:
    """A time with its zone. Raises ValueError, also where the zone is missing or the year is a slip of the pen."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None or found.year not in _YEARS:
        raise ValueError("no time zone, or no year of ours")
    return found
