"""Carries messages to Telegram chats."""

from __future__ import annotations

import unicodedata
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import orjson
import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.methods import TelegramMethod
from aiogram.types import MessageId

from bot.channels.delivery import Delivery, Pace, Refused, Sent
from bot.channels.telegram.errors import delivery_of
from bot.channels.telegram.session import JsonSession
from bot.channels.telegram.text import is_caption, pieces
from bot.channels.telegram.wires import Answer
from bot.pipeline.messages import Button, Message

MOST_BEGUN = 10_000  # long messages remembered as sent in part
ROOM = {1: 999.0, 2: 10.0, 3: 5.0}  # buttons in a row: Chinese characters each has room for

log = structlog.get_logger(__name__)

Keyboard = dict[str, list[list[dict[str, str]]]]  # InlineKeyboardMarkup on the wire


class SendText(TelegramMethod[MessageId]):
    """sendMessage as errors name it, and its answer when that is not what it always is.

    The call itself is made without models: aiogram's takes ten times as long to write and to read.
    """

    __returning__ = MessageId
    __api_method__ = "sendMessage"


class SendPhoto(TelegramMethod[MessageId]):
    """sendPhoto, likewise."""

    __returning__ = MessageId
    __api_method__ = "sendPhoto"


_CALL, _PHOTO = SendText(), SendPhoto()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that Telegram keeps, and the words under it."""

    name: str
    caption: str = ""


class Telegram:
    """The channel "telegram"; its addresses are chat ids."""

    name = "telegram"

    def __init__(self, bot: Bot, pace: Pace | None) -> None:
        """`bot`: one with a JsonSession."""
        assert isinstance(bot.session, JsonSession)
        self.pace = pace
        self._bot = bot
        self._session = bot.session
        self._begun: OrderedDict[str, int] = OrderedDict()  # message ref: pieces sent

    def calls(self, message: Message) -> int:
        """One for each piece."""
        return max(1, len(parts_of(message)))

    async def send(self, address: str, message: Message) -> Delivery:
        """Carry one message, the buttons under its last piece; a picture comes first, with the text
        under it if there is room.

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
        parts = parts_of(message)
        if not parts:
            return Refused("no words")
        sent = Sent()
        begun = self._begun.pop(message.ref, 0)
        for done, part in enumerate(parts[begun:], begun):
            keyboard = keyboard_of(message.buttons) if done == len(parts) - 1 else None
            try:
                sent = Sent(str(await self._say(chat, part, keyboard)))
            except BaseException:
                self._remember(message.ref, done)
                raise
        return sent

    async def _say(self, chat: int, part: str | Picture, keyboard: Keyboard | None) -> int:
        """One sendMessage or sendPhoto; the id of the message."""
        call: SendText | SendPhoto = _CALL
        fields: dict[str, object] = {"chat_id": chat}
        if isinstance(part, Picture):
            call = _PHOTO
            fields |= {"photo": part.name, "caption": part.caption}
        else:
            fields |= {"text": part, "link_preview_options": {"is_disabled": True}}
        if keyboard is not None:
            fields["reply_markup"] = keyboard
        answer = await self._session.post(self._bot, call, orjson.dumps(fields))
        found = _message_id(answer)
        if found is None:
            return self._session.result(self._bot, call, answer).message_id
        return found

    def _remember(self, ref: str, done: int) -> None:
        if done:
            self._begun[ref] = done
        if len(self._begun) > MOST_BEGUN:
            self._begun.popitem(last=False)


def parts_of(message: Message) -> Sequence[str | Picture]:
    """What is sent one after the other; nothing, if there are no words."""
    texts, name = pieces(message.text), message.picture.removeprefix("telegram:")
    if not texts or name == message.picture:  # none, or another network's
        return texts
    if len(texts) == 1 and is_caption(texts[0]):
        return [Picture(name, texts[0])]
    return [Picture(name), *texts]


def _message_id(answer: Answer) -> int | None:
    """The id of the message that was sent; None when the answer is none that needs no model."""
    if answer.status != 200:
        return None
    try:
        match orjson.loads(answer.body):
            case {"ok": True, "result": {"message_id": int(number)}}:
                return number
    except orjson.JSONDecodeError:
        pass
    return None


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
