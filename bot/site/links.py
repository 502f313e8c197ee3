"""Private links: an address that nobody can guess, that opens one person's page for some hours.

The address names no one: it is a number, an end, and a seal over both and over whose the number is.
When the person is gone from the records, or the number is somebody else's, the seal fits no more.
"""

from __future__ import annotations

import hmac
import os
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes
from typing import Protocol

HOURS = 24  # a link lives
SECRET_BYTES = 32
_SEAL = 27  # characters: 162 bits
_TOKEN = re.compile(r"([0-9]{1,10})\.([0-9]{1,11})\.([A-Za-z0-9_-]{27})")


class Door(StrEnum):
    """Which page a link opens."""

    CARD = "card"
    DATA = "mydata"


class Owners(Protocol):
    """The people behind one kind of page."""

    async def number_of(self, visitor: str) -> int | None:
        """The visitor's number; None for who is not there."""
        ...

    async def urn_of(self, number: int) -> str | None:
        """Whose number it is; None when it is nobody's."""
        ...


class Links:
    """Makes and reads private links."""

    hours = HOURS

    def __init__(
        self,
        secret: bytes,
        owners: Mapping[Door, Owners],
        public_url: str | None,
        own_url: str,
        clock: Callable[[], float],
    ) -> None:
        """`public_url`: where everybody reaches this service; without it only those who chat on its
        own page are given links, to `own_url`."""
        self._secret = secret
        self._owners = owners
        self._public_url = public_url
        self._own_url = own_url
        self._clock = clock

    async def card(self, visitor: str) -> str | None:
        """A private address of the visitor's card; None where there is none to reach."""
        return await self._address(Door.CARD, visitor)

    async def data(self, visitor: str) -> str | None:
        """A private address of the visitor's data; None where there is none to reach."""
        return await self._address(Door.DATA, visitor)

    async def owner(self, door: Door, token: str) -> str | None:
        """Whose page the link opens; None when it is past its end, forged, or they are gone."""
        match = _TOKEN.fullmatch(token)
        if match is None or int(match[2]) < self._clock():
            return None
        urn = await self._owners[door].urn_of(int(match[1]))
        if urn is None or not hmac.compare_digest(self._seal(door, urn, match[2]), match[3]):
            return None
        return urn

    async def _address(self, door: Door, visitor: str) -> str | None:
        base = self._public_url or (self._own_url if visitor.startswith("web:") else None)
        number = await self._owners[door].number_of(visitor)
        if base is None or number is None:
            return None
        end = str(int(self._clock()) + HOURS * 3600)
        return f"{base.rstrip('/')}/{door}/{number}.{end}.{self._seal(door, visitor, end)}"

    def _seal(self, door: Door, urn: str, end: str) -> str:
        digest = hmac.digest(self._secret, f"{door}\n{end}\n{urn}".encode(), sha256)
        return urlsafe_b64encode(digest).decode()[:_SEAL]


def secret_in(file: Path) -> bytes:
    """The secret kept in the file; made at first, readable by this user alone."""
    with suppress(FileExistsError):
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as fresh:
            fresh.write(token_bytes(SECRET_BYTES))
    secret = file.read_bytes()
    if len(secret) < SECRET_BYTES:
        raise ValueError(f"{file} holds no secret; once it is deleted, it is made anew")
    return secret
