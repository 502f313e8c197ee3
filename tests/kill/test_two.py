"""Two processes on one Redis and one database: one is killed, or stalls and comes back."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import pytest

from bot.embedded import EmbeddedRedis, FolderLock
from bot.pipeline.leases import BEAT, LASTS
from bot.pipeline.line import LuaScript
from bot.pipeline.partitions import PARTITIONS, Keys
from tests.conftest import running_line
from tests.forks import fast
from tests.kill.books import Books, lost
from tests.kill.conftest import Figures, Network
from tests.kill.crowd import Crowd
from tests.kill.strikes import SENDS, Strike, doubled_at, kill, some_more
from tests.load import Poster
from tests.service import STARTS_WITHIN, Process, hotline

pytestmark = pytest.mark.kill

SLACK = 12.0  # seconds that a busy machine may add
NOT_ANSWERED = 1.0  # seconds until what a stalled process was posted is posted again


@dataclass(frozen=True, slots=True)
class Two:
    """Two processes that share everything but their port."""

    first: Process
    second: Process
    posters: tuple[Poster, Poster]
    books: Books

    async def until_shared(self) -> None:
        """Wait until each has its part of the visitors."""
        async with asyncio.timeout(STARTS_WITHIN):
            while True:
                parts = [await owned(self.first), await owned(self.second)]
                if sum(parts) == PARTITIONS and min(parts) > 10:
                    return
                await asyncio.sleep(0.1)

    async def taken_over(self, since: float) -> float:
        """Wait until the second has everything; how many seconds `since` that took."""
        async with asyncio.timeout(STARTS_WITHIN):
            while await owned(self.second) < PARTITIONS:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return time.perf_counter() - since

    async def hang_up(self) -> None:
        for poster in self.posters:
            await poster.hang_up()


@dataclass(frozen=True, slots=True)
class Loss:
    """One process is gone, for a while or for good."""

    strike: Strike
    taken_over: float  # seconds until the other had all its visitors


@asynccontextmanager
async def running(folder: Path, network: Network) -> AsyncIterator[Two]:
    lock = FolderLock(folder)
    lock.take()
    redis = EmbeddedRedis(folder / "redis", lock)
    await redis.start()
    shared = {
        "REDIS_URL": f"unix://{redis.socket}",
        "DATABASE_URL": f"sqlite:///{folder / 'shared.db'}",
        **network.settings,
    }
    folders = [folder / "first", folder / "second"]
    for own in folders:
        own.mkdir()
    try:
        with (
            fast(hotline(folders[0], **shared)) as first,
            fast(hotline(folders[1], **shared)) as second,
        ):
            await asyncio.gather(first.start_beside(), second.start_beside())
            one, other = (Poster(it.port, within=NOT_ANSWERED) for it in (first, second))
            two = Two(first, second, (one, other), Books(redis.socket, folder / "shared.db"))
            await two.until_shared()
            yield two
            await two.hang_up()
    finally:
        redis.stop()
        lock.close()


@pytest.mark.timeout(300)
async def test_of_two_processes_one_may_stall_and_come_back_or_die(
    network: Network, dice: random.Random, tmp_path: Path, figures: Figures
) -> None:
    async with running(tmp_path, network) as two:
        crowd = network.crowd(lambda: dice.choice(two.posters), dice)
        await crowd.learn()
        stall, late = await stall_and_return(two, crowd, network, dice)
        assert all(poster.taken > 10 for poster in two.posters), "both accept"
        death = await die(two, crowd, network, dice)
        missing = await lost(crowd, two.books)
    doubled = doubled_at([stall.strike, death.strike], crowd)
    figures.tell(
        updates=len(crowd.accepted),
        lost=len(missing),
        doubled_by_the_stall=doubled[0],
        doubled_by_the_death=doubled[1],
        at_most_each=SENDS,
        late_commits_refused=late.commits,
        taken_over_after_the_stall=stall.taken_over,
        taken_over_after_the_death=death.taken_over,
    )
    assert len(crowd.accepted) == 700
    assert missing == []
    assert late.effects == []
    assert all(many <= SENDS for many in doubled.values()), doubled
    assert max(stall.taken_over, death.taken_over) < LASTS + BEAT + SLACK


async def stall_and_return(
    two: Two, crowd: Crowd, network: Network, dice: random.Random
) -> tuple[Loss, Late]:
    """Stop the first for longer than its leases last, and let it go on; what it then asked for
    under leases that were no longer its own."""
    assert two.first.popen is not None
    async with asyncio.TaskGroup() as writing:
        writing.create_task(crowd.write(400))
        await some_more(network.api, dice.randrange(50, 150))
        before = await owner_tokens(two.books.socket)
        two.first.popen.send_signal(signal.SIGSTOP)
        began, under_way = time.perf_counter(), network.api.under_way
        took = await two.taken_over(began)
    living = {token.partition(".")[0] for token in await owner_tokens(two.books.socket)}
    old = {token for token in before if token.partition(".")[0] not in living}
    assert old, "the stalled process owned nothing"
    async with late_commits(two.books.socket, old) as late:
        two.first.popen.send_signal(signal.SIGCONT)
        await two.until_shared()
        strike = Strike(began, under_way, until=time.perf_counter())
    return Loss(strike, took), late


async def die(two: Two, crowd: Crowd, network: Network, dice: random.Random) -> Loss:
    """Kill the first."""
    async with asyncio.TaskGroup() as writing:
        writing.create_task(crowd.write(300))
        await some_more(network.api, dice.randrange(100, 400))
        strike = await kill(two.first, network.api)
        return Loss(strike, await two.taken_over(strike.at))


async def owned(process: Process) -> int:
    """How many partitions a process works on."""
    report = orjson.loads(await asyncio.to_thread(process.get, "/readyz"))
    return int(report["partitions"])


async def owner_tokens(socket: Path) -> set[str]:
    """The lease tokens that hold at present."""
    keys = [Keys(partition).key("owner") for partition in range(PARTITIONS)]
    async with running_line(socket) as line:
        found = await asyncio.gather(*(line.call("GET", key) for key in keys))
    return {token.decode() for token in found if token is not None}


@dataclass
class Late:
    """The commits that Redis was asked for under leases that had passed to another."""

    commits: int = 0
    effects: list[bytes] = field(default_factory=list)  # what they did beyond looking who owns


@asynccontextmanager
async def late_commits(socket: Path, tokens: set[str]) -> AsyncIterator[Late]:
    """Those under one of these tokens, while inside."""
    late = Late()
    commit = f'"{LuaScript.load("commit").digest}"'.encode()
    theirs = [f'"{token}"'.encode() for token in tokens]
    reader, writer = await asyncio.open_unix_connection(str(socket), limit=2**24)
    writer.write(b"MONITOR\r\n")
    assert await reader.readline() == b"+OK\r\n"

    async def listen() -> None:
        is_late = False
        while command := await reader.readline():
            if b" lua] " not in command:  # a call; what its script does follows
                is_late = commit in command and any(token in command for token in theirs)
                late.commits += is_late
            elif is_late and b' lua] "GET"' not in command:
                late.effects.append(command)

    listening = asyncio.create_task(listen())
    try:
        yield late
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        writer.transport.abort()
        await asyncio.sleep(0)
