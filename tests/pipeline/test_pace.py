from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable

import pytest

from bot.channels.delivery import Pace
from bot.pipeline.bucket import Bucket, Place
from bot.pipeline.closing import Closing
from bot.pipeline.line import Line, StorageDown
from bot.pipeline.messages import Lane
from bot.pipeline.pace import MOST_CHATS, Chats, Pacer
from tests.conftest import running_line


class Counted(Line):
    """A line that counts scripts, and may be cut."""

    calls = 0
    is_cut = False

    async def call(self, *command: str | bytes | int | float) -> object:
        self.calls += 1
        if self.is_cut:
            raise StorageDown("cut")
        return await super().call(*command)


class Noted(Closing):
    """Keeps for how long it was to sleep, and stops then: nobody waits."""

    def __init__(self) -> None:
        super().__init__()
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.begin()
        await super().sleep(seconds)


async def seconds(*waiting: Awaitable[object]) -> list[float]:
    """When each of them was done."""
    began = time.monotonic()

    async def one(it: Awaitable[object]) -> float:
        await it
        return time.monotonic() - began

    return sorted(await asyncio.gather(*map(one, waiting)))


def bucket(line: Line, rate: float = 20.0) -> Bucket:
    return Bucket(line, "hotline:{test}:pace", rate, Closing())


async def test_after_a_rest_a_few_pass_at_once_and_then_one_after_another(line: Line) -> None:
    one = bucket(line, rate=10.0)
    took = await seconds(*(one.take() for _ in range(6)))
    for number, at in enumerate(took):
        assert at >= max(0, number - 1) * 0.1 - 0.005


async def test_two_processes_share_a_bucket(line: Line, redis_socket: object) -> None:
    async with running_line(redis_socket) as other:  # type: ignore[arg-type]
        one, two = bucket(line), bucket(other)
        took = await seconds(*(it.take() for it in (one, two) * 4))
    assert took[-1] >= 5 * 0.05 - 0.005  # three at once


async def test_who_asks_together_asks_once(line: Line) -> None:
    counted = Counted(line.redis)
    task = asyncio.create_task(counted.run())
    one = bucket(counted, rate=1000.0)
    await one.take()
    counted.calls = 0
    await asyncio.gather(*(one.take() for _ in range(50)))
    assert counted.calls == 1
    task.cancel()


async def test_bulk_that_waits_together_asks_together(line: Line) -> None:
    counted = Counted(line.redis)
    task = asyncio.create_task(counted.run())
    one = bucket(counted, rate=1000.0)
    took = await seconds(*(one.take(Lane.BULK) for _ in range(100)))
    assert counted.calls <= 25
    assert took[-1] >= 0.095
    task.cancel()


async def test_bulk_goes_on_when_one_who_waits_gives_up(line: Line) -> None:
    one = bucket(line, rate=100.0)
    waiting = [asyncio.create_task(one.take(Lane.BULK)) for _ in range(6)]
    await asyncio.sleep(0.01)
    for number in (1, 3):
        waiting[number].cancel()
    async with asyncio.timeout(60):
        ended = await asyncio.gather(*waiting, return_exceptions=True)
    assert sum(isinstance(it, Place) for it in ended) >= 4


async def test_no_more_pass_in_a_second_than_may_however_many_ask(line: Line) -> None:
    one = bucket(line, rate=40.0)
    places = await asyncio.gather(*(one.take(lane) for lane in Lane for _ in range(30)))
    at = sorted(it.moment for it in places if it is not None)
    assert len(at) == 60
    assert all(later - earlier >= 1e6 for earlier, later in zip(at, at[40:], strict=False))


async def places(one: Bucket, many: int, lane: Lane = Lane.INTERACTIVE) -> list[Place]:
    """So many, without waiting for their moments."""
    found = await asyncio.gather(*(one.take(lane, lead=60.0) for _ in range(many)))
    return [it for it in found if it is not None]


async def test_who_passed_late_is_counted_when_they_did(line: Line) -> None:
    one = bucket(line, rate=10.0)
    passed = await places(one, 10)
    for place in passed:
        one.passed(place, passed[0].due + 5.0)
    [after] = await places(one, 1)
    assert after.moment >= passed[0].moment + 6e6


async def test_a_place_that_was_given_back_is_somebody_elses(line: Line) -> None:
    one = bucket(line, rate=3.0)
    taken = await places(one, 3)
    for place in taken:
        one.give_back(place)
    again = await places(one, 3)
    assert again[0].moment < taken[0].moment + 1e6


