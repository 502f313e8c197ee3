"""Columns that take whatever visitors send.

A transcript line comes off the journal only once it is written, so a value that the database
refuses would be tried again for ever. Every value is therefore made acceptable on its way in: NUL
characters (PostgreSQL has none), lone surrogates (not UTF-8), sizes and numbers without bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha1

import orjson
from sqlalchemy import JSON, DateTime, Dialect, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

LONGEST_NAME = 200  # characters
LONGEST_TEXT = 32_768  # characters; the networks carry 4,096
LARGEST_JSON = 65_536  # bytes
DEEPEST_JSON = 20
LATEST = 253_402_300_799  # seconds since the epoch: the last second a datetime can tell
LARGEST_NUMBER = 2**63 - 1


class Name(TypeDecorator[str]):
    """A short string that is looked up by: two different ones stay different when they are cut."""

    impl = String(LONGEST_NAME)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The name as it is stored, and as it is compared."""
        return None if value is None else clean_name(value)


class Words(TypeDecorator[str]):
    """Anything said, cut after LONGEST_TEXT characters."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as it is stored."""
        return None if value is None else clean_text(value)


class Moment(TypeDecorator[datetime]):
    """A time: aware on the way in, UTC on the way out (SQLite alone would forget the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The same moment in UTC; ValueError for a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time needs a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# `dump_json`, given to the engine, makes it acceptable.
JSON_COLUMN = JSON().with_variant(JSONB(), "postgresql")


def clean_text(text: str, longest: int = LONGEST_TEXT) -> str:
    """The text with U+FFFD for what a database cannot hold."""
    text = text[:longest]
    if text.isascii():
        return text.replace("\0", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "\ufffd")


def clean_name(name: str) -> str:
    """The name itself when it is an ordinary one, else a part of it and its digest."""
    cleaned = clean_text(name, LONGEST_NAME)
    if cleaned == name:
        return name
    digest = sha1(name.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
    return f"{cleaned[: LONGEST_NAME - len(digest) - 1]}~{digest}"


def moment(seconds: float) -> datetime:
    """The time so many seconds after the epoch; 1970 for what is no time."""
    # The journal's JSON has null for NaN, and a comparison with NaN is false.
    known = isinstance(seconds, int | float) and 0 <= seconds <= LATEST
    return datetime.fromtimestamp(seconds if known else 0, UTC)


def dump_json(value: object) -> str:
    """JSON that every database takes; what is too large is cut and no longer the same JSON."""
    try:
        packed = orjson.dumps(value)
    except orjson.JSONEncodeError:  # a surrogate, a large number, a deep nest, a foreign type
        packed = orjson.dumps(_plain(value))
    if b"\\u0000" in packed:
        packed = orjson.dumps(_plain(value))
    if len(packed) > LARGEST_JSON:
        start = packed[:1000].decode(errors="ignore")
        packed = orjson.dumps({"cut": start} if isinstance(value, Mapping) else [start])
    return packed.decode()


def _plain(value: object, depth: int = 0) -> object:
    if depth > DEEPEST_JSON:
        return "…"
    match value:
        case bool() | float() | None:
            return value
        case int():
            # Decimal digits beyond 4,300 are refused by Python, hexadecimal ones are not.
            return value if abs(value) <= LARGEST_NUMBER else clean_text(hex(value))
        case Mapping():
            return {clean_text(str(key)): _plain(item, depth + 1) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(item, depth + 1) for item in value]
        case _:
            return clean_text(str(value))
