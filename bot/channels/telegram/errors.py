"""What an error of the Bot API means for the message that was being sent."""

from __future__ import annotations

import re

from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)

from bot.channels.delivery import Delivery, Gone, Halted, Moved, Refused, Sent, Unsure, Wait

UNSAID_WAIT = 5.0  # seconds to wait when a 429 does not say how long
RECONNECT_WAIT = 3.0  # seconds to wait when the Bot API cannot be reached

# Descriptions "are subject to change" (core.telegram.org/bots/api): the code is looked at first.
_DONE_BEFORE = ("message is not modified", "query is too old", "query id is invalid")
_LEFT = ("input_user_deactivated", "user_is_blocked", "user is deactivated")


class NotConnected(TelegramNetworkError):
    """No connection to the Bot API was made, so nothing was sent."""


def delivery_of(error: BaseException) -> Delivery:
    """What became of a call that ended in `error`. Its `reason` holds no token and no number."""
    said = _said(error)
    match error:
        case TelegramRetryAfter(retry_after=seconds):
            return Wait(float(seconds))
        case TelegramMigrateToChat(migrate_to_chat_id=chat):
            return Moved(str(chat))
        case NotConnected():
            return Wait(RECONNECT_WAIT)
        case TelegramEntityTooLarge():  # a TelegramNetworkError to aiogram
            return Refused(said)
        case TelegramServerError() | TelegramNetworkError():
            return Unsure(said)
        case TelegramForbiddenError():
            return Gone(said)
        case TelegramUnauthorizedError() | TelegramNotFound() | TelegramConflictError():
            return Halted(said)  # 404: a token that no bot has
        case TelegramBadRequest():
            return _bad_request(said)
        case TelegramAPIError():
            return _other(said)
        case TypeError() | ValueError():  # the call could not even be written
            return Refused(type(error).__name__)
        case _:
            return Unsure(type(error).__name__)


def _bad_request(said: str) -> Delivery:
    lower = said.lower()
    if any(words in lower for words in _DONE_BEFORE):
        return Sent()
    if any(words in lower for words in _LEFT):
        return Gone(said)
    return Refused(said)


def _other(said: str) -> Delivery:
    """A 429 without parameters has no class of its own in aiogram; no other code has either."""
    if "too many requests" not in said.lower():
        return Refused(said)
    seconds = re.search(r"retry after (\d+)", said, re.IGNORECASE)
    return Wait(float(seconds[1]) if seconds else UNSAID_WAIT)


def _said(error: BaseException) -> str:
    """What the Bot API said, without tokens and long numbers: it quotes what it was sent."""
    message = getattr(error, "message", None) or type(error).__name__
    hidden = re.sub(r"\d{3,}(:|%3A)[\w-]{20,}", "<token>", str(message), flags=re.IGNORECASE)
    return re.sub(r"\d(?:[\s().-]*\d){6,}", "<number>", hidden)[:200]
