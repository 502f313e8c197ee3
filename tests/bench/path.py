"""Updates a second and time to answer, from webhook POST to sendMessage: the hotline answering real
policy questions with everything on, beside a bare aiogram echo bot on a Redis of the same
durability. Both are driven in the same way, in turns, in the same run."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import asdict, dataclass
from itertools import count, cycle
from pathlib import Path

import yaml

from bot.embedded import EmbeddedRedis, FolderLock
from tests.load import SECRET, TOKEN, BotApi, Poster, update
from tests.service import ROOT, Process, bare_bot, hotline

VISITORS = 200  # each waits for the answer before asking the next thing
SECONDS = 10.0
ROUNDS = 3
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
    """Both bots, round by round."""
    api = BotApi()
    async with api.open() as base:
        lock = FolderLock(folder)
        lock.take()
        redis = EmbeddedRedis(folder / "bare-redis", lock)
        await redis.start()
        settings = {
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_SECRET": SECRET,
            "TELEGRAM_API": base,
            "TELEGRAM_WEBHOOK": "http://127.0.0.1/telegram",
            "TELEGRAM_RATE": NO_LIMIT,
            "TELEGRAM_CHAT_RATE": NO_LIMIT,
            "LOG_LEVEL": "warning",
        }
        with (
            bare_bot(folder, base, redis.socket) as bare,
            hotline(folder / "hotline", **settings) as ours,
        ):
            (folder / "hotline").mkdir()
            numbers = count(1)
            rounds: dict[str, list[Measured]] = {"bare": [], "hotline": []}
            for process in (bare, ours):
                await process.start_beside()
                await _round(api, process, numbers, 1.0)  # first contacts, caches
            for _ in range(ROUNDS):
                for name, process in (("bare", bare), ("hotline", ours)):
                    rounds[name].append(await _round(api, process, numbers, SECONDS))
            redis.stop()
    result = {name: _median(measured) for name, measured in rounds.items()}
    ratio = result["hotline"].updates_a_second / result["bare"].updates_a_second
    return {
        **{name: asdict(measured) for name, measured in result.items()},
        "ratio": round(ratio, 2),
        "goal": 3.0,
        "hotline_start_seconds": round(ours.started_in, 2),
    }


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
