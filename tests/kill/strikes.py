"""Killing a service again and again while people write, and what that may double."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from bot.pipeline.messages import Lane
from bot.pipeline.sender import UNDER_WAY
from tests.kill.crowd import Crowd
from tests.load import BotApi
from tests.service import Process

SENDS = UNDER_WAY[Lane.INTERACTIVE]  # so many may be doubled by one kill
LONGEST_WORK = 2.0  # seconds until a kill that waits for work done falls in any case


@dataclass(frozen=True, slots=True)
class Strike:
    """One kill, or a stall."""

    at: float  # time.perf_counter
    under_way: int  # messages that had arrived and were not answered
    until: float  # time.perf_counter, when all that had been sent before has arrived


async def strike_often(
    process: Process, crowd: Crowd, api: BotApi, dice: random.Random, lives: int, updates: int
) -> list[Strike]:
    """Kill -9 the process in each of so many lives, anywhere in the work on what is written
    meanwhile; in every fourth the successor as well, anywhere in its start."""
    share = updates // lives
    strikes = []
    async with asyncio.TaskGroup() as writing:
        for life in range(1, lives + 1):
            writing.create_task(crowd.write(share))
            await some_more(api, dice.randrange(share * crowd.messages))
            strikes.append(await kill(process, api))
            if life % 4 == 0:
                process.launch()
                await asyncio.sleep(process.started_in * dice.uniform(0.2, 1.0))
                strikes.append(await kill(process, api))
            await process.start_beside()
    return strikes


async def some_more(api: BotApi, messages: int) -> None:
    """Wait until so many more messages have arrived, but not for ever."""
    until = len(api.got) + messages
    with suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_WORK):
            while len(api.got) < until:  # noqa: ASYNC110 -- it is another process's work
                await asyncio.sleep(0.002)


def doubled_at(strikes: Sequence[Strike], crowd: Crowd) -> Counter[int]:
    """How many messages each strike doubled. Fails when one came again for no strike."""
    doubled: Counter[int] = Counter()
    for first, again in crowd.repeats():
        between = [
            number
            for number, strike in enumerate(strikes)
            if first.at <= strike.until and strike.at < again.at
        ]
        assert between, (first, again)
        doubled[between[0]] += 1
    return doubled


async def kill(process: Process, api: BotApi) -> Strike:
    """Kill -9."""
    at, under_way = time.perf_counter(), api.under_way
    process.kill()
    for _ in range(3):  # the loop looks at its sockets: connections are accepted, then read
        await asyncio.sleep(0.02)
    return Strike(at, under_way, time.perf_counter())
