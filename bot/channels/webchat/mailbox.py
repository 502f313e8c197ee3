"""Mailboxes: what a web visitor and the hotline lately said to each other, one Redis stream each.

A letter's id is its stream id: it gives the order, the time (milliseconds before the dash) and the
place from which a page resumes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from bot.pipeline.inbox import REMEMBERED
from bot.pipeline.line import Line, LuaScript
from bot.pipeline.messages import Button
from bot.pipeline.partitions import Keys

CHANNEL = "hotline:mail"  # Redis pub/sub: the urn whose mailbox has something new
KEPT_FOR = 30 * 86400  # seconds after the last letter
MOST_LETTERS = 400
AT_ONCE = 100  # letters read in one go

_mail = LuaScript.load("mail")


class Who(StrEnum):
    """Who wrote a letter, as the visitor's page names it."""

    ME = "me"
    HOTLINE = "hotline"


@dataclass(frozen=True, slots=True)
class Letter:
    """One thing said, as the page shows it; `client` is the page's own name for it."""

    who: Who
    text: str
    buttons: tuple[Button, ...] = ()
    client: str | None = None

    def pack(self) -> bytes:
        """The letter as the mailbox stores it."""
        buttons = [[button.label, button.send] for button in self.buttons]
        raw = {"who": self.who, "text": self.text, "buttons": buttons, "client": self.client}
        return orjson.dumps(raw)

    @classmethod
    def unpack(cls, packed: bytes) -> Letter:
        """Read what `pack` wrote."""
        raw: dict[str, Any] = orjson.loads(packed)
        buttons = tuple(Button(label, send) for label, send in raw["buttons"])
        return cls(Who(raw["who"]), raw["text"], buttons, raw["client"])


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter in its mailbox."""

    at: str  # its stream id
    letter: Letter


class Mailbox:
    """Every web visitor's mailbox. All methods raise StorageDown."""

    def __init__(self, line: Line, kept_for: int = KEPT_FOR) -> None:
        self._line = line
        self._kept_for = kept_for

    async def put(self, urn: str, mark: str, letter: Letter) -> str:
        """The letter's id. A letter with the same mark is put there once."""
        keys = Keys.of(urn)
        places = (keys.key("mailed", f"{urn}:{mark}"), keys.key("mailbox", urn))
        bounds = (REMEMBERED, MOST_LETTERS, self._kept_for)
        at = await self._line.script(_mail, places, *bounds, letter.pack(), CHANNEL, urn)
        return _text(at)

    async def after(self, urn: str, last: str) -> list[Posted]:
        """The letters that follow `last` ("0": from the oldest), at most AT_ONCE."""
        key = Keys.of(urn).key("mailbox", urn)
        found = await self._line.call("XRANGE", key, f"({last}", "+", "COUNT", AT_ONCE)
        return [_posted(entry) for entry in found]

    async def forget(self, urn: str) -> None:
        """Empty the visitor's mailbox."""
        await self._line.call("DEL", Keys.of(urn).key("mailbox", urn))


def _posted(entry: Any) -> Posted:
    at, fields = entry
    packed = fields[b"d"] if isinstance(fields, dict) else fields[1]
    return Posted(_text(at), Letter.unpack(packed))


def _text(raw: bytes) -> str:
    return raw.decode()
