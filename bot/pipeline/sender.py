"""Takes the outbox of one channel to its network: paced, retried, each message to an end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import cache, partial
from typing import assert_never

import structlog

from bot.channels.delivery import (
    Channel,
    Delivery,
    Gone,
    Halted,
    Moved,
    Pace,
    Refused,
    Sent,
    Unsure,
    Wait,
    Withheld,
)
from bot.metrics import Metrics
from bot.pipeline.clearance import Clearance, Sending
from bot.pipeline.closing import Closing
from bot.pipeline.dead import DeadLetters
from bot.pipeline.doorbell import JOURNAL, Doorbell
from bot.pipeline.gate import Gate, OpenGate
from bot.pipeline.lanes import Lanes
from bot.pipeline.leases import Leases
from bot.pipeline.line import Line, LuaScript, StorageDown
from bot.pipeline.messages import (
    UNREADABLE,
    DeliveryLine,
    Lane,
    Message,
    VisitorLine,
    pack_line,
)
from bot.pipeline.messages import Line as JournalLine
from bot.pipeline.pace import Pacer
from bot.pipeline.streams import Entry, StreamReader

log = structlog.get_logger()

TRIES = 5  # of a send whose outcome the network does not tell
FIRST_BACKOFF = 0.5  # seconds, doubled at each further try
OUTAGE_PAUSE = 1.0  # seconds between tries while storage is down
HALT_PAUSE = 30.0  # seconds between tries of a channel that was told to stop
MOST_HELD = {Lane.INTERACTIVE: 4000, Lane.BULK: 500}  # messages in memory
# Messages between their hand-over and the note of what became of them: at a kill of the process so
# many can be sent twice, and no more. A network that takes many a second needs more of the bulk.
UNDER_WAY = {Lane.INTERACTIVE: 100, Lane.BULK: 30}
MOST_UNDER_WAY = 150  # of the bulk: replies need connections, too
BULK_TAKES = 0.15  # seconds that a send may take and the rate is reached

_settle = LuaScript.load("settle")


class Sender:
    """Sends by one channel for the partitions this process owns, replies before what was not
    asked for."""

    def __init__(
        self,
        line: Line,
        leases: Leases,
        bell: Doorbell,
        channel: Channel,
        metrics: Metrics,
        closing: Closing,
        clock: Callable[[], float] = time.time,
        gate: Gate | None = None,
    ) -> None:
        self._line = line
        self._leases = leases
        self._bell = bell
        self._channel = channel
        self._gate = gate or OpenGate()
        self._lanes: dict[Lane, Lanes[Sending]] = {}
        pace = channel.pace
        pacer = None if pace is None else Pacer(line, channel.name, pace, closing)
        self._clearance = Clearance(line, self._gate, pacer, closing)
        self._metrics = metrics
        self._ended = cache(partial(metrics.sent.labels, channel.name))
        self._closing = closing
        self._clock = clock
        self._dead = DeadLetters(line)
        self._under_way = {lane: asyncio.Semaphore(_under_way(lane, pace)) for lane in Lane}
        self._probe = asyncio.Lock()
        self.halted: str | None = None  # why the channel may not send at present

    async def run(self) -> None:
        """Send until the service is stopping; sends begun are finished."""
        async with asyncio.TaskGroup() as lanes:
            for lane in Lane:
                lanes.create_task(self._run_lane(lane))

    async def _run_lane(self, lane: Lane) -> None:
        hop = lane.outbox(self._channel.name)
        reader = StreamReader(self._line, self._leases, self._bell, hop)
        async with Lanes[Sending](self._serve, MOST_HELD[lane]) as lanes:
            self._lanes[lane] = lanes
            while not self._closing:
                try:
                    for entry in await reader.fresh():
                        await self._sort(entry, lane, lanes)
                except StorageDown:
                    await self._closing.sleep(OUTAGE_PAUSE)
                await lanes.room()

    async def _sort(self, entry: Entry, lane: Lane, lanes: Lanes[Sending]) -> None:
        try:
            known = entry.thing
            message = known if isinstance(known, Message) else Message.unpack(entry.packed)
        except UNREADABLE as error:
            hop = lane.outbox(self._channel.name)
            return await self._dead.lay_aside(entry, hop, error, self._clock())
        # What the gate may hold keeps nothing else waiting.
        key = message.ref if self._gate.minds(message) else message.urn
        lanes.add(key, Sending(entry, message, lane))
        return None

    async def _serve(self, sending: Sending) -> None:
        """Bring one message to its end, or leave it to the partition's next owner."""
        entry = sending.entry
        tries = 0
        with self._leases.working(entry.partition):
            while self._leases.token(entry.partition) == entry.token and not self._closing:
                try:
                    await self._clearance.come_up(sending, self._lanes[sending.lane])
                    with self._gate.expecting(sending.message):
                        delivery = await self._try(sending, tries + 1)
                    if delivery is None:
                        return
                    if not isinstance(delivery, (Wait, Halted)):  # never a failed attempt
                        await self._closing.sleep(FIRST_BACKOFF * 2**tries)
                        tries += 1
                except StorageDown:
                    await self._closing.sleep(OUTAGE_PAUSE)

    async def _try(self, sending: Sending, tries: int) -> Delivery | None:
        """One try, the `tries`-th that counts; None when the message has come to its end."""
        async with self._under_way[sending.lane]:
            calls = self._channel.calls(sending.message)
            delivery = await self._clearance.refusal(sending, calls)
            if delivery is None:
                delivery = await self._attempt(sending)
            may_go_on = isinstance(delivery, (Wait, Halted))
            if may_go_on or _is_worth_another(delivery, tries, sending.message):
                return delivery
            await self._bring_to_an_end(sending, delivery)
        return None

    async def _bring_to_an_end(self, sending: Sending, delivery: Delivery) -> None:
        """Note what became of it, however long storage is away: what is sent is not sent again."""
        while True:
            try:
                return await self._settle(sending, delivery)
            except StorageDown:
                if self._closing:
                    return None
                await self._closing.sleep(OUTAGE_PAUSE)

    async def _attempt(self, sending: Sending) -> Delivery:
        if self._closing or self._leases.token(sending.entry.partition) != sending.entry.token:
            return Wait(0)
        if (obstacle := await self._clearance.obstacle(sending)) is not None:
            return obstacle
        delivery = await self._carry(sending)
        await self._heed(sending, delivery)
        return delivery

    async def _carry(self, sending: Sending) -> Delivery:
        if self.halted is None:
            return await self._hand_over(sending)
        async with self._probe:  # one message at a time finds out whether it may go on
            if self.halted is not None:
                await self._closing.sleep(HALT_PAUSE)
            return Wait(0) if self._closing else await self._hand_over(sending)

    async def _hand_over(self, sending: Sending) -> Delivery:
        message, at = sending.message, time.monotonic()
        delivery = await self._channel.send(message.urn.partition(":")[2], message)
        self._clearance.arrived(sending, at)
        if isinstance(delivery, Moved):
            log.warning("visitor.moved", urn=message.urn)
            delivery = await self._channel.send(delivery.address, message)
        return delivery

    async def _heed(self, sending: Sending, delivery: Delivery) -> None:
        """What a delivery means for the messages after it."""
        match delivery:
            case Wait(seconds=seconds):
                self._ended("wait").inc()
                await self._clearance.take_back(sending, seconds)
            case Halted(reason=reason):
                if self.halted is None:
                    log.error("channel.halted", channel=self._channel.name, reason=reason)
                self._set_halted(reason)
            case _:
                self._set_halted(None)

    def _set_halted(self, reason: str | None) -> None:
        if reason == self.halted:
            return
        self.halted = reason
        self._metrics.halted.labels(self._channel.name).set(reason is not None)

    async def _settle(self, sending: Sending, delivery: Delivery) -> None:
        now = self._clock()
        message, keys = sending.message, sending.entry.keys
        if isinstance(delivery, Gone):
            await self._line.call("SADD", keys.key("stopped"), message.urn)
        hops = (keys.key(sending.hop), keys.key("journal"), keys.key("sending"))
        lines = _lines(message, delivery, now)
        packed = [pack_line(line) for line in lines]
        noted = await self._line.script(_settle, hops, sending.entry.id, *packed)
        if noted:
            self._bell.hand_all(JOURNAL, keys.partition, noted, packed, lines)
        self._ended(type(delivery).__name__.lower()).inc()
        self._metrics.send_seconds.observe(max(0.0, now - message.at))


