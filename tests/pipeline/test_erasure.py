"""Who wants to be forgotten leaves every table, stream, key and log, whatever is under way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.pipeline.dead import DeadLetters, dead_letter
from bot.pipeline.erasure import AGAIN_AFTER, AT_LAST, Erasure
from bot.pipeline.line import Line
from bot.pipeline.messages import Event, HeardLine, Lane, Message, pack_line, unpack_line
from bot.pipeline.outbox import Outbox
from bot.pipeline.partitions import PARTITIONS, Keys, partition_of
from bot.pipeline.sessions import Session
from bot.records.database import DOWN, Database
from bot.records.dossiers import Dossiers
from bot.records.ledger import Ledger
from bot.records.tables import Row
from bot.records.tickets import Tickets
from bot.records.transcripts import Transcripts
from bot.words import Words
from dialogs.mydata import ERASE, Held, erase_data
from dialogs.talk import Heard, Reply
from dialogs.work import Wish
from tests.databases import database_in

from .conftest import TEXTS, House

MARK = "甲乙丙丁戊己"
ME = "web:1234"
SECONDS = 1_800_000_000.0
WORDS = {
    "mydata.erase.sure": "删吗？",
    "mydata.erased": "删了",
    "buttons.menu": "菜单",
    "push.words": MARK,
}


def like_me() -> str:
    """Somebody else of the same partition, whose name begins as mine does."""
    names = (f"{ME}{number}" for number in range(10_000))
    return next(name for name in names if partition_of(name) == partition_of(ME))


OTHER = like_me()


class Rights:
    """The script's need, met by the real thing."""

    def __init__(self, erasure: Erasure) -> None:
        self._erasure = erasure

    async def held(self, visitor: str) -> Held:
        return Held()

    async def erase(self, visitor: str) -> None:
        await self._erasure.erase(visitor)

    async def forget_category(self, visitor: str, key: str) -> None:
        raise NotImplementedError


class World:
    """Redis and a database, with whatever is left in them of a visitor."""

    def __init__(self, line: Line, database: Database) -> None:
        self.line = line
        self.database = database
        self.dossiers = Dossiers(database.sessions)
        self.clock = SECONDS
        self.erasure = Erasure(
            line, self.dossiers, lambda: list(range(PARTITIONS)), DOWN, lambda: self.clock
        )

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock, UTC)

    async def plant(self, urn: str, mark: str) -> None:
        """Leave the mark wherever something of a visitor can be."""
        sessions, keys, call = self.database.sessions, Keys.of(urn), self.line.call
        heard = HeardLine("1-1", urn, self.clock, mark, "words")
        await Transcripts(sessions).write([(f"{urn}-0", heard)])
        await Tickets(sessions, self.now).open(urn, mark, f"{urn}t", "")
        await Ledger(sessions, self.now).register(urn, Wish(hours=mark), f"{urn}w")
        event = Event(urn, Heard(mark), self.clock, "d")
        letters = DeadLetters(self.line)
        await call("XADD", keys.key("dead"), "*", "d", dead_letter(event, mark, self.clock))
        await letters.keep_raw(f'{{"urn": "{urn}", "text": "{mark}"}}', "ValueError", self.clock)
        await letters.keep_raw(f'{{"id":{urn[4:]},"text":"{mark}"}}', "ValueError", self.clock)
        await call("XADD", keys.key("journal"), "*", "d", pack_line(heard))
        for lane in Lane:
            message = Message(urn, f"{lane}:{urn}", mark, (), self.clock)
            await call("XADD", keys.key(lane.outbox("web")), "*", "d", message.pack())
        await call("XADD", keys.key("mailbox", urn), "*", "d", mark)
        await call("SET", keys.key("mailed", f"{urn}:{mark}"), 1)
        await call("SET", keys.key("pace", urn), mark)
        await call("SADD", keys.key("stopped"), urn)
        session = Session(lately=mark, at=self.clock)
        await call("SET", keys.key("session", urn), session.pack())

    async def write_journal(self) -> None:
        """What the journal's writer does all the time."""
        for partition in range(PARTITIONS):
            journal = Keys(partition).key("journal")
            for name, fields in await self.line.call("XRANGE", journal, "-", "+"):
                packed = fields[b"d"] if isinstance(fields, dict) else fields[1]
                line = (f"{partition}-{name.decode()}", unpack_line(packed))
                await Transcripts(self.database.sessions).write([line])
                await self.line.call("XDEL", journal, name)

    async def look_again(self) -> int:
        """The second look, a minute later."""
        self.clock += AGAIN_AFTER
        await self.write_journal()
        return await self.erasure.look_again()

    async def everything(self) -> str:
        """Every cell of every table, every key of Redis and what it holds."""
        async with self.database.sessions() as session:
            cells = [
                str(tuple(row))
                for table in Row.metadata.sorted_tables
                for row in await session.execute(select(table))
            ]
        keys = [key.decode() for key in await self.line.call("KEYS", "*")]
        return "\n".join([*cells, *[f"{key} {await self._content(key)}" for key in keys]])

    async def _content(self, key: str) -> str:
        reads = {
            "string": ("GET", key),
            "stream": ("XRANGE", key, "-", "+"),
            "set": ("SMEMBERS", key),
            "hash": ("HGETALL", key),
            "zset": ("ZRANGE", key, 0, -1),
        }
        kind = (await self.line.call("TYPE", key)).decode()
        raw = str(await self.line.call(*reads[kind]))
        return raw.encode("latin-1", "replace").decode("unicode_escape", "replace")

    async def has(self, urn: str, mark: str) -> bool:
        """Whether anything is left of them, as text or as the bytes of it."""
        left = await self.everything()
        as_bytes = mark.encode().decode("latin-1")
        is_named = any(f"{urn}{end}" in left for end in "'\",:}) \n]\\")
        return mark in left or as_bytes in left or is_named


