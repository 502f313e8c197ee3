"""A large campaign: how long its recipients take to be written down and in how much memory, and how
close to the network's limit it is sent, with people talking meanwhile."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import time
from collections import deque
from contextlib import closing
from pathlib import Path

import psutil

from bot.jobs.campaigns.freezing import Freezer, Rules
from bot.records.audiences import Audiences, Quiet
from bot.records.campaign_rows import Draft
from bot.records.campaigns import Campaigns
from bot.records.database import Database
from bot.records.extensions import Extensions
from bot.records.recipients import Recipients
from tests.bench.path import NO_LIMIT
from tests.kill.broadcast import (
    Broadcast,
    Talkers,
    broadcast,
    copies,
    flood,
    most_in_a_second,
    now,
    part_of,
)
from tests.kill.content import dozen_policies, questions
from tests.load import SECRET, TOKEN, BotApi, Broken, Poster
from tests.service import Process, hotline

FROZEN = 1_000_000  # recipients
SENT = 20_000
LIMIT = 1000  # messages a second that the network takes
WARM = 2.0  # seconds until it is under way
TALKS_EVERY = 0.5  # seconds
CALM = 0.1  # seconds of the processor that a hotline needs each second for itself

_PEOPLE = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
INSERT INTO visitors (urn, channel, first_seen, last_seen, state, state_at)
SELECT 'telegram:' || (1000000 + n), 'telegram', ?, ?, 'active', ? FROM numbers
"""


class Limited:
    """A network that takes so many messages in any one second, and says 429 to the next."""

    def __init__(self) -> None:
        self.refused = 0
        self._taken: deque[float] = deque()

    def __call__(self, chat: int) -> Broken | None:
        at = time.perf_counter()
        while self._taken and at - self._taken[0] >= 1.0:
            self._taken.popleft()
        if len(self._taken) >= LIMIT:
            self.refused += 1
            return flood(1)
        self._taken.append(at)
        return None


async def measure(folder: Path) -> dict[str, object]:
    """Both."""
    return {"freeze": await freezing(folder / "freeze"), "send": await sending(folder / "send")}


async def freezing(folder: Path, many: int = FROZEN) -> dict[str, float]:
    """So many recipients, each with words of their own, written down."""
    database = await _filled(folder, many)
    sessions, memory = database.sessions, [psutil.Process().memory_info().rss]
    campaigns, recipients = Campaigns(sessions, now, many), Recipients(sessions, now)
    rules = Rules(("telegram",), 100, Quiet(0, 0))
    books = (campaigns, Audiences(sessions, now), recipients, Extensions(sessions, now))
    freezer = Freezer(*books, rules)
    words = "{{ 称呼 or '您' }}好，周六上午有招聘会。"
    draft = await campaigns.draft(Draft("招聘会", "非 报过名", words), "anna", "draft")

    def look(written: int) -> None:
        memory.append(psutil.Process().memory_info().rss)

    began = time.perf_counter()
    frozen = await freezer.freeze(draft.number, "anna", "freeze", look)
    took = time.perf_counter() - began
    began = time.perf_counter()
    counts = await recipients.counts(draft.number)
    counted = time.perf_counter() - began
    assert sum(counts.values()) == frozen.frozen == many
    await database.close()
    tenth = max(1, len(memory) // 10)
    return {
        "recipients": many,
        "seconds": round(took, 1),
        "recipients_a_second": round(many / took),
        "count_seconds": round(counted, 2),
        "mb_after_a_tenth": round(memory[tenth] / 1e6, 1),
        "mb_at_the_end": round(memory[-1] / 1e6, 1),
    }


async def sending(folder: Path, many: int = SENT) -> dict[str, float]:
    """So many messages against a network that is limited, while people talk."""
    folder.mkdir(parents=True)  # noqa: ASYNC240 -- nothing else runs yet
    content = dozen_policies(folder)
    network = Limited()
    api = BotApi(breaks=network)
    async with api.open() as base:
        settings = {
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_SECRET": SECRET,
            "TELEGRAM_API": base,
            "TELEGRAM_WEBHOOK": "http://127.0.0.1/telegram",
            "TELEGRAM_RATE": str(LIMIT),
            "TELEGRAM_CHAT_RATE": NO_LIMIT,
            "CONTENT_DIR": str(content),
            "SEMANTIC": "false",
            "LOG_LEVEL": "warning",
        }
        await (await _filled(folder / "var", many)).close()
        with hotline(folder, **settings) as process:
            async with broadcast(folder) as campaign:
                await campaign.freeze()
                await process.start_beside()
                await _calm(process)
                poster = Poster(process.port)
                talkers = Talkers(api, process, poster, questions(content), TALKS_EVERY)
                return await _send(process, campaign, api, network, talkers)


async def _calm(process: Process) -> None:
    """What a start leaves for afterwards is done."""
    used, before = process.processor_seconds(), float("-inf")
    while used - before > CALM:
        await asyncio.sleep(1)
        used, before = process.processor_seconds(), used


async def _send(
    process: Process, campaign: Broadcast, api: BotApi, network: Limited, talkers: Talkers
) -> dict[str, float]:
    gc.disable()  # the network does not pause to tidy up, and then see all that came at once
    talking = asyncio.create_task(talkers.run())
    server = process.redis()
    used = process.processor_seconds(), sum(server.cpu_times()[:2])
    began = time.perf_counter()
    await campaign.campaigns.start(campaign.number, "anna", "start")
    await campaign.until_done(600)
    took = time.perf_counter() - began
    talking.cancel()
    gc.enable()
    got, waits = copies(api), talkers.waits()
    moments = sorted(it.at for one in got.values() for it in one)
    steady = [at for at in moments if at - moments[0] >= WARM and moments[-1] - at >= WARM]
    own = process.processor_seconds() - used[0]
    redis = sum(server.cpu_times()[:2]) - used[1]
    return {
        "messages": len(moments),
        "missing": sum((await campaign.counts()).values()) - len(got),
        "a_second": round((len(steady) - 1) / (steady[-1] - steady[0]), 1),
        "most_in_a_second": most_in_a_second(api.asked),
        "answers_429": network.refused,
        "cores": round(own / took, 2),
        "processor_ms_each": round(own / len(moments) * 1000, 3),
        "cores_redis": round(redis / took, 2),
        "p50_of_replies_ms": round(part_of(waits, 0.5) * 1000, 1),
        "p95_of_replies_ms": round(part_of(waits, 0.95) * 1000, 1),
        "seconds": round(took, 1),
    }


async def _filled(folder: Path, many: int) -> Database:
    """A database with so many visitors."""
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240
    database = await Database.open(f"sqlite:///{folder}/hotline.db")
    at = now().strftime("%Y-%m-%d %H:%M:%S.%f")
    with closing(sqlite3.connect(folder / "hotline.db")) as records, records:
        records.execute(_PEOPLE, (many, at, at, at))
    return database
