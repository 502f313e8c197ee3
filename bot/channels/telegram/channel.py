"""Carries messages to Telegram chats."""

from __future__ import annotations

import unicodedata
from collections import OrderedDict
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.methods import TelegramMethod
from aiogram.types import MessageId
from pydantic import Field

from bot.channels.delivery import Delivery, Pace, Refused, Sent
from bot.channels.telegram.errors import delivery_of
from bot.channels.telegram.text import pieces
from bot.pipeline.messages import Button, Message

MOST_BEGUN = 10_000  # long messages remembered as sent in part
ROOM = {1: 999.0, 2: 10.0, 3: 5.0}  # buttons in a row: Chinese characters each has room for

log = structlog.get_logger(__name__)

Keyboard = dict[str, list[list[dict[str, str]]]]  # InlineKeyboardMarkup on the wire


class SendText(TelegramMethod[MessageId]):
    """sendMessage with what we use of it, and nothing read of the answer but the id.

    aiogram's own takes twice as long to write and to read: 25 fields, a model for every button.
    """

    __returning__ = MessageId
    __api_method__ = "sendMessage"

    chat_id: int
    text: str
    reply_markup: Keyboard | None = None
    link_preview_options: dict[str, bool] = Field(default={"is_disabled": True})


class Telegram:
    """The channel "telegram"; its addresses are chat ids."""

    name = "telegram"

    def __init__(self, bot: Bot, pace: Pace | None) -> None:
        self.pace = pace
        self._bot = bot
        self._begun: OrderedDict[str, int] = OrderedDict()  # message ref: pieces sent

    async def send(self, address: str, message: Message) -> Delivery:
        """Carry one message, the buttons under its last piece.

        A long message that was broken off is taken up where it stopped, as long as this process
        lives; its `external` id is that of the last piece.
        """
        try:
            return await self._send(int(address), message)
        except AiogramError as error:
            return delivery_of(error)
        except Exception as error:
            log.error("message not sent", urn=message.urn, error=type(error).__name__)
            return delivery_of(error)

    async def _send(self, chat: int, message: Message) -> Delivery:
        parts = pieces(message.text)
        if not parts:
            return Refused("no words")
        sent = Sent()
        begun = self._begun.pop(message.ref, 0)
        for done, part in enumerate(parts[begun:], begun):
            keyboard = keyboard_of(message.buttons) if done == len(parts) - 1 else None
            try:
                answer = await self._bot(SendText(chat_id=chat, text=part, reply_markup=keyboard))
            except BaseException:
                self._remember(message.ref, done)
                raise
            sent = Sent(str(answer.message_id))
        return sent

    def _remember(self, ref: str, done: int) -> None:
        if done:
            self._begun[ref] = done
        if len(self._begun) > MOST_BEGUN:
            self._begun.popitem(last=False)


def keyboard_of(buttons: Iterable[Button]) -> Keyboard | None:
    """The buttons in rows: long labels alone, short ones up to three side by side."""
    keys = [{"text": button.label, "callback_data": button.send} for button in buttons]
    if not keys:
        return None
    left = iter(keys)
    rows = _rows(tuple(key["text"] for key in keys))
    return {"inline_keyboard": [list(islice(left, row)) for row in rows]}


@lru_cache(4096)  # the same few sets of labels stand under nearly every message
def _rows(labels: tuple[str, ...]) -> tuple[int, ...]:
    """How many buttons each row holds."""
    rows: list[list[str]] = []
    for label in labels:
        if rows and _has_room([*rows[-1], label]):
            rows[-1].append(label)
        else:
            rows.append([label])
    return tuple(map(len, rows))


def _has_room(row: list[str]) -> bool:
    return len(row) in ROOM and max(map(_width, row)) <= ROOM[len(row)]


def _width(label: str) -> float:
    """How wide a label is, in Chinese characters."""
    return sum(1.0 if unicodedata.east_asian_width(one) in "WF" else 0.5 for one in label)
