"""Updates a second and time to answer, from webhook POST to sendMessage: the hotline answering real
policy questions with everything on, beside a bare aiogram echo bot on a Redis of the same
durability. Both are driven in the same way, in turns, in the same run."""

from __future__ import annotations

import asyncio
import random
import shutil
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import orjson
import psutil
import yaml

from bot.embedded import EmbeddedRedis, FolderLock
from bot.knowledge.library import ContentLibrary
from tests.bench.driver import Round
from tests.load import SECRET, TOKEN
from tests.service import ROOT, Process, bare_bot, hotline

CACHE = ROOT / "var/cache"
VISITORS = 200  # each waits for the answer before asking the next thing
SECONDS = 10.0
ROUNDS = 3
SETTLES = 12.0  # seconds: the second process starts, the partitions are shared
NO_LIMIT = "100000"  # a second: the fake network has none

Drive = Callable[[Round], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Measured:
    """One bot's figures: the median round."""

    updates_a_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms_an_update: float  # of the bot's own processes
    redis_ms_an_update: float  # of its redis-server, flushes to the disk included
    driver_ms_an_update: float  # of the people and the Bot API, the same for every bot
    resident_mb: float


@dataclass
class Bot:
    """A bot that is measured, with the redis-server it keeps things in."""

    process: Process
    redis: Callable[[], psutil.Process]

    def used(self) -> tuple[float, float]:
        """Processor seconds so far: its own, and of its redis-server."""
        times = self.redis().cpu_times()
        return self.process.processor_seconds(), times.user + times.system


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
    async with driving() as (drive, base):
        lock = FolderLock(folder)
        lock.take()
        redis = EmbeddedRedis(folder / "bare-redis", lock)
        await redis.start()
        with ExitStack() as stack:
            bare = stack.enter_context(bare_bot(folder, base, redis.socket))
            bots = {"bare aiogram": Bot(bare, lambda: _server_at(folder / "bare-redis"))}
            for name, processes in (("hotline", "1"), ("hotline, 2 processes", "2")):
                process = stack.enter_context(_hotline(folder / processes, base, processes))
                bots[name] = Bot(process, process.redis)
            rows = await _rounds(bots, drive)
            started_in = bots["hotline"].process.started_in
        redis.stop()
    bare_speed = rows["bare aiogram"].updates_a_second
    table = {
        name: {**asdict(row), "ratio": round(row.updates_a_second / bare_speed, 2)}
        for name, row in rows.items()
    }
    return {**table, "goal": 3.0, "hotline_start_seconds": round(started_in, 2)}


async def _rounds(bots: Mapping[str, Bot], drive: Drive) -> dict[str, Measured]:
    """The median round of each bot, when every question has been asked before and what was
    understood is remembered; and the round of the hotline in which each was asked first."""
    firsts = count(1_000_000, 1_000_000)
    chats: dict[str, int] = {}
    first: dict[str, Measured] = {}
    for name, bot in bots.items():
        await bot.process.start_beside()
        await asyncio.sleep(SETTLES)
        chats[name] = next(firsts)
        first[name] = await _round(drive, bot, chats[name], None, 0.0, len(questions()))
        if name.endswith("processes"):  # which of them hears a question is chance
            await _round(drive, bot, next(firsts), chats[name], 0.0, 3 * len(questions()))
    rounds: dict[str, list[Measured]] = {name: [] for name in bots}
    for _ in range(ROUNDS):
        for name, bot in bots.items():
            rounds[name].append(await _round(drive, bot, next(firsts), chats[name], SECONDS))
    rows = {name: _median(measured) for name, measured in rounds.items()}
    return {**rows, "hotline, questions never asked before": first["hotline"]}


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


async def _round(
    drive: Drive, bot: Bot, first: int, reuse: int | None, seconds: float, least: int = 1
) -> Measured:
    used = bot.used()
    task = Round(bot.process.port, first, VISITORS, seconds, least, questions(), reuse)
    result = await drive(task)
    own, redis = (after - before for after, before in zip(bot.used(), used, strict=True))
    waits = sorted(result["waits"])
    return Measured(
        updates_a_second=round(result["answered"] / result["took"], 1),
        p50_ms=round(waits[len(waits) // 2] * 1000, 1),
        p99_ms=round(waits[int(len(waits) * 0.99)] * 1000, 1),
        cpu_ms_an_update=round(own / len(waits) * 1000, 3),
        redis_ms_an_update=round(redis / len(waits) * 1000, 3),
        driver_ms_an_update=round(result["used"] / result["answered"] * 1000, 3),
        resident_mb=round(bot.process.resident() / 1e6, 1),
    )


@asynccontextmanager
async def driving() -> AsyncIterator[tuple[Drive, str]]:
    """The driver in a process of its own: what runs a round, and the address of its Bot API."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.driver", cwd=ROOT, stdin=PIPE, stdout=PIPE, limit=2**26
    )
    assert process.stdin is not None
    assert process.stdout is not None
    to, of = process.stdin, process.stdout

    async def drive(task: Round) -> dict[str, Any]:
        to.write(orjson.dumps(task) + b"\n")
        result: dict[str, Any] = orjson.loads(await of.readline())
        return result

    try:
        yield drive, f"http://127.0.0.1:{int(await of.readline())}"
    finally:
        process.kill()
        await process.wait()


def _server_at(folder: Path) -> psutil.Process:
    """The redis-server with its data in `folder`."""
    [server] = [
        it
        for it in psutil.Process().children()
        if it.name().startswith("redis") and it.cwd() == str(folder)
    ]
    return server


def _median(measured: list[Measured]) -> Measured:
    return sorted(measured, key=lambda it: it.updates_a_second)[len(measured) // 2]
