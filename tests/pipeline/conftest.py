"""The durable path with small scripts of its own and a channel that keeps what it is given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

import pytest

from bot.metrics import Metrics
from bot.pipeline.closing import Closing
from bot.pipeline.doorbell import Doorbell
from bot.pipeline.farbell import FarBell
from bot.pipeline.inbox import Inbox
from bot.pipeline.journal import JournalWriter
from bot.pipeline.leases import Leases
from bot.pipeline.line import Line
from bot.pipeline.messages import Event, Lane
from bot.pipeline.messages import Line as JournalLine
from bot.pipeline.sender import Sender
from bot.pipeline.switchboard import Switchboard
from bot.pipeline.worker import Worker
from bot.words import Words
from dialogs.menu import menu_options
from dialogs.questions import words
from dialogs.talk import Heard, Reply, Script, Talk
from tests.pipeline.channel import Kept

TEXTS = {
    "greeting.first": "您好",
    "policy.question": "问什么？",
    "policy.echo": "您说：{{ said }}",
    "menu.shown": "菜单",
    "switchboard.failed": "没处理好",
    "switchboard.cancelled": "取消了",
    "switchboard.unreadable": "看不懂",
    "switchboard.expired": "过期了",
    "switchboard.unasked": "用不着",
    "questions.stale": "旧按钮",
    "questions.empty": "空的",
    **{option.label: option.label.partition(".")[2] for option in menu_options()},
    "buttons.ask_policy": "问政策",
    "buttons.person": "转人工",
    "desk.joined": "{{ name }}来了",
    "desk.left": "{{ name }}走了",
}


async def echo(talk: Talk) -> Reply:
    return Reply("policy.echo", {"said": await talk.ask("question", words())})


async def menu(talk: Talk) -> Reply:
    return Reply("menu.shown")


@dataclass
class Shelf:
    """Records in memory; `fault` may refuse a batch."""

    lines: dict[str, JournalLine] = field(default_factory=dict)
    fault: Callable[[list[tuple[str, JournalLine]]], None] | None = None
    is_up: bool = True

    async def write(self, batch: list[tuple[str, JournalLine]]) -> None:
        if self.fault is not None:
            self.fault(batch)
        self.lines.update(batch)

    async def up(self) -> bool:
        return self.is_up


class House:
    """One process of the hotline, its network and records replaced."""

    def __init__(self, line: Line, name: str = "first") -> None:
        self.line = line
        self.scripts: dict[str, Script] = {"policy": echo, "menu": menu}
        self.channel = Kept("web")
        self.shelf = Shelf()
        self.metrics = Metrics()
        self.leases = Leases(line, name, self._wake)
        self.far = FarBell(line.redis)
        self.bell = Doorbell(lambda _, p: self.leases.owns(p), self.far.ring, self.far.hand)
        self.inbox = Inbox(line, self.bell)
        self.clock = 1_800_000_000.0
        self._number = count()
        self.name = name

    def _wake(self, partition: int) -> None:
        for hop in ("inbox", "journal", *(lane.outbox("web") for lane in Lane)):
            self.bell.wake(hop, partition)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[House]:
        closing = Closing()
        closing.tell(self.bell.wake_all)
        board = Switchboard(self.scripts, Words(TEXTS, {}), {"取消": "cancel", "菜单": "menu"}, "1")
        parts = (self.line, self.leases, self.bell)
        up = self.shelf.up
        worker = Worker(*parts, lambda: board, up, self.metrics, closing, lambda: self.clock)
        self.sender = Sender(*parts, self.channel, self.metrics, closing)
        journal = JournalWriter(*parts, self.shelf, up, self.metrics, closing)
        await self.leases.beat()
        async with asyncio.TaskGroup() as group:
            group.create_task(worker.run())
            group.create_task(self.sender.run())
            group.create_task(journal.run())
            shared = [group.create_task(it) for it in (self.leases.run(), self.far.run(self.bell))]
            try:
                yield self
            finally:
                closing.begin()
                for task in shared:
                    task.cancel()
        await self.leases.give_all()

    async def hears(self, urn: str, *said: str | Heard) -> None:
        for one in said:
            heard = one if isinstance(one, Heard) else Heard(one)
            name = f"{self.name}.{next(self._number)}"
            await self.inbox.accept(Event(urn, heard, self.clock, name))

    async def until(self, is_so: Callable[[], bool], within: float = 60.0) -> None:
        async with asyncio.timeout(within):
            while not is_so():  # noqa: ASYNC110 -- it is another task's work
                await asyncio.sleep(0.005)


@pytest.fixture
def house(line: Line) -> House:
    return House(line)
