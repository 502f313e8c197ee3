"""How the service is: /healthz for a supervisor, /readyz for a load balancer, /metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress

from aiohttp import web
from redis.exceptions import RedisError

from bot.metrics import Metrics
from bot.pipeline.leases import Leases
from bot.pipeline.line import Line, StorageDown
from bot.pipeline.partitions import Keys

PING_WITHIN = 2.0  # seconds


class Health:
    """Asks every part how it is."""

    def __init__(
        self,
        line: Line,
        leases: Leases,
        ping_database: Callable[[], Awaitable[None]],
        halted: Callable[[], Mapping[str, str]],
        hops: Sequence[str],
        metrics: Metrics,
        durability: str,
        content: Callable[[], Mapping[str, object]] = dict,
    ) -> None:
        """`halted`: channels that may not send, and why. `hops`: where messages wait.
        `durability`: what a kept message means, as `durability_of` found it. `content`: whether an
        editor's last save is served, and why not."""
        self._line = line
        self._leases = leases
        self._ping_database = ping_database
        self._halted = halted
        self._hops = hops
        self._metrics = metrics
        self._durability = durability
        self._content = content

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get("/healthz", self._alive)
        app.router.add_get("/readyz", self._ready)
        app.router.add_get("/metrics", self._count)

    async def has_drained(self, within: float) -> bool:
        """Wait until nothing accepted is left to answer or send; False when it takes longer."""
        try:
            async with asyncio.timeout(within):
                while await self._owed():  # noqa: ASYNC110 -- Redis has the answer, no event
                    await asyncio.sleep(0.05)
        except (TimeoutError, StorageDown):
            return False
        return True

    async def _alive(self, request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def _ready(self, request: web.Request) -> web.Response:
        parts = {
            "redis": await _answers(self._line.call("PING")),
            "database": await _answers(self._ping_database()),
        }
        report = {
            "ready": all(parts.values()),
            **parts,
            "durability": self._durability,
            "partitions": len(self._leases.owned()),
            "halted": dict(self._halted()),
            "content": dict(self._content()),
        }
        return web.json_response(report, status=200 if report["ready"] else 503)

    async def _count(self, request: web.Request) -> web.Response:
        with suppress(StorageDown, TimeoutError):  # the other figures are still worth having
            async with asyncio.timeout(PING_WITHIN):
                await self._measure_depths()
        body = self._metrics.text()
        return web.Response(body=body, content_type="text/plain", charset="utf-8")

    async def _measure_depths(self) -> None:
        for hop in self._hops:
            self._metrics.depth.labels(hop).set(await self._depth(hop))

    async def _owed(self) -> int:
        """How much of what was accepted is neither answered nor sent."""
        hops = [hop for hop in self._hops if hop.startswith(("inbox", "outbox"))]
        return sum([await self._depth(hop) for hop in hops])

    async def _depth(self, hop: str) -> int:
        owned = self._leases.owned()
        lengths = (self._line.call("XLEN", Keys(partition).key(hop)) for partition in owned)
        return sum(await asyncio.gather(*lengths))


async def durability_of(line: Line) -> str:
    """What Redis does with a write before it answers, in a word or two for operators."""
    try:
        fields = await line.call("CONFIG", "GET", "append*")
    except RedisError:  # hosted Redis often forbids CONFIG
        return "unknown"
    pairs = (
        fields.items() if isinstance(fields, dict) else zip(fields[::2], fields[1::2], strict=True)
    )
    settings = {key.decode(): value.decode() for key, value in pairs}
    if settings.get("appendonly") != "yes":
        return "none"
    return str(settings.get("appendfsync", "unknown"))


async def _answers(ping: Awaitable[object]) -> bool:
    try:
        async with asyncio.timeout(PING_WITHIN):
            await ping
    except Exception:  # whatever a driver raises: it does not answer
        return False
    return True
