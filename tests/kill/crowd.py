"""The people who write to the bot in one test: each has a chat of their own and writes once."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count

from tests.load import BotApi, Got, Poster, update

AT_ONCE = 40  # connections that Telegram posts over by default
PAUSE = 0.2  # seconds until an update that was not taken is posted again

Door = Callable[[], Poster]


class Crowd:
    """Writes, and knows what was accepted and what should come of it."""

    def __init__(
        self, api: BotApi, door: Door, dice: random.Random, texts: Sequence[str], messages: int
    ) -> None:
        """`door`: the poster that the next POST goes by. `messages`: how many are said to each,
        a greeting and an answer."""
        self._api = api
        self.messages = messages
        self._door = door
        self._dice = dice
        self._room = asyncio.Semaphore(AT_ONCE)
        self._chats = count(1000)
        self._texts = texts
        self._right: dict[str, list[str]] = {}  # question -> what is said to it at first contact
        self.wrote: dict[int, str] = {}  # chat -> question
        self.accepted: set[int] = set()

    async def learn(self) -> None:
        """One calm round of all questions, to know what is said to each."""
        for text in self._texts:
            chat = next(self._chats)
            await self._post(chat, text)
            async with asyncio.timeout(60):
                while len(self._api.by_chat[chat]) < self.messages:  # noqa: ASYNC110
                    await asyncio.sleep(0.005)
            self._right[text] = [got.text for got in self._api.by_chat[chat]]

    async def write(self, many: int) -> None:
        """So many more people write; done when all they wrote is accepted."""
        chats = [next(self._chats) for _ in range(many)]
        await asyncio.gather(*map(self._write, chats))

    def update_of(self, chat: int) -> bytes:
        """What Telegram posts for this person, each time."""
        return update(chat, chat, self.wrote[chat])

    def unanswered(self) -> list[int]:
        """Whose message was accepted, but who was not told all that is said to it, in its order."""
        return [
            chat for chat in self.accepted if self._heard(chat) != self._right[self.wrote[chat]]
        ]

    def repeats(self) -> list[tuple[Got, Got]]:
        """Messages that came again, each with the copy before it."""
        found = []
        for chat in self.wrote:
            seen: dict[str, Got] = {}
            for got in self._api.by_chat[chat]:
                if got.text in seen:
                    found.append((seen[got.text], got))
                seen[got.text] = got
        return found

    def story(self, chat: int) -> list[tuple[str, str]]:
        """What the records should tell of this person."""
        asked = self.wrote[chat]
        return [("heard", asked), *(("sent", text) for text in self._right[asked])]

    def _heard(self, chat: int) -> list[str]:
        return list(Counter(got.text for got in self._api.by_chat[chat]))

    async def _write(self, chat: int) -> None:
        async with self._room:
            self.wrote[chat] = self._dice.choice(self._texts)
            while await self._door().post(self.update_of(chat)) != 200:  # noqa: ASYNC110
                await asyncio.sleep(PAUSE)
            self.accepted.add(chat)

    async def _post(self, chat: int, text: str) -> None:
        while await self._door().post(update(chat, chat, text)) != 200:  # noqa: ASYNC110
            await asyncio.sleep(PAUSE)