async def test_what_a_stall_has_cost_is_made_up_for(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.pipeline.bucket.CREDIT", 60.0)  # on a slow machine, too
    one = bucket(line, rate=100.0)
    await one.take(Lane.BULK)
    await asyncio.sleep(0.1)  # nobody was ready
    together = await places(one, 8, Lane.BULK)
    assert len({it.moment for it in together}) <= 2  # the first asks alone


class Watched(Bucket):
    """Notes for how long nobody is to ask again."""

    rests: tuple[float, ...] = ()

    async def _reserve(self, many: int, longest: float | None) -> tuple[float, list[Place]]:
        found = await super()._reserve(many, longest)
        self.rests += (found[0] - time.monotonic(),)
        return found


async def test_when_a_second_is_full_the_bulk_asks_again_soon(line: Line) -> None:
    one = Watched(line, "hotline:{test}:pace", 100.0, Closing())

    async def pass_late() -> None:
        place = await one.take(Lane.BULK)
        assert place is not None
        one.passed(place, place.due + 0.05)

    await asyncio.gather(*(pass_late() for _ in range(140)))
    assert max(one.rests) < 0.1


async def test_after_a_rest_the_bulk_begins_evenly(line: Line) -> None:
    begun = await places(bucket(line, rate=100.0), 10, Lane.BULK)
    assert begun[-1].moment - begun[0].moment >= 85_000


async def test_an_outage_is_told_to_all_who_asked_together(line: Line) -> None:
    counted = Counted(line.redis)
    counted.is_cut = True
    one = bucket(counted)
    told = await asyncio.gather(*(one.take() for _ in range(3)), return_exceptions=True)
    assert [type(it) for it in told] == [StorageDown] * 3
    assert one._asking == []


async def test_one_who_gives_up_does_not_keep_the_others_waiting(line: Line) -> None:
    one = bucket(line)
    first, second = asyncio.create_task(one.take()), asyncio.create_task(one.take())
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(StorageDown):  # to be asked again, as in any outage
        await second
    await one.take()


async def test_a_pause_holds_and_makes_those_who_wait_ask_again(line: Line) -> None:
    one = bucket(line, rate=5.0)
    await one.take()
    waiting = asyncio.create_task(seconds(one.take()))
    await asyncio.sleep(0.02)
    await one.pause(0.3)
    [at] = await waiting
    assert at >= 0.3


async def test_bulk_reserves_only_what_is_near(line: Line) -> None:
    one = bucket(line, rate=5.0)
    await one.take()
    bulk = asyncio.create_task(one.take(Lane.BULK))
    await asyncio.sleep(0.01)
    reply = await one.take()  # takes the next moment, though it came later
    later = await bulk
    assert reply is not None
    assert later is not None
    assert later.moment - reply.moment >= 200_000


@pytest.mark.parametrize("lane", Lane)
async def test_a_message_of_several_calls_takes_a_place_for_each(line: Line, lane: Lane) -> None:
    pacer = Pacer(line, "web", Pace(30.0), Closing())
    moments = [it.moment for _ in range(4) for it in await pacer.take_of_bot(lane, 4)]
    assert len(moments) == 16
    assert moments[-1] - moments[0] >= (15 - 4) * 33_000  # the first four at once


async def test_a_chat_hears_a_few_at_once_and_then_one_after_another() -> None:
    noted = Noted()
    chats = Chats(0.01, 3, noted)
    for urn in ("web:a", "web:a", "web:a", "web:b"):
        await chats.take(urn)
    assert noted.slept == []
    await chats.take("web:a")
    [fourth] = noted.slept
    assert 50.0 < fourth <= 100.0


async def test_a_chat_that_was_too_fast_waits_and_no_other() -> None:
    noted = Noted()
    chats = Chats(20.0, 3, noted)
    chats.pause("web:a", 100.0)
    await chats.take("web:b")
    assert noted.slept == []
    await chats.take("web:a")
    [wait] = noted.slept
    assert 50.0 < wait <= 100.0


async def test_chats_that_wait_for_nothing_are_forgotten() -> None:
    chats = Chats(1000.0, 1, Closing())
    chats.pause("web:waits", 60.0)
    for number in range(MOST_CHATS + 10):
        await chats.take(f"web:{number}")
    assert len(chats._due) < MOST_CHATS + 1
    assert "web:waits" in chats._due


async def test_nobody_waits_when_the_service_stops(line: Line) -> None:
    closing = Closing()
    pacer = Pacer(line, "web", Pace(1.0, chat_rate=0.01, chat_burst=1), closing)
    await pacer.take("web:a", Lane.INTERACTIVE)
    waiting = asyncio.create_task(seconds(pacer.take("web:a", Lane.INTERACTIVE)))
    await asyncio.sleep(0.05)
    closing.begin()
    [at] = await waiting
    assert at < 50.0
