"""A campaign to be killed under: who is to get it, what the network does, and what each side says
in the end."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path

import orjson

from bot.jobs.campaigns.freezing import Freezer, Rules
from bot.pipeline.messages import HeardLine
from bot.records.audiences import Audiences, Quiet
from bot.records.campaign_rows import Campaign, Draft, State
from bot.records.campaigns import Campaigns
from bot.records.database import Database
from bot.records.extensions import Extensions
from bot.records.preferences import Preferences
from bot.records.recipients import Recipients
from bot.records.tables import Fate
from bot.records.transcripts import Transcripts
from tests.load import BotApi, Broken, Got, Poster, update
from tests.service import Process

TEXT = "周六上午有招聘会。"
FIRST_CHAT = 1_000_000
AT_ONCE = 500


def now() -> datetime:
    return datetime.now(UTC)


def refusal(status: int, said: str, **parameters: int) -> Broken:
    body = {"ok": False, "error_code": status, "description": said, "parameters": parameters}
    return Broken(status, orjson.dumps({it: value for it, value in body.items() if value != {}}))


def flood(seconds: int) -> Broken:
    return refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


BARE_FLOOD = refusal(429, "Too Many Requests")
BLOCKED = refusal(403, "Forbidden: bot was blocked by the user")
NOT_FOUND = refusal(400, "Bad Request: chat not found")
HTML = Broken(502, b"<html><h1>502 Bad Gateway</h1></html>")
CUT_AFTER = Broken(0, is_taken=True)


@dataclass
class Storm:
    """What the network does to whom: some hear 429 first, some can never be reached."""

    dice: random.Random
    floods: float = 0.3  # the share of the chats that hear 429 once
    long: int = 8  # seconds of the longest 429
    is_blowing: bool = True
    lasting: dict[int, Broken | None] = field(default_factory=dict)
    met: set[int] = field(default_factory=set)
    heard: Counter[int] = field(default_factory=Counter)  # status: how often

    def __call__(self, chat: int) -> Broken | None:
        if chat < FIRST_CHAT:
            return None  # somebody who talks
        broken = self._for(chat)
        if broken is not None:
            self.heard[broken.status] += 1
        return broken

    def _for(self, chat: int) -> Broken | None:
        if chat not in self.met:
            self.met.add(chat)
            if self.is_blowing and self.dice.random() < self.floods:
                return self._flood()
        if chat not in self.lasting:
            kinds = [BLOCKED, NOT_FOUND, HTML, CUT_AFTER, None]
            self.lasting[chat] = self.dice.choices(kinds, [2, 1, 2, 2, 93])[0]
        return self.lasting[chat]

    def _flood(self) -> Broken:
        match self.heard[429]:
            case 20:
                return flood(self.long)
            case 40:
                return BARE_FLOOD
            case _:
                return flood(1)


@dataclass
class Broadcast:
    """The records of a service, from beside it, as a command at the terminal has them."""

    database: Database
    seen: list[int] = field(default_factory=list)  # the sum of all fates at each look

    def __post_init__(self) -> None:
        sessions = self.database.sessions
        self.campaigns = Campaigns(sessions, now, 10**9)
        self.recipients = Recipients(sessions, now)
        self.preferences = Preferences(sessions, now)
        self.number = 0

    async def people(self, many: int) -> None:
        """So many have talked to the hotline once."""
        transcripts, at = Transcripts(self.database.sessions), time.time()
        chats = range(FIRST_CHAT, FIRST_CHAT + many)
        lines = [
            (f"0-{chat}-0", HeardLine(f"e{chat}", f"telegram:{chat}", at, "你好", "words"))
            for chat in chats
        ]
        for first in range(0, many, AT_ONCE):
            await transcripts.write(lines[first : first + AT_ONCE])

    async def freeze(self, words: str = TEXT) -> Campaign:
        """To everybody, at any hour."""
        sessions = self.database.sessions
        rules = Rules(("telegram",), 100, Quiet(0, 0))
        extensions = Extensions(sessions, now)
        audiences = Audiences(sessions, now)
        freezer = Freezer(self.campaigns, audiences, self.recipients, extensions, rules)
        campaign = await self.campaigns.draft(Draft("招聘会", "所有人", words), "anna", "draft")
        self.number = campaign.number
        return await freezer.freeze(self.number, "anna", "freeze")

    async def watch(self) -> None:
        """Look at the sum again and again."""
        while True:
            counts, frozen = await self.recipients.counts_with_total(self.number)
            self.seen.append(sum(counts.values()) - frozen)
            await asyncio.sleep(0.05)

    async def counts(self) -> dict[Fate, int]:
        return await self.recipients.counts(self.number)

    async def until_done(self, within: float) -> None:
        async with asyncio.timeout(within):
            while (await self.campaigns.get(self.number)).state is not State.DONE:  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    async def until_left(self, many: int, within: float = 120.0) -> None:
        """Until no more than so many are queued."""
        async with asyncio.timeout(within):
            while (await self.counts())[Fate.QUEUED] > many:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def by_chat(self) -> dict[int, tuple[Fate, str | None]]:
        """What the records say of each chat."""
        found: dict[int, tuple[Fate, str | None]] = {}
        last = 0
        while page := await self.recipients.listed(self.number, list(Fate), last, 1000):
            last = page[-1].number
            found |= {int(it.urn.partition(":")[2]): (it.fate, it.reason) for it in page}
        return found


@asynccontextmanager
async def broadcast(folder: Path) -> AsyncIterator[Broadcast]:
    """The records of the hotline with its data in that folder, whether it runs or not."""
    database = await Database.open(f"sqlite:///{folder}/var/hotline.db")
    try:
        yield Broadcast(database)
    finally:
        await database.close()


def copies(api: BotApi, text: str = TEXT) -> dict[int, list[Got]]:
    """Each chat's copies of the campaign, as the network took them."""
    found: dict[int, list[Got]] = {}
    for got in api.got:
        if got.text == text:
            found.setdefault(got.chat, []).append(got)
    return found


