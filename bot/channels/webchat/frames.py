"""The JSON objects that a page and the service send each other over the WebSocket.

From the page: first `{"hello": last id seen}`, then `{"id": .., "text": ..}` for words and
`{"id": .., "press": .., "label": ..}` for a button, `id` being the page's own name for it.
To the page: letters, `{"ack": id}`, `{"ready": true}` when everything of old is shown,
`{"typing": true}`, `{"error": words}` and, as a sign of life, `{"beat": true}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

import orjson

from bot.channels.webchat.mailbox import Posted
from dialogs.talk import MAX_PRESS_BYTES, Heard

MOST_BYTES = 16 * 1024  # a frame from the page
MOST_CHARACTERS = 2000
MOST_LABEL = 200

_LAST = re.compile(r"0|[0-9]{1,15}-[0-9]{1,15}")
_CLIENT = re.compile(r"[A-Za-z0-9_-]{8,64}")
_SENT = re.compile(r"[^\x00-\x1f\x7f]+")
# Nothing that a person types; PostgreSQL refuses the first of them.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Hello:
    """A page that has seen everything up to the letter `last`."""

    last: str


@dataclass(frozen=True, slots=True)
class Said:
    """Something said or pressed on a page."""

    client: str
    heard: Heard
    shown: str  # what the visitor's own page shows for it


class Unreadable(Exception):
    """A frame that is none of ours; `words` is the key of what to tell, `client` whose it was."""

    def __init__(self, words: str = "unreadable", client: str | None = None) -> None:
        super().__init__(words)
        self.words = words
        self.client = client


def read(frame: str) -> Hello | Said:
    """What a page sent. Raises Unreadable."""
    try:
        raw = orjson.loads(frame)
    except orjson.JSONDecodeError:
        raise Unreadable from None
    if not isinstance(raw, dict):
        raise Unreadable
    return _hello(raw["hello"]) if "hello" in raw else _said(raw)


def letter(posted: Posted) -> str:
    """A letter, for the page to show."""
    said = posted.letter
    raw: dict[str, object] = {"at": posted.at, "who": said.who, "text": said.text}
    if said.buttons:
        raw["buttons"] = [[button.label, button.send] for button in said.buttons]
    if said.client is not None:
        raw["client"] = said.client
    return _json(raw)


def ack(client: str) -> str:
    """What the page calls `client` is kept: it need not be sent again."""
    return _json({"ack": client})


def error(words: str, client: str | None = None, wait: float = 0.0) -> str:
    """What went wrong; with `wait`, the page may send the same again after so many seconds."""
    raw: dict[str, object] = {"error": words}
    if client is not None:
        raw["id"] = client
    if wait:
        raw["wait"] = ceil(wait * 100) / 100  # never 0, and never too short
    return _json(raw)


READY = '{"ready":true}'
TYPING = '{"typing":true}'
BEAT = '{"beat":true}'


def _hello(last: object) -> Hello:
    if not isinstance(last, str) or not _LAST.fullmatch(last):
        raise Unreadable
    return Hello(last)


def _said(raw: Mapping[str, Any]) -> Said:
    client = raw.get("id")
    if not isinstance(client, str) or not _CLIENT.fullmatch(client):
        raise Unreadable
    if "press" in raw:
        label = _words(raw.get("label"), MOST_LABEL, client)
        return Said(client, Heard.press(_sent(raw["press"], client)), label)
    text = _words(raw.get("text"), MOST_CHARACTERS, client)
    return Said(client, Heard(text), text)


def _sent(send: object, client: str) -> str:
    if not isinstance(send, str) or not _SENT.fullmatch(send):
        raise Unreadable(client=client)
    if len(send.encode()) > MAX_PRESS_BYTES:
        raise Unreadable(client=client)
    return send


def _words(text: object, most: int, client: str) -> str:
    if not isinstance(text, str):
        raise Unreadable(client=client)
    text = _CONTROLS.sub("", text.replace("\r\n", "\n")).strip()
    if not text:
        raise Unreadable("empty", client)
    if len(text) > most:
        raise Unreadable("too_long", client)
    return text


def _json(raw: Mapping[str, object]) -> str:
    return orjson.dumps(raw).decode()
