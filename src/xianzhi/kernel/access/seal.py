"""Small secrets at rest: encrypted, or as keyed digests; the keys come from the secret key, which no database holds."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


class BadSeal(ValueError):
    """Something was not sealed here, or for something else."""


def _key(purpose: str) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), f"xianzhi.access.{purpose}".encode(), hashlib.sha256).digest()


def seal(text: str, purpose: str) -> str:
    """Text encrypted and signed; it opens only for the same purpose."""
    return Fernet(base64.urlsafe_b64encode(_key(purpose))).encrypt(text.encode()).decode()


def unseal(sealed: str, purpose: str) -> str:
    """The text again. Raises BadSeal."""
    try:
        return Fernet(base64.urlsafe_b64encode(_key(purpose))).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise BadSeal(purpose) from None


def digest(text: str, purpose: str) -> str:
    """A keyed digest of 64 digits, to look something up by that is not kept itself."""
    return hmac.new(_key(purpose), text.encode(), hashlib.sha256).hexdigest()
