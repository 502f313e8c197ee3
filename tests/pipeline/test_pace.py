from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable

import pytest

from bot.channels.delivery import Pace
from bot.pipeline.closing import Closing
from bot.pipeline.line import Line, StorageDown
from bot.pipeline.messages import Lane
from bot.pipeline.pace import MOST_CHATS, Bucket, Chats, Pacer, Turnstile
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
    """Keeps for how long it was to sleep."""

    def __init__(self, sleeps: bool = True) -> None:
        """`sleeps`: else the service stops instead, and nobody waits."""
        super().__init__()
        self.slept: list[float] = []
        self._sleeps = sleeps

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if not self._sleeps:
            self.begin()
        await super().sleep(seconds)


async def seconds(*waiting: Awaitable[object]) -> list[float]:
    """When each of them was done."""
    began = time.monotonic()

    async def one(it: Awaitable[object]) -> float:
        await it
        return time.monotonic() - began

    return sorted(await asyncio.gather(*map(one, waiting)))


def bucket(
    line: Line, rate: float = 20.0, burst: int = 2, closing: Closing | None = None
) -> Bucket:
    return Bucket(
        line, "hotline:{test}:pace", rate, burst, closing if closing is not None else Closing()
    )


async def test_a_bucket_lets_a_burst_pass_and_then_its_rate(line: Line) -> None:
    noted = Noted()
    one = bucket(line, rate=10.0, closing=noted)
    took = await seconds(*(one.take() for _ in range(6)))
    assert noted.slept == pytest.approx([0.1, 0.2, 0.3, 0.4], abs=0.001)
    for number, at in enumerate(took):
        assert at >= max(0, number - 1) * 0.1 - 0.005


async def test_two_processes_share_a_bucket(line: Line, redis_socket: object) -> None:
    async with running_line(redis_socket) as other:  # type: ignore[arg-type]
        one, two = bucket(line), bucket(other)
        took = await seconds(*(it.take() for it in (one, two) * 4))
    assert took[-1] >= 6 * 0.05 - 0.005


async def test_who_asks_together_asks_once(line: Line) -> None:
    counted = Counted(line.redis)
    task = asyncio.create_task(counted.run())
    one = bucket(counted, rate=1000.0, burst=100)
    await one.take()
    counted.calls = 0
    await asyncio.gather(*(one.take() for _ in range(50)))
    assert counted.calls == 1
    task.cancel()


async def test_bulk_that_waits_together_asks_together(line: Line) -> None:
    counted = Counted(line.redis)
    task = asyncio.create_task(counted.run())
    one = bucket(counted, rate=1000.0, burst=1)
    took = await seconds(*(one.take(Lane.BULK) for _ in range(100)))
    assert counted.calls <= 25
    assert took[-1] >= 0.095
    task.cancel()


async def test_bulk_goes_on_when_one_who_waits_gives_up(line: Line) -> None:
    one = bucket(line, rate=100.0, burst=1)
    waiting = [asyncio.create_task(one.take(Lane.BULK)) for _ in range(6)]
    await asyncio.sleep(0.01)
    for number in (1, 3):
        waiting[number].cancel()
    async with asyncio.timeout(60):
        ended = await asyncio.gather(*waiting, return_exceptions=True)
    assert ended.count(None) >= 4


async def test_no_more_leave_in_a_second_than_may_however_they_were_delayed() -> None:
    turnstile = Turnstile(20, Closing())
    took = await seconds(*(turnstile.take() for _ in range(45)))
    assert all(later - earlier >= 1.0 for earlier, later in zip(took, took[20:], strict=False))


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
    one = bucket(line, rate=10.0, burst=1)
    await one.take()
    waiting = asyncio.create_task(seconds(one.take()))
    await asyncio.sleep(0.02)
    await one.pause(0.3)
    [at] = await waiting
    assert at >= 0.3


async def test_bulk_reserves_only_what_is_near(line: Line) -> None:
    replies = Noted()
    one, other = bucket(line, 5.0, 1, replies), bucket(line, 5.0, 1)

    async def all_three() -> None:
        await one.take()
        bulk = asyncio.create_task(other.take(Lane.BULK))
        await asyncio.sleep(0.01)
        await one.take()
        await bulk

    [took] = await seconds(all_three())
    # a reply takes the next moment, though it came later
    assert all(it <= 0.2 for it in replies.slept)
    assert took >= 0.4 - 0.005


async def test_a_chat_hears_a_few_at_once_and_then_one_after_another() -> None:
    noted = Noted(sleeps=False)
    chats = Chats(0.01, 3, noted)
    for urn in ("web:a", "web:a", "web:a", "web:b"):
        await chats.take(urn)
    assert noted.slept == []
    await chats.take("web:a")
    [fourth] = noted.slept
    assert 50.0 < fourth <= 100.0


async def test_a_chat_that_was_too_fast_waits_and_no_other() -> None:
    noted = Noted(sleeps=False)
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
