"""Staff are reminded of what waits too long: once, and without a word of what the visitor said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.jobs.nudges import Nudges
from bot.pipeline.doorbell import Doorbell
from bot.pipeline.line import Line
from bot.pipeline.messages import Lane, Message
from bot.pipeline.outbox import Outbox
from bot.pipeline.partitions import Keys
from bot.records.tickets import Tickets
from tests.databases import database_in
from tests.wording import WORDS

GROUP = "telegram:-1001"


class Clock:
    now = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def tickets(tmp_path: Path, clock: Clock) -> AsyncIterator[Tickets]:
    async with database_in(tmp_path) as database:
        yield Tickets(database.sessions, clock, lambda at: at + timedelta(minutes=30))


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Killed(Exception):
    pass


class Dying(Outbox):
    """The process dies as soon as it has said something."""

    def __init__(self, outbox: Outbox) -> None:
        self.__dict__.update(outbox.__dict__)

    async def say(self, *given: Any, **named: Any) -> bool:
        await super().say(*given, **named)
        raise Killed


async def said(line: Line) -> list[str]:
    hop = Keys.of(GROUP).key(Lane.INTERACTIVE.outbox("telegram"))
    entries = await line.call("XRANGE", hop, "-", "+")
    return [Message.unpack(fields[b"d"]).text for _, fields in entries]


async def test_a_late_ticket_is_told_once(line: Line, tickets: Tickets, clock: Clock) -> None:
    outbox = Outbox(line, Doorbell(lambda _hop, _partition: True, lambda *_: None), lambda: WORDS)
    nudges = Nudges(tickets, outbox, GROUP, clock)
    ticket = await tickets.open("web:1", "我叫某某", "e1", "")
    assert await nudges.send() == 0
    clock.now += timedelta(minutes=45)
    assert await nudges.send() == 1
    assert await nudges.send() == 0
    [text] = await said(line)
    assert f"工单 {ticket.number} 已等了 45 分钟" in text
    assert "某某" not in text


async def test_killed_between_the_two_steps_it_is_said_once_all_the_same(
    line: Line, tickets: Tickets, clock: Clock
) -> None:
    outbox = Outbox(line, Doorbell(lambda _hop, _partition: True, lambda *_: None), lambda: WORDS)
    await tickets.open("web:1", "社保", "e1", "")
    clock.now += timedelta(minutes=45)
    with pytest.raises(Killed):
        await Nudges(tickets, Dying(outbox), GROUP, clock).send()
    assert await Nudges(tickets, outbox, GROUP, clock).send() == 1
    assert len(await said(line)) == 1