def _under_way(lane: Lane, pace: Pace | None) -> int:
    """How many may be."""
    if lane is Lane.INTERACTIVE or pace is None:
        return UNDER_WAY[lane]
    return min(MOST_UNDER_WAY, max(UNDER_WAY[lane], int(pace.rate * BULK_TAKES)))


def _is_worth_another(delivery: Delivery, tries: int, message: Message) -> bool:
    return isinstance(delivery, Unsure) and tries < TRIES and not message.once


def _lines(message: Message, delivery: Delivery, now: float) -> list[JournalLine]:
    """What the journal keeps of a delivery."""
    urn = message.urn

    def line(state: str, external: str = "", detail: str = "") -> DeliveryLine:
        return DeliveryLine(message.ref, urn, now, state, external, detail)

    match delivery:
        case Sent(external=external):
            return [line("sent", external)]
        case Gone(reason=reason):
            return [line("gone", detail=reason), VisitorLine(urn, now, "stopped", reason)]
        case Refused(reason=reason):
            return [line("failed", detail=reason)]
        case Unsure(reason=reason):
            return [line("unknown", detail=reason)]
        case Withheld(reason=reason):
            return [line("withheld", detail=reason)]
        case Moved() | Wait() | Halted():
            return [line("failed", detail=type(delivery).__name__)]
        case _:
            assert_never(delivery)
