"""What supervisors, load balancers and Prometheus are told, also while a part is away."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from bot.embedded import EmbeddedRedis, FolderLock
from bot.health import Health, durability_of
from bot.metrics import Metrics
from bot.pipeline.leases import Leases
from bot.pipeline.line import Line
from bot.pipeline.partitions import PARTITIONS, Keys
from tests.conftest import running_line


@dataclass
class Storage:
    """A redis-server of this test's own, and a database that may be away."""

    socket: Path
    server: psutil.Process
    has_database: bool = True
    halted: dict[str, str] = field(default_factory=dict)

    async def ping_database(self) -> None:
        if not self.has_database:
            raise OSError("database")


@pytest.fixture
def storage() -> Iterator[Storage]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lock = FolderLock(folder)
        server = EmbeddedRedis(folder, lock)
        asyncio.run(server.start())
        [process] = [it for it in psutil.Process().children() if folder.name in str(it.cmdline())]
        yield Storage(server.socket, process)
        process.resume() if process.is_running() else None
        server.stop()
        lock.close()


class Visit:
    """GETs from a service with those routes."""

    def __init__(self, server: TestServer, http: ClientSession, health: Health, line: Line) -> None:
        self.health = health
        self.line = line
        self.leases = health._leases
        self._server = server
        self._http = http

    async def get(self, path: str) -> tuple[int, dict[str, object]]:
        async with self._http.get(self._server.make_url(path)) as response:
            return response.status, await response.json()

    async def metrics(self) -> dict[str, float]:
        async with self._http.get(self._server.make_url("/metrics")) as response:
            assert response.status == 200
            lines = (await response.text()).splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        return {name: float(value) for name, value in pairs}


@asynccontextmanager
async def impatient_line(socket: Path) -> AsyncIterator[Line]:
    async with Redis(unix_socket_path=str(socket), retry=Retry(NoBackoff(), 0)) as redis:
        line = Line(redis)
        task = asyncio.create_task(line.run())
        yield line
        task.cancel()


@pytest.fixture
async def visit(storage: Storage) -> AsyncIterator[Visit]:
    async with impatient_line(storage.socket) as line:
        leases = Leases(line, "one", lambda partition: None)
        await leases.beat()
        durability = await durability_of(line)
        ping = storage.ping_database
        hops = ("inbox", "outbox:web", "bulk:web", "journal", "dead")
        health = Health(line, leases, ping, lambda: storage.halted, hops, Metrics(), durability)
        app = web.Application()
        health.add_to(app)
        async with TestServer(app) as server, ClientSession() as http:
            yield Visit(server, http, health, line)


async def test_everything_is_well(visit: Visit) -> None:
    assert await visit.get("/healthz") == (200, {"alive": True})
    assert await visit.get("/readyz") == (
        200,
        {
            "ready": True,
            "redis": True,
            "database": True,
            "durability": "always",
            "partitions": PARTITIONS,
            "halted": {},
            "content": {},
        },
    )


async def test_while_redis_is_away_it_is_alive_but_not_ready(
    visit: Visit, storage: Storage
) -> None:
    storage.server.kill()
    status, report = await visit.get("/readyz")
    assert (status, report["ready"], report["redis"], report["database"]) == (
        503, False, False, True,
    )  # fmt: skip
    assert (await visit.get("/healthz"))[0] == 200


async def test_a_redis_that_hangs_is_not_waited_for(visit: Visit, storage: Storage) -> None:
    storage.server.suspend()
    began = time.monotonic()
    status, report = await visit.get("/readyz")
    assert (status, report["redis"]) == (503, False)
    await visit.metrics()
    assert time.monotonic() - began < 15
    storage.server.resume()
    assert (await visit.get("/readyz"))[0] == 200


async def test_while_the_database_is_away_it_is_not_ready(visit: Visit, storage: Storage) -> None:
    storage.has_database = False
    status, report = await visit.get("/readyz")
    assert (status, report["redis"], report["database"]) == (503, True, False)
    storage.has_database = True
    assert (await visit.get("/readyz"))[0] == 200


async def test_a_channel_that_may_not_send_is_told_but_the_others_are_served(
    visit: Visit, storage: Storage
) -> None:
    storage.halted["telegram"] = "Unauthorized"
    status, report = await visit.get("/readyz")
    assert (status, report["halted"]) == (200, {"telegram": "Unauthorized"})


async def test_what_waits_is_counted_by_hop(visit: Visit) -> None:
    waiting = {"inbox": 2, "outbox:web": 0, "bulk:web": 3, "journal": 1, "dead": 0}
    for hop, entries in waiting.items():
        for partition in range(entries):
            await visit.line.call("XADD", Keys(partition).key(hop), "*", "d", "x")
    found = await visit.metrics()
    assert {hop: found[f'hotline_depth{{hop="{hop}"}}'] for hop in waiting} == waiting


async def test_without_redis_the_other_figures_are_still_given(
    visit: Visit, storage: Storage
) -> None:
    visit.health._metrics.dead.inc()
    storage.server.kill()
    assert (await visit.metrics())["hotline_dead_letters_total"] == 1


@pytest.mark.parametrize("hop", ["inbox", "outbox:web"])
async def test_it_has_drained_once_no_answer_is_owed(visit: Visit, hop: str) -> None:
    key = Keys(7).key(hop)
    await visit.line.call("XADD", key, "*", "d", "x")
    assert not await visit.health.has_drained(0.2)
    draining = asyncio.create_task(visit.health.has_drained(5))
    await asyncio.sleep(0.1)
    await visit.line.call("DEL", key)
    assert await draining


async def test_what_nobody_waits_for_does_not_hold_up_the_end(visit: Visit) -> None:
    for hop in ("bulk:web", "journal", "dead"):
        await visit.line.call("XADD", Keys(7).key(hop), "*", "d", "x")
    assert await visit.health.has_drained(0.2)


async def test_what_another_process_owes_does_not_keep_this_one(visit: Visit) -> None:
    await visit.line.call("XADD", Keys(7).key("inbox"), "*", "d", "x")
    await visit.leases.give_all()
    assert await visit.health.has_drained(0.2)


@pytest.mark.parametrize(
    ("settings", "durability"),
    [
        ({"appendfsync": "everysec"}, "everysec"),
        ({"appendonly": "no"}, "none"),
    ],
)
async def test_what_redis_does_with_a_write_is_told(
    storage: Storage, settings: dict[str, str], durability: str
) -> None:
    async with (
        Redis(unix_socket_path=str(storage.socket)) as redis,
        running_line(storage.socket) as line,
    ):
        for name, value in settings.items():
            await redis.config_set(name, value)
        assert await durability_of(line) == durability


async def test_a_hosted_redis_does_not_tell(storage: Storage) -> None:
    async with Redis(unix_socket_path=str(storage.socket)) as redis:
        await redis.acl_setuser(
            "default", enabled=True, nopass=True, keys=["*"], categories=["+@all"],
            commands=["-config"],
        )  # fmt: skip
    async with running_line(storage.socket) as line:
        assert await durability_of(line) == "unknown"
