"""Seals the secrets of second factors, so that a copy of the database alone does not tell them."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

_SEALED = "gAAAA"  # how a Fernet token begins; a secret as an app takes it has no small letters


class Safe:
    """Opens with any of its keys, and seals with the first."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """`keys`: random, at least 32 bytes each, the newest first."""
        self._fernets = [Fernet(urlsafe_b64encode(sha256(key).digest())) for key in keys]
        self._any = MultiFernet(self._fernets)

    def seal(self, secret: str) -> str:
        """What may be kept of it."""
        return self._any.encrypt(secret.encode()).decode()

    def open(self, kept: str) -> str | None:
        """The secret; None when none of the keys has sealed it. One from before there were keys is
        as it was."""
        if not kept.startswith(_SEALED):
            return kept
        try:
            return self._any.decrypt(kept).decode()
        except InvalidToken:
            return None

    def renewed(self, kept: str) -> str | None:
        """The same, sealed with the first key; None when none of the keys has sealed it."""
        if kept.startswith(_SEALED) and _opens(self._fernets[0], kept):
            return kept
        secret = self.open(kept)
        return None if secret is None else self.seal(secret)


def _opens(fernet: Fernet, kept: str) -> bool:
    try:
        fernet.decrypt(kept)
    except InvalidToken:
        return False
    return True
