"""What travels the durable path: an event in the inbox, a message in the outbox, a line in the
journal. Each is one JSON object in the field `d` of its Redis stream entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import orjson

from dialogs.talk import Heard, Kind


class Lane(StrEnum):
    """Replies go first; what was not asked for goes with what is left of the rate."""

    INTERACTIVE = "interactive"
    BULK = "bulk"

    def outbox(self, channel: str) -> str:
        """The hop in which messages of this lane wait for the channel: one channel that cannot send
        keeps no other waiting."""
        return f"outbox:{channel}" if self is Lane.INTERACTIVE else f"bulk:{channel}"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing heard, as the inbox keeps it."""

    urn: str  # "telegram:123", "web:9f.."
    heard: Heard
    at: float  # seconds since the epoch, when the channel accepted it
    dedup: str  # the same thing heard twice has the same one

    def pack(self) -> bytes:
        """The event as the inbox stores it."""
        heard = self.heard
        return orjson.dumps(
            {
                "urn": self.urn,
                "at": self.at,
                "dedup": self.dedup,
                "text": heard.text,
                "question": heard.question,
                "start": heard.start,
                "kind": heard.kind,
                "picture": heard.picture,
            }
        )

    @classmethod
    def unpack(cls, packed: bytes) -> Event:
        """Read what `pack` wrote."""
        raw: dict[str, Any] = orjson.loads(packed)
        kind, picture = Kind(raw["kind"]), raw.get("picture", "")
        heard = Heard(raw["text"], raw["question"], raw["start"], kind, picture)
        return cls(raw["urn"], heard, raw["at"], raw["dedup"])


UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)  # what `unpack` may raise


def channel_of(urn: str) -> str:
    """The name of the channel a visitor comes by."""
    return urn.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Button:
    """A rendered option: the words on it and what a press sends."""

    label: str
    send: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one visitor, rendered: what was true when it was said."""

    urn: str
    ref: str  # its name for ever: "<event>.<number>"
    text: str
    buttons: tuple[Button, ...] = ()
    at: float = 0.0  # seconds since the epoch, when it was said
    once: bool = False  # after a crash in mid-send: leave it (and say unknown), do not send again
    picture: str = ""  # "telegram:<its name there or address>"; elsewhere the text goes alone

    def pack(self) -> bytes:
        """The message as the outbox stores it."""
        return orjson.dumps(
            {
                "urn": self.urn,
                "ref": self.ref,
                "text": self.text,
                "buttons": [[button.label, button.send] for button in self.buttons],
                "at": self.at,
                "once": self.once,
                "picture": self.picture,
            }
        )

    @classmethod
    def unpack(cls, packed: bytes) -> Message:
        """Read what `pack` wrote."""
        raw: dict[str, Any] = orjson.loads(packed)
        buttons = tuple(Button(label, send) for label, send in raw["buttons"])
        rest = (raw["at"], raw["once"], raw.get("picture", ""))
        return cls(raw["urn"], raw["ref"], raw["text"], buttons, *rest)


@dataclass(frozen=True, slots=True)
class HeardLine:
    """Journal: the visitor said this."""

    event: str
    urn: str
    at: float
    text: str
    kind: str
    start: str | None = None
    question: str | None = None


@dataclass(frozen=True, slots=True)
class SaidLine:
    """Journal: the hotline said this, and why."""

    event: str
    ref: str
    urn: str
    at: float
    text: str
    buttons: list[str]
    script: str
    outcome: str
    policies: list[str]
    evidence: Mapping[str, object] = field(default_factory=dict)
    asked: str = ""  # the visitor's words that this replies to


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """Journal: what became of a message on its way to the visitor."""

    ref: str
    urn: str
    at: float
    state: str  # "sent", "failed", "gone", "unknown"
    external: str = ""  # the network's own id of the message
    detail: str = ""


@dataclass(frozen=True, slots=True)
class VisitorLine:
    """Journal: the visitor left (blocked us), returned, or moved to another address."""

    urn: str
    at: float
    state: str  # "stopped", "active"
    detail: str = ""


Line = HeardLine | SaidLine | DeliveryLine | VisitorLine
Thing = Event | Message | Line  # what a stream holds
_KINDS: dict[str, type[Line]] = {
    "heard": HeardLine,
    "said": SaidLine,
    "delivery": DeliveryLine,
    "visitor": VisitorLine,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def pack_line(line: Line) -> bytes:
    """A journal line as its stream stores it."""
    return orjson.dumps({"line": _NAMES[type(line)], "of": line})


def unpack_line(packed: bytes) -> Line:
    """Read what `pack_line` wrote."""
    raw: dict[str, Any] = orjson.loads(packed)
    return _KINDS[raw["line"]](**raw["of"])
