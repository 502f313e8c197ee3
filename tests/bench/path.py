"""Updates a second and time to answer, from webhook POST to sendMessage: the hotline answering real
policy questions with everything on, beside a bare aiogram echo bot on a Redis of the same
durability. Both are driven in the same way, in turns, in the same run."""

from __future__ import annotations

import asyncio
import random
import shutil
import time
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict, dataclass
from datetime import date
from itertools import count, cycle
from pathlib import Path

import yaml

from bot.embedded import EmbeddedRedis, FolderLock
from bot.knowledge.library import ContentLibrary
from tests.load import SECRET, TOKEN, BotApi, Poster, update
from tests.service import ROOT, Process, bare_bot, hotline

CACHE = ROOT / "var/cache"
VISITORS = 200  # each waits for the answer before asking the next thing
SECONDS = 10.0
ROUNDS = 3
SETTLES = 12.0  # seconds: the second process starts, the partitions are shared
NO_LIMIT = "100000"  # a second: the fake network has none


@dataclass(frozen=True, slots=True)
class Measured:
    """One bot's figures: the median round."""

    updates_a_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms_an_update: float
    resident_mb: float


def questions() -> list[str]:
    """Every question of the policies, in an order that is the same in each run."""
    found = []
    for path in sorted((ROOT / "content/policies").glob("*.md")):
        front = path.read_text(encoding="utf-8").split("---\n", 2)[1]
        found += [str(question) for question in yaml.safe_load(front)["questions"]]
    random.Random(164).shuffle(found)
    return found


async def measure(folder: Path) -> dict[str, object]:
    """Each bot, round by round, the sentence vectors of the content computed beforehand."""
    await ContentLibrary.open(ROOT / "content", CACHE, True, date.today)
    api = BotApi()
    async with api.open() as base:
        lock = FolderLock(folder)
        lock.take()
        redis = EmbeddedRedis(folder / "bare-redis", lock)
        await redis.start()
        with ExitStack() as stack:
            bots = {
                "bare aiogram": stack.enter_context(bare_bot(folder, base, redis.socket)),
                "hotline": stack.enter_context(_hotline(folder / "one", base, "1")),
                "hotline, 2 processes": stack.enter_context(_hotline(folder / "two", base, "2")),
            }
            numbers = count(1)
            rounds: dict[str, list[Measured]] = {name: [] for name in bots}
            for bot in bots.values():
                await bot.start_beside()
                await asyncio.sleep(SETTLES)
                await _round(api, bot, numbers, 2.0)  # first contacts, caches
            for _ in range(ROUNDS):
                for name, bot in bots.items():
                    rounds[name].append(await _round(api, bot, numbers, SECONDS))
            started_in = bots["hotline"].started_in
        redis.stop()
    rows = {name: _median(measured) for name, measured in rounds.items()}
    bare = rows["bare aiogram"].updates_a_second
    ratios = {name: round(row.updates_a_second / bare, 2) for name, row in rows.items()}
    table = {name: {**asdict(row), "ratio": ratios[name]} for name, row in rows.items()}
    return {**table, "goal": 3.0, "hotline_start_seconds": round(started_in, 2)}


def _hotline(folder: Path, base: str, processes: str) -> AbstractContextManager[Process]:
    if CACHE.exists():
        shutil.copytree(CACHE, folder / "var/cache")
    folder.mkdir(exist_ok=True)
    return hotline(
        folder,
        TELEGRAM_TOKEN=TOKEN,
        TELEGRAM_SECRET=SECRET,
        TELEGRAM_API=base,
        TELEGRAM_WEBHOOK="http://127.0.0.1/telegram",
        TELEGRAM_RATE=NO_LIMIT,
        TELEGRAM_CHAT_RATE=NO_LIMIT,
        LOG_LEVEL="warning",
        PROCESSES=processes,
    )


async def _round(api: BotApi, process: Process, numbers: count[int], seconds: float) -> Measured:
    poster = Poster(process.port)
    texts = cycle(questions())
    waits: list[float] = []
    until = time.perf_counter() + seconds
    used, began = process.processor_seconds(), time.perf_counter()

    async def visit(chat: int) -> None:
        while time.perf_counter() < until:
            answer = asyncio.ensure_future(api.next_to(chat))
            await asyncio.sleep(0)
            asked = await poster.insist(update(next(numbers), chat, next(texts)))
            waits.append((await answer).at - asked)

    await asyncio.gather(*(visit(1000 + number) for number in range(VISITORS)))
    took = time.perf_counter() - began
    used = process.processor_seconds() - used
    waits.sort()
    return Measured(
        updates_a_second=round(len(waits) / took, 1),
        p50_ms=round(waits[len(waits) // 2] * 1000, 1),
        p99_ms=round(waits[int(len(waits) * 0.99)] * 1000, 1),
        cpu_ms_an_update=round(used / len(waits) * 1000, 3),
        resident_mb=round(process.resident() / 1e6, 1),
    )


def _median(measured: list[Measured]) -> Measured:
    return sorted(measured, key=lambda it: it.updates_a_second)[len(measured) // 2]
