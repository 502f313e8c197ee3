"""Two processes, of which the second keeps the records, and is killed."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import psutil
import pytest

from bot.pipeline.leases import RECORDS
from bot.pipeline.line import Line
from bot.pipeline.partitions import PARTITIONS, Keys
from tests.conftest import running_line
from tests.forks import fast
from tests.kill.books import Books, lost
from tests.kill.conftest import Network
from tests.load import Poster
from tests.service import Process, hotline

pytestmark = pytest.mark.kill

STANDS_IN = b"~"  # how the first process is named, which keeps them while nobody else does


async def test_nothing_is_missing_in_the_records_though_the_process_that_keeps_them_is_killed(
    network: Network, dice: random.Random, tmp_path: Path
) -> None:
    with fast(hotline(tmp_path, PROCESSES="2", **network.settings)) as service:
        await service.start_beside()
        books, poster = Books.under(tmp_path), Poster(service.port)
        crowd = network.crowd(lambda: poster, dice)
        async with running_line(books.socket) as line:
            await crowd.learn()
            first = await _keeper(line)
            async with asyncio.TaskGroup() as writing:
                writing.create_task(crowd.write(200))
                _second_of(service).kill()
            assert await lost(crowd, books) == []
            assert await _keeper(line, other_than=first) != first
        await poster.hang_up()


def _second_of(service: Process) -> psutil.Process:
    assert service.popen is not None
    children = psutil.Process(service.popen.pid).children()
    [second] = [it for it in children if it.name().startswith("python")]
    return second


async def _keeper(line: Line, other_than: bytes = b"") -> bytes:
    """The process that keeps all records, once it is one that does nothing else."""
    keys = [Keys(partition).key(RECORDS.owner) for partition in range(PARTITIONS)]
    async with asyncio.timeout(60):
        while True:
            tokens = await asyncio.gather(*(line.call("GET", key) for key in keys))
            names = {(token or b"").partition(b".")[0] for token in tokens}
            if len(names) == 1 and not names & {b"", other_than}:
                [name] = names
                if not name.startswith(STANDS_IN):
                    return name
            await asyncio.sleep(0.1)
