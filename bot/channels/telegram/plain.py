"""The updates that come all day, words and presses in private chats, read without aiogram's models:
those take longer than everything else that happens to an update on its way into the inbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_LARGEST = 2**63  # update and chat ids fit into 64 bits (core.telegram.org/bots/api#chat)
_LATEST = 2**32  # seconds since the epoch; a date of 0 means a message that cannot be shown
_OTHER_CONTENT = frozenset(("caption", "contact", "location"))


@dataclass(frozen=True, slots=True)
class Plain:
    """Words that were written, or what a pressed button sends."""

    update: int
    chat: int
    words: str
    query: str | None = None  # the callback query, when a button was pressed


def plain(raw: object) -> Plain | None:
    """What an update says, if it is one of these; None leaves it to aiogram's reading."""
    match raw:
        case {"update_id": int(number), "message": dict(message), **more} if not more:
            return _written(number, message)
        case {"update_id": int(number), "callback_query": dict(query), **more} if not more:
            return _pressed(number, query)
        case _:
            return None


def _written(number: int, message: dict[str, Any]) -> Plain | None:
    chat = _private_chat(message, message.get("from"))
    text = message.get("text")
    is_plain = isinstance(text, str) and text and _OTHER_CONTENT.isdisjoint(message)
    if chat is None or not is_plain or not _is_id(number):
        return None
    return Plain(number, chat, str(text))


def _pressed(number: int, query: dict[str, Any]) -> Plain | None:
    match query:
        case {"id": str(name), "chat_instance": str(), "data": str(data), "message": dict(message)}:
            chat = _private_chat(message, query.get("from"))
            if chat is None or not data or not _is_id(number):
                return None
            return Plain(number, chat, data, name)
        case _:
            return None


def _private_chat(message: dict[str, Any], sender: object) -> int | None:
    """The chat, when a person is alone in it with us."""
    match message:
        case {
            "message_id": int(),
            "date": int(date),
            "chat": {"id": int(chat), "type": "private"},
        } if 0 < date < _LATEST and _is_id(chat) and _is_person(sender):
            return chat
        case _:
            return None


def _is_person(sender: object) -> bool:
    match sender:
        case {"id": int(), "is_bot": False, "first_name": str()}:
            return True
        case _:
            return False


def _is_id(number: int) -> bool:
    """A private chat has its person's id, which is positive; `True` is an int to Python."""
    return type(number) is int and 0 <= number < _LARGEST
