"""What the gate asks the records, and how often."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.jobs.campaigns.gate import CampaignGate
from bot.jobs.campaigns.lookout import AT_ONCE, Lookout
from bot.pipeline.gate import Held
from bot.pipeline.messages import Message
from bot.records.audiences import Quiet
from bot.records.recipient_rows import Standing
from bot.records.tables import CampaignState

FRESH = 0.03
LONG = 600.0  # seconds that no test takes


class Books:
    """Records that keep what they were asked."""

    def __init__(self) -> None:
        self.asked: list[set[int]] = []
        self.state = CampaignState.RUNNING
        self.is_open = asyncio.Event()
        self.is_open.set()

    async def standings(self, numbers: Sequence[int]) -> dict[int, Standing]:
        self.asked.append(set(numbers))
        await asyncio.sleep(0)
        await self.is_open.wait()
        return {it: Standing(self.state, None, Quiet(0, 0), False) for it in numbers}


def message(recipient: int, channel: str = "telegram") -> Message:
    return Message(f"{channel}:{recipient}", f"c1.{recipient}", "招聘会")


def gate_of(books: Books) -> CampaignGate:
    return CampaignGate(books, lambda *_: False, lambda: datetime(2026, 3, 2, 4, tzinfo=UTC))


async def test_all_that_come_up_are_read_at_once() -> None:
    books = Books()
    lookout = Lookout(books, LONG)
    for recipient in range(2 * AT_ONCE):
        lookout.add(recipient)
    await asyncio.gather(*(lookout.standing(it) for it in range(AT_ONCE)))
    assert books.asked == [set(range(AT_ONCE))]


async def test_what_was_read_a_while_ago_is_read_again() -> None:
    books = Books()
    lookout = Lookout(books, FRESH)
    lookout.add(1)
    assert (await lookout.standing(1)) is not None
    await asyncio.sleep(FRESH + 0.01)
    await lookout.standing(1)
    assert len(books.asked) == 2


async def test_who_asks_while_it_is_read_anew_need_not_wait() -> None:
    books = Books()
    lookout = Lookout(books, LONG)
    for recipient in range(9):
        lookout.add(recipient)
    await lookout.standing(0)
    lookout._look = replace(lookout._look, at=lookout._look.at - 0.8 * LONG)
    books.is_open.clear()
    reading = asyncio.create_task(lookout.standing(1))
    await asyncio.sleep(0)
    await lookout.standing(2)
    books.is_open.set()
    await reading
    assert len(books.asked) == 2


async def test_one_channel_that_waits_is_in_nobodys_way() -> None:
    books = Books()
    gate = gate_of(books)
    with ExitStack() as coming:
        for recipient in range(5):
            coming.enter_context(gate.expecting(message(recipient)))
        with gate.expecting(message(7, "web")):
            assert await gate.verdict(message(7, "web")) is None
    assert books.asked == [{7}]


async def test_those_that_are_held_are_asked_about_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.jobs.campaigns.gate.HELD_FRESH", LONG)
    books = Books()
    books.state = CampaignState.PAUSED
    gate, held = gate_of(books), [message(it) for it in range(9)]
    for one in held:
        with gate.expecting(one):
            assert isinstance(await gate.verdict(one), Held)
    books.asked.clear()
    books.state = CampaignState.RUNNING
    assert all(gate.holds(one) for one in held)
    assert [await gate.verdict(one) for one in held] == [None] * 9
    assert len(books.asked) == 1
    assert not any(gate.holds(one) for one in held)
