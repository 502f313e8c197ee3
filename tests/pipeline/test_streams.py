"""Entries reach their reader once and in order, handed over or fetched."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.pipeline.doorbell import MOST_HANDED, Doorbell, News, id_of
from bot.pipeline.farbell import CHANNEL, FarBell
from bot.pipeline.inbox import Inbox
from bot.pipeline.leases import Leases
from bot.pipeline.line import Line, StorageDown
from bot.pipeline.messages import Event
from bot.pipeline.partitions import Keys, partition_of
from bot.pipeline.streams import LOOK_EVERY, StreamReader
from bot.tasks import together
from dialogs.talk import Heard

SOMEBODY = "web:a"
HERE = partition_of(SOMEBODY)
EVENT = Event(SOMEBODY, Heard("一"), 0.0, "一")


class Counted(Line):
    """A line that counts what is fetched."""

    fetched = 0
    is_cut = False

    async def call(self, *command: str | bytes | int | float) -> object:
        if command[0] == "XRANGE":
            self.fetched += 1
            if self.is_cut:
                raise StorageDown("cut")
        return await super().call(*command)


class Post:
    """An inbox and its reader in one process."""

    def __init__(self, line: Counted) -> None:
        self.line = line
        self.far: list[int] = []
        self.leases = Leases(line, "one", lambda p: self.bell.wake("inbox", p))
        self.bell = Doorbell(lambda _, p: self.leases.owns(p), lambda hop, p: self.far.append(p))
        self.inbox = Inbox(line, self.bell)
        self.reader = StreamReader(line, self.leases, self.bell, "inbox")

    async def accept(self, *texts: str) -> None:
        for text in texts:
            await self.inbox.accept(Event(SOMEBODY, Heard(text), 0.0, text))

    async def put(self, text: str) -> None:
        """Another process accepts something."""
        event = Event(SOMEBODY, Heard(text), 0.0, text)
        await self.line.call("XADD", Keys(HERE).key("inbox"), "*", "d", event.pack())

    async def fresh(self) -> list[str]:
        return [Event.unpack(it.packed).heard.text for it in await self.reader.fresh()]


@pytest.fixture
async def post(line: Line) -> AsyncIterator[Post]:
    counted = Counted(line.redis)
    task = asyncio.create_task(counted.run())
    post = Post(counted)
    await post.leases.beat()
    while await post.fresh():
        pass
    counted.fetched = 0
    yield post
    task.cancel()


async def test_what_is_accepted_here_need_not_be_fetched(post: Post) -> None:
    await post.accept("一", "二")
    assert await post.fresh() == ["一", "二"]
    await post.accept("三")
    assert await post.fresh() == ["三"]
    assert post.line.fetched == 0


async def test_a_session_comes_along_as_it_is_then(post: Post) -> None:
    await post.accept("一")
    await post.line.call("SET", Keys(HERE).key("session", SOMEBODY), "{}")
    await post.accept("二")
    assert [it.session for it in await post.reader.fresh()] == [b"", b"{}"]


async def test_what_another_process_accepted_before_comes_before(post: Post) -> None:
    await post.accept("一")
    await post.put("二")
    await post.accept("三", "四")
    assert await post.fresh() == ["一", "二", "三", "四"]
    assert post.line.fetched == 1


async def test_what_another_process_accepted_after_comes_after_and_nothing_twice(
    post: Post,
) -> None:
    await post.accept("一")
    await post.put("二")
    assert await post.fresh() == ["一"]
    post.bell.ring("inbox", HERE)
    assert await post.fresh() == ["二"]
    await post.accept("三")
    post.bell.ring("inbox", HERE)
    assert await post.fresh() == ["三"]
    await asyncio.sleep(LOOK_EVERY)
    await post.accept("四")
    assert await post.fresh() == ["四"]
    assert await post.fresh() == []


async def test_what_is_handed_over_twice_is_given_out_once(post: Post) -> None:
    await post.accept("一")
    [news] = post.bell._rung["inbox"].news
    post.bell.hand("inbox", news)
    assert await post.fresh() == ["一"]


async def test_in_an_outage_what_was_handed_over_is_given_out_and_the_rest_fetched_later(
    post: Post,
) -> None:
    await post.accept("一")
    await post.put("二")
    post.bell.ring("inbox", partition_of("web:quiet"))
    post.line.is_cut = True
    assert await post.fresh() == ["一"]
    with pytest.raises(StorageDown):
        await post.fresh()
    post.line.is_cut = False
    assert await post.fresh() == ["二"]


async def test_a_new_tenure_fetches_all_that_is_left(post: Post) -> None:
    await post.accept("一")
    assert await post.fresh() == ["一"]
    await post.accept("二")
    await post.line.call("DEL", Keys(HERE).key("owner"))
    await post.leases.beat()
    assert [(Event.unpack(it.packed).heard.text, it.inherited) for it in await post.reader.fresh()
            if it.partition == HERE] == [("一", True), ("二", True)]  # fmt: skip


async def test_what_is_another_processs_is_told_it(post: Post) -> None:
    await post.leases.give_all()
    await post.accept("一")
    assert post.far == [HERE]
    post.bell._rung["inbox"].news.append(
        News(HERE, b"1-1", b"", EVENT, b"")
    )  # owned until just now
    post.bell.wake("inbox", HERE)
    assert await post.fresh() == []


async def test_of_too_many_that_are_handed_over_the_rest_is_fetched(post: Post) -> None:
    await post.accept("一")
    [news] = post.bell._rung["inbox"].news
    post.bell._rung["inbox"].news *= MOST_HANDED
    await post.accept("二")
    assert len(post.bell._rung["inbox"].news) == MOST_HANDED
    assert news.before == b""
    assert await post.fresh() == ["一", "二"]


async def test_what_is_handed_to_another_process_need_not_be_fetched_there(post: Post) -> None:
    far = FarBell(post.line.redis)
    heard = Event(SOMEBODY, Heard("一\n\t二"), 0.0, "一")
    async with together(far.run(post.bell)):
        while not (await post.line.call("PUBSUB", "NUMSUB", CHANNEL))[1]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await Inbox(post.line, Doorbell(lambda _hop, _partition: False, far.ring, far.hand)).accept(
            heard
        )
        [entry] = await post.reader.fresh()
    assert (Event.unpack(entry.packed), entry.session, post.line.fetched) == (heard, b"", 0)


def test_ids_are_compared_as_numbers() -> None:
    assert id_of(b"") < id_of(b"9-9") < id_of(b"10-0") < id_of(b"10-10")
