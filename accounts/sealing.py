"""Secrets that must be read again: kept encrypted, so that a copy of the database has none.

The key comes from SECRET_KEY; what former keys sealed is still opened (SECRET_KEY_FALLBACKS).
"""

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(secret: str) -> str:
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Return what was sealed; raises cryptography.fernet.InvalidToken when no key opens it."""
    return _box().decrypt(sealed.encode()).decode()


def _box() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"accounts.sealing")
    return base64.urlsafe_b64encode(derivation.derive(key.encode()))
