"""What is kept of a secret that only its holder has."""

from __future__ import annotations

from hashlib import sha256


def digest(token: str) -> str:
    """The same for the same token; nobody finds the token by it, since it was drawn at random."""
    return sha256(token.encode()).hexdigest()
