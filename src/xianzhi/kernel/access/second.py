"""The second factor: one-time codes of an app on the telephone (TOTP, RFC 6238), and recovery codes for its loss."""

import base64
import hmac
import secrets
from typing import Any

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from xianzhi.kernel import scope
from xianzhi.kernel.access import machine
from xianzhi.kernel.access.records import What, record
from xianzhi.kernel.access.seal import digest, seal, unseal
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Account, RecoveryCode, SecondFactor

DIGITS, STEP = 6, 30
"""What every app on a telephone does unless told otherwise: six digits, a new code every thirty seconds."""
TOLERANCE = 1
"""Steps by which the telephone's clock may be fast or slow."""
SECRET_BYTES = 20
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_PURPOSE = "second"


def needed(account: Any) -> bool:
    """Whether the account may do nothing without a second factor: the three duties, and the posts that the county names
    (`second_factor` in county.yaml). A demonstration may switch the rule off."""
    if not settings.SECOND_FACTOR or not account.is_authenticated:
        return False
    named = set(county().facts.get("second_factor") or ())
    return bool(account.duty) or any(post.key in named for post in scope.posts_of(account))


def enrolled(account: Any) -> bool:
    return SecondFactor.objects.filter(account_id=account.pk).exists()


# ---- codes of an app


def new_secret() -> str:
    """A secret as apps take it, in base 32."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def address_of(account: Account, secret: str) -> str:
    """The address that an app reads from the QR code."""
    return _totp(secret).get_provisioning_uri(account.username, f"{county().name}县治")


def picture(address: str) -> str:
    """The QR code of an address, as SVG for the middle of a page. Always dark on light: telephones read it so."""
    code = segno.make(address, error="m")
    return str(code.svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=True))


def code_at(secret: str, step: int) -> str:
    """The code of a step of 30 seconds since 1970."""
    return _totp(secret).generate(step * STEP).decode()


def matching_step(secret: str, code: str) -> int | None:
    """The step, of those that are near enough, whose code this is; None where it is none of them."""
    now = int(machine.seconds()) // STEP
    typed = "".join(code.split())
    steps = range(now - TOLERANCE, now + TOLERANCE + 1)
    return next((step for step in steps if hmac.compare_digest(code_at(secret, step).encode(), typed.encode())), None)


def enrol(account: Account, secret: str, code: str, *, request: HttpRequest | None = None) -> list[str]:
    """Begins to ask the account for codes, once it has shown one; gives its recovery codes, which nobody sees again.

    Raises ValueError where the code is not of this secret.
    """
    step = matching_step(secret, code)
    if step is None:
        raise ValueError("code")
    with transaction.atomic():
        SecondFactor.objects.update_or_create(
            account=account, defaults={"sealed": seal(secret, _PURPOSE), "counter": step, "since": machine.now()}
        )
        codes = new_recovery_codes(account)
        record(What.SECOND_SET, account, request=request)
    return codes


def accepts(account: Account, code: str) -> bool:
    """Whether it is a code of now that was not used yet. It counts as used from here on, whoever else sends it."""
    kept = SecondFactor.objects.filter(account=account).first()
    if kept is None:
        return False
    step = matching_step(unseal(kept.sealed, _PURPOSE), code)
    # One statement: of two requests with one code, the database lets one move the counter on.
    return step is not None and bool(
        SecondFactor.objects.filter(account=account, counter__lt=step).update(counter=step)
    )


def remove(account: Account, *, by: Account | None = None, request: HttpRequest | None = None) -> None:
    """Asks for no codes any more; recovery codes go too. by: who did it for somebody that lost the telephone."""
    with transaction.atomic():
        SecondFactor.objects.filter(account=account).delete()
        account.recovery_codes.all().delete()
        record(What.SECOND_REMOVED, account, by=by, request=request)


# ---- recovery codes


def new_recovery_codes(account: Account) -> list[str]:
    """Ten codes, each good once, in place of all earlier ones."""
    codes = ["-".join("".join(secrets.choice(_LETTERS) for _i in range(5)) for _g in range(2)) for _n in range(10)]
    with transaction.atomic():
        account.recovery_codes.all().delete()
        RecoveryCode.objects.bulk_create(RecoveryCode(account=account, digest=_digest(account, one)) for one in codes)
    return codes


def recovers(account: Account, code: str, *, request: HttpRequest | None = None) -> bool:
    """Whether it is a recovery code that was not used yet. From here on it is."""
    unused = RecoveryCode.objects.filter(account=account, digest=_digest(account, code), used_at=None)
    if not unused.update(used_at=machine.now()):
        return False
    record(What.RECOVERY_USED, account, request=request)
    return True


def recovery_codes_left(account: Account) -> int:
    return int(account.recovery_codes.filter(used_at=None).count())


def _digest(account: Account, code: str) -> str:
    plain = "".join(char for char in code.casefold() if char.isalnum())
    return digest(f"{account.pk} {plain}", "recovery")


def _totp(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP)  # what the apps know; HMAC does not suffer from SHA-1