@pytest.fixture
async def world(line: Line, tmp_path: Path) -> AsyncIterator[World]:
    async with database_in(tmp_path) as database:
        yield World(line, database)


async def test_the_mark_can_be_found_at_all(world: World) -> None:
    await world.plant(ME, MARK)
    left = await world.everything()
    as_bytes = MARK.encode().decode("latin-1")
    assert left.count(MARK) > 3
    assert left.count(as_bytes) > 5
    assert left.count(ME) > 10


async def test_nothing_is_left_and_nobody_else_is_touched(world: World) -> None:
    await world.plant(OTHER, "别人")
    await world.write_journal()
    others = await world.everything()
    await world.plant(ME, MARK)
    await world.erasure.erase(ME)
    assert await world.look_again() == 1
    assert not await world.has(ME, MARK)
    left = await world.everything()
    assert sorted(others.splitlines()) == sorted(left.splitlines())
    assert await world.erasure.look_again() == 0


async def test_most_is_gone_at_once(world: World) -> None:
    await world.plant(ME, MARK)
    await world.erasure.erase(ME)
    assert await world.dossiers.of(ME) == {}
    assert not await world.line.call("EXISTS", Keys.of(ME).key("mailbox", ME))
    for hop in ("dead", "outbox:web", "bulk:web"):
        assert await world.line.call("XLEN", Keys.of(ME).key(hop)) == 0


@pytest.mark.parametrize("steps", [*range(1, 12), 15, 20, 30, 50, 80, 120])
async def test_a_deletion_killed_anywhere_is_carried_out(world: World, steps: int) -> None:
    await world.plant(ME, MARK)
    killed = asyncio.create_task(world.erasure.erase(ME))
    for _ in range(steps):
        await asyncio.sleep(0.0002)
    killed.cancel()
    with suppress(asyncio.CancelledError):
        await killed
    await world.erasure.erase(ME)  # the turn was not committed: it is taken again
    world.clock += AGAIN_AFTER
    await world.write_journal()
    again = asyncio.create_task(world.erasure.look_again())
    for _ in range(steps):
        await asyncio.sleep(0.0002)
    again.cancel()  # and the second look is killed as well
    with suppress(asyncio.CancelledError):
        await again
    await world.erasure.look_again()
    assert not await world.has(ME, MARK)


