"""What a Telegram update means to the hotline."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from aiogram import Bot
from aiogram.types import CallbackQuery, Chat, ChatMemberUpdated, Location, Message, Update, User
from pydantic import ValidationError

from bot.channels.telegram.plain import plain
from bot.pipeline.messages import Event
from dialogs.talk import Heard, Kind, address

ALLOWED = ["message", "callback_query", "my_chat_member"]  # the updates we ask for

# What is kept aside because it cannot be read: its first bytes, and why.
DeadLetters = Callable[[bytes, str], Awaitable[None]]
DEAD_BYTES = 4096

# Binds the account of a member of staff: the link of the console's page sends it, or they type it.
_BINDING = re.compile(r"(?:/start(?:@\w+)?\s+)?bind_([A-Za-z0-9]{1,40})")
_LONGEST_NAME = 250  # characters of a picture's name; they are about 80

COMMANDS = {"start": "menu", "menu": "menu", "help": "menu", "cancel": "menu"}  # command: script

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")  # core.telegram.org/bots/features#deep-linking
_LARGEST = 2**63  # update and chat ids fit into 64 bits (core.telegram.org/bots/api#chat)

# Notices of the Telegram client, not words of the visitor.
_NOTICES = {
    "pinned_message",
    "message_auto_delete_timer_changed",
    "write_access_allowed",
    "chat_background_set",
    "proximity_alert_triggered",
    "boost_added",
}

_MESSAGE = ("message_id", "date", "chat", "from", "text", "caption", "contact", "location")
_QUERY = ("id", "from", "chat_instance", "data")


class NotAnUpdate(Exception):
    """What came is no update we can read; says why, without quoting it."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """What is to be done about an update; nothing, when both are None."""

    event: Event | None = None
    query: str | None = None  # the callback query to answer


def read(raw: object, bot: Bot, at: float) -> Incoming:
    """What the update `raw` means, accepted `at` (seconds since the epoch). Raises NotAnUpdate."""
    known = plain(raw)
    if known is None:
        return _read(raw, bot, at)
    heard = _words(known.words) if known.query is None else Heard.press(known.words)
    dedup = f"telegram:{bot.id}:{known.update}"
    return Incoming(Event(f"telegram:{known.chat}", heard, at, dedup), known.query)


def _read(raw: object, bot: Bot, at: float) -> Incoming:
    """What aiogram's models make of it."""
    update = _update(raw, bot)
    query = update.callback_query
    found = _found(update)
    if not 0 <= update.update_id < _LARGEST:
        raise NotAnUpdate("update_id: out of range")
    if found is None:
        return Incoming(query=query.id if query else None)
    chat, heard = found
    if abs(chat) >= _LARGEST:
        raise NotAnUpdate("chat.id: out of range")
    event = Event(f"telegram:{chat}", heard, at, f"telegram:{bot.id}:{update.update_id}")
    return Incoming(event, query.id if query else None)


def _update(raw: object, bot: Bot) -> Update:
    """The update; when aiogram does not know something in it, what of it we need."""
    if not isinstance(raw, dict):
        raise NotAnUpdate(f"a {type(raw).__name__}, not an object")
    for attempt in (raw, _bare(raw)):
        try:
            return Update.model_validate(attempt, context={"bot": bot})
        except ValidationError as error:
            why = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in _errors(error))
    raise NotAnUpdate(why)


def _errors(error: ValidationError) -> list[Any]:
    return list(error.errors(include_url=False, include_context=False, include_input=False))[:3]


def _bare(raw: dict[str, Any]) -> dict[str, Any]:
    """Only what `read` looks at: a field new to the Bot API must not cost a visitor the answer."""
    bare = dict(raw)
    if isinstance(message := raw.get("message"), dict):
        bare["message"] = _only(_MESSAGE, message)
    if isinstance(query := raw.get("callback_query"), dict):
        bare["callback_query"] = _only(_QUERY, query)
        if isinstance(message := query.get("message"), dict):
            bare["callback_query"]["message"] = _only(_MESSAGE[:3], message)
    return bare


def _only(names: tuple[str, ...], values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def _found(update: Update) -> tuple[int, Heard] | None:
    """Which chat said what; None when it is nothing to us."""
    if update.message is not None:
        return _of(update.message.chat, update.message.from_user, _message(update.message))
    if update.callback_query is not None:
        return _query(update.callback_query)
    if update.my_chat_member is not None:
        change = update.my_chat_member
        return _of(change.chat, change.from_user, _membership(change))
    return None


def _of(chat: Chat, sender: User | None, heard: Heard | None) -> tuple[int, Heard] | None:
    """Only persons in private chats are visitors."""
    if heard is None or sender is None or sender.is_bot or chat.type != "private":
        return None
    return chat.id, heard


def _query(query: CallbackQuery) -> tuple[int, Heard] | None:
    if query.message is None or query.data is None:
        return None
    return _of(query.message.chat, query.from_user, Heard.press(query.data))


def _membership(change: ChatMemberUpdated) -> Heard | None:
    kinds = {"kicked": Kind.LEFT, "member": Kind.RETURNED}
    kind = kinds.get(change.new_chat_member.status)
    return None if kind is None else Heard(kind=kind)


def _message(message: Message) -> Heard | None:
    words = message.text or message.caption
    picture = _picture(message)
    if words:
        return replace(_words(words), picture=picture)
    if message.content_type in _NOTICES:
        return None
    contact = message.contact
    sender = message.from_user
    if contact and sender and contact.user_id == sender.id:  # anybody's card can be passed on
        return Heard(contact.phone_number, kind=Kind.CONTACT)
    if message.location:
        return _location(message.location)
    return Heard(kind=Kind.UNREADABLE, picture=picture)


def _picture(message: Message) -> str:
    """The picture in a message, in its largest size, as `Heard` names it; empty without one."""
    if message.text or not message.photo:
        return ""
    name = message.photo[-1].file_id
    return f"telegram:{name}" if 0 < len(name) <= _LONGEST_NAME else ""


def _words(words: str) -> Heard:
    binding = _BINDING.fullmatch(words.strip())
    if binding is not None:
        return Heard(start=address("bind", code=binding[1]))
    command = _COMMAND.fullmatch(words)
    if command is None or command[1].lower() not in COMMANDS:
        return Heard(words)
    name, payload = command[1].lower(), command[2] or ""
    if name == "start" and _PAYLOAD.fullmatch(payload):
        return Heard(start=address("link", to=payload))
    return Heard(start=COMMANDS[name])


def _location(place: Location) -> Heard:
    if abs(place.latitude) > 90 or abs(place.longitude) > 180:
        return Heard(kind=Kind.UNREADABLE)
    return Heard(f"{place.latitude:.5f},{place.longitude:.5f}", kind=Kind.LOCATION)
