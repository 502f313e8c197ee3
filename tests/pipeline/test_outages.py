"""What an outage of Redis or a lost lease at a bad moment must not do: within one process, at the
very moment that killing processes meets only by luck."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from bot.channels.delivery import Delivery, Pace, Sent
from bot.embedded import EmbeddedRedis, FolderLock
from bot.pipeline.leases import TURNS, Leases
from bot.pipeline.line import Arg, Line, StorageDown
from bot.pipeline.messages import Event, Lane, Message
from bot.pipeline.partitions import Keys, partition_of
from bot.pipeline.sender import UNDER_WAY
from bot.tasks import together
from dialogs.talk import Heard, Reply, Talk
from tests.pipeline.conftest import House

NOTICED_WITHIN = 0.3  # seconds until an outage has been noticed by whoever was calling Redis


@pytest.fixture
def lock(tmp_path: Path) -> Iterator[FolderLock]:
    lock = FolderLock(tmp_path)
    lock.take()
    yield lock
    lock.close()


@pytest.fixture
async def server(tmp_path: Path, lock: FolderLock) -> AsyncIterator[EmbeddedRedis]:
    server = EmbeddedRedis(tmp_path / "redis", lock)
    await server.start()
    yield server
    server.stop()


@pytest.fixture
def house(line: Line) -> House:
    return House(line)


async def test_what_was_sent_is_not_sent_again_when_redis_was_away_just_then(
    server: EmbeddedRedis,
) -> None:
    async with impatient_line(server.socket) as line:
        house = House(line)

        async def sent_before_the_outage(message: Message) -> Delivery:
            server.stop()
            return Sent("1")

        async with house.open():
            await house.hears("web:a", "在吗")
            await house.until(lambda: len(house.channel.messages) == 2)
            house.channel.fate = sent_before_the_outage
            await house.hears("web:a", "你好")
            await house.until(lambda: len(house.channel.messages) == 3)
            await asyncio.sleep(NOTICED_WITHIN)
            await server.start()
            await until_nothing_is_owed(line, "web:a")
        assert house.channel.texts("web:a") == ["您好", "您说：在吗", "您说：你好"]


async def test_the_journal_is_drained_after_redis_was_away_just_as_it_was_written(
    server: EmbeddedRedis,
) -> None:
    async with impatient_line(server.socket) as line:
        house = House(line)

        def written_before_the_outage(batch: object) -> None:
            house.shelf.fault = None
            server.stop()

        async with house.open():
            house.shelf.fault = written_before_the_outage
            await house.hears("web:a", "在吗")
            await house.until(lambda: house.shelf.fault is None)
            await asyncio.sleep(NOTICED_WITHIN)
            await server.start()
            await until_nothing_is_owed(line, "web:a")


@asynccontextmanager
async def impatient_line(socket: Path) -> AsyncIterator[Line]:
    """As the service has it: an outage is told at once, not tried over."""
    async with Redis(unix_socket_path=str(socket), retry=Retry(NoBackoff(), 0)) as redis:
        line = Line(redis)
        async with together(line.run()):
            yield line


class HalfDead(Line):
    """A line on which nothing of one partition gets through for a while."""

    cut: int | None = None

    async def call(self, *command: Arg) -> object:
        answer = await super().call(*command)
        if self.cut is not None and f"{{{self.cut}}}" in str(command[1:]):
            raise StorageDown("cut")
        return answer


async def test_when_half_of_a_look_fails_what_the_other_half_found_is_answered(line: Line) -> None:
    half_dead = HalfDead(line.redis)
    async with together(half_dead.run()):
        house = House(half_dead)
        async with house.open():
            half_dead.cut = partition_of("web:b")
            for urn in ("web:a", "web:c"):
                await put_into_the_inbox(line, urn)
            await asyncio.sleep(2.0)
            half_dead.cut = None
            await house.until(lambda: len(house.channel.messages) == 4)


async def test_a_message_that_no_bell_was_rung_for_is_answered_however_busy_the_others_are(
    house: House, line: Line
) -> None:
    async def ring() -> None:
        while True:
            house.bell.wake("inbox", partition_of("web:busy"))
            await asyncio.sleep(0.01)

    async with house.open(), together(ring()):
        await asyncio.sleep(0.2)
        await put_into_the_inbox(line, "web:quiet")
        await house.until(lambda: len(house.channel.texts("web:quiet")) == 2)


async def test_visitors_whose_new_process_dies_before_it_gets_them_are_answered_by_the_old_one(
    house: House, line: Line
) -> None:
    newcomer = Leases(line, "newcomer", lambda partition: None)
    urns = [f"web:{number}" for number in range(20)]
    done = asyncio.Event()

    async def slow_menu(talk: Talk) -> Reply:
        await done.wait()
        return Reply("menu.shown")

    house.scripts["menu"] = slow_menu
    async with house.open():
        await asyncio.gather(*(house.hears(urn, "菜单", "在吗") for urn in urns))
        await asyncio.sleep(0.5)
        await newcomer.beat()
        await house.leases.beat()  # begins to hand over; what waits behind the menu is let go
        assert not all(house.leases.owns(partition_of(urn)) for urn in urns)
        done.set()
        await asyncio.sleep(0.5)
        await line.call("ZREM", TURNS.members, "newcomer")
        await house.leases.beat()
        await house.until(lambda: all(len(house.channel.texts(urn)) == 3 for urn in urns))


async def test_no_more_messages_are_under_way_than_a_kill_may_double(house: House) -> None:
    most = present = 0
    goes_on = asyncio.Event()

    async def slowly(message: Message) -> Delivery:
        nonlocal most, present
        present += 1
        most = max(most, present)
        await goes_on.wait()
        present -= 1
        return Sent("1")

    house.channel.fate = slowly
    async with house.open():
        await asyncio.gather(*(house.hears(f"web:{number}", "在吗") for number in range(300)))
        await house.until(lambda: present >= UNDER_WAY[Lane.INTERACTIVE])
        await asyncio.sleep(0.3)  # here more would come
        goes_on.set()
        await house.until(lambda: len(house.channel.messages) == 600)
    assert most == UNDER_WAY[Lane.INTERACTIVE]


async def test_a_message_that_waited_for_its_turn_is_not_sent_under_a_lost_lease(
    house: House, line: Line
) -> None:
    house.channel.pace = Pace(rate=100, chat_rate=0.25, chat_burst=1)
    async with house.open():
        await house.hears("web:a", "在吗")
        await house.until(lambda: house.channel.texts("web:a") == ["您好"])
        await line.call("SET", Keys.of("web:a").key("owner"), "another")
        await house.leases.beat()
        lanes = house.sender._lanes[Lane.INTERACTIVE]
        await house.until(lambda: "web:a" not in lanes)
        assert house.channel.texts("web:a") == ["您好"]


async def put_into_the_inbox(line: Line, urn: str) -> None:
    event = Event(urn, Heard("在吗"), 1_800_000_000.0, urn)
    await line.call("XADD", Keys.of(urn).key("inbox"), "*", "d", event.pack())


async def until_nothing_is_owed(line: Line, urn: str) -> None:
    hops = ("inbox", Lane.INTERACTIVE.outbox("web"), "journal")
    async with asyncio.timeout(60):
        while sum([await line.call("XLEN", Keys.of(urn).key(hop)) for hop in hops]):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