def most_in_a_second(moments: Sequence[float]) -> int:
    """The most that fell into any one second."""
    most = first = 0
    for last, at in enumerate(moments):
        while at - moments[first] >= 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most


@dataclass(frozen=True, slots=True)
class Talk:
    """A question and its answer; time.perf_counter."""

    asked: float
    answered: float
    alone: float  # seconds that the service took meanwhile to say how it is: the machine's part


class Talkers:
    """People who go on asking, each once; how long they wait."""

    def __init__(
        self, api: BotApi, process: Process, poster: Poster, texts: Sequence[str], every: float
    ) -> None:
        self._api = api
        self._process = process
        self._poster = poster
        self._texts = texts
        self._every = every
        self.talks: list[Talk] = []

    async def run(self) -> None:
        """Ask until cancelled."""
        async with asyncio.TaskGroup() as group:
            for chat in range(1000, 100_000):
                group.create_task(self._ask(chat, self._texts[chat % len(self._texts)]))
                await asyncio.sleep(self._every)

    async def _ask(self, chat: int, text: str) -> None:
        asked = time.perf_counter()
        answer = asyncio.create_task(self._api.next_to(chat))
        meanwhile = asyncio.create_task(self._ask_how_it_is())
        await self._poster.insist(update(chat, chat, text))
        await answer
        answered = time.perf_counter()
        self.talks.append(Talk(asked, answered, await meanwhile))

    async def _ask_how_it_is(self) -> float:
        """How long the answer took; nothing while the service is dead."""
        began = time.perf_counter()
        try:
            await asyncio.to_thread(self._process.get, "/readyz")
        except (OSError, HTTPException):
            return 0.0
        return time.perf_counter() - began

    def uncut(self, outages: Sequence[tuple[float, float]] = ()) -> list[Talk]:
        """Those talks into which no outage fell."""

        def was_cut(it: Talk) -> bool:
            return any(it.asked < end and begin < it.answered for begin, end in outages)

        return [it for it in self.talks if not was_cut(it)]

    def waits(self, outages: Sequence[tuple[float, float]] = ()) -> list[float]:
        """Seconds, the shortest first."""
        return sorted(it.answered - it.asked for it in self.uncut(outages))

    def longer(self, outages: Sequence[tuple[float, float]] = ()) -> list[float]:
        """The same without the machine's part."""
        return sorted(it.answered - it.asked - it.alone for it in self.uncut(outages))


def part_of(waits: Sequence[float], share: float) -> float:
    """The wait that so many were not longer than."""
    return waits[int(len(waits) * share)]
