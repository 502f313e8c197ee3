"""The redis-server of a living service is killed: the service gets over it by itself."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path

import pytest

from tests.forks import fast
from tests.kill.books import Books, lost
from tests.kill.conftest import Figures, Network
from tests.kill.strikes import some_more
from tests.load import Poster
from tests.service import hotline, prepared

pytestmark = pytest.mark.kill

RECOVERS_WITHIN = 20.0  # seconds, on a busy machine


@pytest.mark.timeout(300)
async def test_while_its_redis_is_killed_again_and_again_it_loses_and_doubles_nothing(
    network: Network, dice: random.Random, tmp_path: Path, figures: Figures
) -> None:
    slowest = 0.0
    with fast(hotline(prepared(tmp_path), **network.settings)) as process:
        await process.start_beside()
        assert process.popen is not None
        service = process.popen.pid
        poster = Poster(process.port)
        crowd = network.crowd(lambda: poster, dice)
        await crowd.learn()
        async with asyncio.TaskGroup() as writing:
            for _ in range(5):
                writing.create_task(crowd.write(100))
                await some_more(network.api, dice.randrange(150))
                process.redis().kill()
                killed = time.perf_counter()
                await _next_message(network, killed + 0.1)
                slowest = max(slowest, time.perf_counter() - killed)
        missing = await lost(crowd, Books.under(tmp_path))
        assert (process.popen.pid, process.popen.poll()) == (service, None)
        await poster.hang_up()
    figures.tell(
        kills=5,
        updates=len(crowd.accepted),
        lost=len(missing),
        duplicates=len(crowd.repeats()),
        slowest_recovery=slowest,
    )
    assert len(crowd.accepted) == 500
    assert missing == []
    assert crowd.repeats() == []
    assert slowest < RECOVERS_WITHIN


async def _next_message(network: Network, after: float) -> None:
    """Wait until a message arrives that was on its way to the network after that moment."""
    async with asyncio.timeout(60):
        while network.api.got[-1].at < after:  # noqa: ASYNC110 -- it is another process's work
            await asyncio.sleep(0.01)
