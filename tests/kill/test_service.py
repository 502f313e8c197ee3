"""The service is killed, stopped and started under load: what was accepted is answered."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import nullcontext
from pathlib import Path

import pytest

from bot.embedded import EmbeddedRedis, FolderLock
from tests.forks import fast
from tests.kill.books import Books, lost
from tests.kill.conftest import Figures, Network
from tests.kill.content import FULL
from tests.kill.strikes import SENDS, doubled_at, kill, some_more, strike_often
from tests.load import Poster
from tests.service import bare_bot, hotline, prepared

pytestmark = pytest.mark.kill

READY_WITHIN = 15.0  # seconds of the processor, with everything killed
STOPS_WITHIN = 10.0  # seconds


@pytest.mark.timeout(600)
async def test_killed_20_times_under_2000_updates_it_answers_every_one(
    network: Network, dice: random.Random, tmp_path: Path, figures: Figures
) -> None:
    began = time.perf_counter()
    with fast(hotline(prepared(tmp_path), **network.settings)) as process:
        await process.start_beside()
        poster = Poster(process.port)
        crowd = network.crowd(lambda: poster, dice)
        await crowd.learn()
        strikes = await strike_often(process, crowd, network.api, dice, lives=16, updates=2000)
        missing = await lost(crowd, books := Books.under(tmp_path))
        dead = await books.settle()
        await poster.hang_up()
    doubled = doubled_at(strikes, crowd)
    figures.tell(
        kills=len(strikes),
        updates=len(crowd.accepted),
        lost=len(missing),
        dead=len(dead),
        duplicates=doubled.total(),
        most_at_one_kill=max(doubled.values(), default=0),
        on_the_wire_at_kills=sum(strike.under_way for strike in strikes),
        at_most=len(strikes) * SENDS,
        seconds=time.perf_counter() - began,
    )
    assert (len(strikes), len(crowd.accepted)) == (20, 2000)
    assert missing == []
    assert all(many <= SENDS for many in doubled.values()), doubled


@pytest.mark.timeout(300)
async def test_the_same_harness_sees_a_bare_bot_lose_updates(
    network: Network, dice: random.Random, tmp_path: Path, figures: Figures
) -> None:
    lock = FolderLock(tmp_path)
    lock.take()
    redis = EmbeddedRedis(tmp_path / "redis", lock)
    await redis.start()
    bare = bare_bot(tmp_path, network.base, redis.socket, "--background")
    with fast(bare) as process:
        await process.start_beside()
        poster = Poster(process.port)
        crowd = network.crowd(lambda: poster, dice, messages=1)
        await crowd.learn()
        strikes = await strike_often(process, crowd, network.api, dice, lives=3, updates=300)
        await some_more(network.api, 300)
        await poster.hang_up()
    redis.stop()
    lock.close()
    missing = crowd.unanswered()
    figures.tell(kills=len(strikes), updates=len(crowd.accepted), lost=len(missing))
    assert len(crowd.accepted) == 300
    assert missing, "the harness cannot see losses"


@pytest.mark.timeout(300)
async def test_stopped_and_started_under_load_it_loses_and_doubles_nothing(
    network: Network, dice: random.Random, tmp_path: Path, figures: Figures
) -> None:
    slowest = 0.0
    with fast(hotline(prepared(tmp_path), **network.settings)) as process:
        await process.start_beside()
        poster = Poster(process.port)
        crowd = network.crowd(lambda: poster, dice)
        await crowd.learn()
        async with asyncio.TaskGroup() as writing:
            for _ in range(2):
                writing.create_task(crowd.write(200))
                await some_more(network.api, dice.randrange(100, 300))
                slowest = max(slowest, await asyncio.to_thread(process.stop))
                assert process.popen is not None
                assert process.popen.poll() == 0, process.log.read_text()[-3000:]
                await process.start_beside()
        missing = await lost(crowd, Books.under(tmp_path))
        await poster.hang_up()
    figures.tell(
        stops=2,
        updates=len(crowd.accepted),
        lost=len(missing),
        duplicates=len(crowd.repeats()),
        slowest_stop=slowest,
    )
    assert len(crowd.accepted) == 400
    assert missing == []
    assert crowd.repeats() == []
    assert slowest < STOPS_WITHIN


@pytest.mark.timeout(300)
async def test_with_everything_killed_at_once_it_is_soon_ready_and_has_lost_nothing(
    network: Network, dice: random.Random, tmp_path: Path, figures: Figures
) -> None:
    settings = {**network.settings, "CONTENT_DIR": str(FULL)}
    slow = hotline(prepared(tmp_path), **settings)
    with slow as process, fast(nullcontext(process)) as first:
        await first.start_beside()
        poster = Poster(process.port)
        crowd = network.crowd(lambda: poster, dice)
        await crowd.learn()
        async with asyncio.TaskGroup() as writing:
            writing.create_task(crowd.write(300))
            await some_more(network.api, dice.randrange(150, 450))
            first.redis().kill()
            strike = await kill(first, network.api)
            await process.start_beside()
            took = process.processor_seconds()
        missing = await lost(crowd, Books.under(tmp_path))
        await poster.hang_up()
    doubled = doubled_at([strike], crowd).total()
    figures.tell(
        updates=len(crowd.accepted),
        lost=len(missing),
        duplicates=doubled,
        at_most=SENDS,
        start=process.started_in,
        start_processor=took,
    )
    assert len(crowd.accepted) == 300
    assert missing == []
    assert doubled <= SENDS
    assert took < READY_WITHIN


@pytest.mark.timeout(300)
async def test_an_update_that_is_delivered_again_and_again_is_answered_once(
    network: Network, dice: random.Random, tmp_path: Path, figures: Figures
) -> None:
    with fast(hotline(prepared(tmp_path), **network.settings)) as process:
        await process.start_beside()
        poster = Poster(process.port)
        crowd = network.crowd(lambda: poster, dice)
        await crowd.learn()

        async def deliver_again() -> list[int]:
            again = [chat for chat in crowd.wrote for _ in range(dice.randrange(5))]
            dice.shuffle(again)
            return await asyncio.gather(*(poster.post(crowd.update_of(chat)) for chat in again))

        writing = asyncio.create_task(crowd.write(200))
        await some_more(network.api, 20)
        statuses = await deliver_again()
        await writing
        books = Books.under(tmp_path)
        await books.settle()
        await kill(process, network.api)
        await poster.hang_up()
        await process.start_beside()
        statuses += await deliver_again()
        missing = await lost(crowd, books)
        await poster.hang_up()
    figures.tell(
        updates=len(crowd.accepted),
        delivered=len(crowd.accepted) + len(statuses),
        lost=len(missing),
        duplicates=len(crowd.repeats()),
    )
    assert set(statuses) == {200}
    assert missing == []
    assert crowd.repeats() == []
