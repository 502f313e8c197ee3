"""Passwords: hashed with argon2id, off the event loop, a few at a time."""

from __future__ import annotations

import asyncio
from secrets import choice, token_hex

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10  # characters (OWASP ASVS 5.0, 6.2.1 asks for 8 and recommends 15)
LONGEST = 256
_AT_ONCE = 2  # a hash takes 64 MiB and a core
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are taken for another
# What is tried first, as stems: a password made of nothing else is no password.
_COMMON = ("password", "hotline", "admin", "qwerty", "asdf", "iloveyou", "123", "abc", "164")


class Passwords:
    """Hashes and checks them."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """The library's own parameters: argon2id, 64 MiB, 3 passes, 4 lanes."""
        self._hasher = hasher or PasswordHasher()
        self._few = asyncio.Semaphore(_AT_ONCE)
        self._nobodys = ""  # a hash that fits nothing, made at the first comparison

    async def hash(self, password: str) -> str:
        """What is kept of it."""
        async with self._few:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def fits(self, kept: str | None, password: str) -> bool:
        """Whether it is the one; takes as long when there is none to compare with (None)."""
        async with self._few:
            fits = await asyncio.to_thread(self._check, kept, password)
        return fits and kept is not None

    def _check(self, kept: str | None, password: str) -> bool:
        self._nobodys = self._nobodys or self._hasher.hash(token_hex())
        try:
            return self._hasher.verify(kept or self._nobodys, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False


def weakness(password: str, login: str) -> str | None:
    """Why it will not do, as a key of console.yaml; None when it will."""
    if len(password) < SHORTEST:
        return "password_short"
    if len(password) > LONGEST:
        return "password_long"
    rest = password.lower().replace(login.lower(), "")
    for stem in _COMMON:
        rest = rest.replace(stem, "")
    return "password_common" if len(set(rest)) < 5 else None


def one_time_password() -> str:
    """A password to be changed at the first sign-in: 60 bits, easy to read out."""
    return "-".join("".join(choice(_LETTERS) for _ in range(4)) for _ in range(3))