async def test_what_was_being_written_meanwhile_goes_too(world: World) -> None:
    await world.plant(ME, MARK)
    await world.erasure.erase(ME)
    late = HeardLine("9-9", ME, world.clock - 1, MARK, "words")
    await world.line.call("XADD", Keys.of(ME).key("journal"), "*", "d", pack_line(late))
    world.clock += AGAIN_AFTER
    assert await world.erasure.look_again() == 0  # the records were away: it is not written yet
    world.clock -= AGAIN_AFTER
    assert await world.look_again() == 1
    assert not await world.has(ME, MARK)


async def test_words_that_wait_to_be_sent_are_sent_first(world: World) -> None:
    await world.erasure.erase(ME)
    outbox = Keys.of(ME).key("outbox:web")
    message = Message(ME, "9", "删了", (), world.clock)
    await world.line.call("XADD", outbox, "*", "d", message.pack())
    world.clock += AGAIN_AFTER
    assert await world.erasure.look_again() == 0
    assert await world.line.call("XLEN", outbox) == 1
    world.clock += AT_LAST
    assert await world.erasure.look_again() == 1
    assert await world.line.call("XLEN", outbox) == 0


async def test_who_comes_back_begins_anew(world: World) -> None:
    await world.plant(ME, MARK)
    await world.erasure.erase(ME)
    world.clock += 1
    session = Session(lately="新的", at=world.clock)
    await world.line.call("SET", Keys.of(ME).key("session", ME), session.pack())
    await Ledger(world.database.sessions, world.now).register(ME, Wish(age=40), "new")
    assert await world.look_again() == 1
    left = await world.everything()
    assert MARK not in left
    assert await Ledger(world.database.sessions, world.now).wish_of(ME) == Wish(age=40)
    assert await world.line.call("GET", Keys.of(ME).key("session", ME)) == session.pack()


async def test_an_order_given_again_is_carried_out_again(world: World) -> None:
    await world.plant(ME, MARK)
    await world.erasure.erase(ME)
    world.clock += AGAIN_AFTER - 1
    await world.plant(ME, MARK)
    await world.erasure.erase(ME)
    world.clock += 1
    assert await world.erasure.look_again() == 0
    assert await world.look_again() == 1
    assert not await world.has(ME, MARK)


async def test_a_visitor_asks_for_it_in_the_chat(
    world: World,
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The whole path: turns, transcripts in the database, a push in the queue; then no trace."""
    for key, text in WORDS.items():
        monkeypatch.setitem(TEXTS, key, text)
    house.clock = SECONDS
    monkeypatch.setattr(house.shelf, "write", Transcripts(world.database.sessions).write)
    house.scripts["mydata.erase"] = partial(erase_data, rights=Rights(world.erasure))
    async with house.open():
        outbox = Outbox(house.line, house.bell, lambda: Words(TEXTS, {}), lambda: house.clock)
        await house.hears(ME, MARK, f"{MARK}二")
        await outbox.say(ME, Reply("push.words"), "push1", Lane.BULK)
        await house.hears(ME, Heard.press("/mydata.erase"), Heard.press(f"sure={ERASE}"))
        await house.until(lambda: "删了" in house.channel.texts(ME))
        assert await world.has(ME, MARK)
        world.clock += AGAIN_AFTER
        async with asyncio.timeout(20):
            while not await world.erasure.look_again():  # noqa: ASYNC110 -- a sender's work
                await asyncio.sleep(0.05)
        assert not await world.has(ME, MARK)
    assert not await world.has(ME, MARK)
    logged = capsys.readouterr()
    assert MARK not in logged.err + logged.out
