"""Whether and when a message may be handed to its network: paced, past the gate, and noted first
where it may be sent only once."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.channels.delivery import Delivery, Gone, Unsure, Wait, Withheld
from bot.pipeline.bucket import Place
from bot.pipeline.closing import Closing
from bot.pipeline.gate import Gate, Held
from bot.pipeline.lanes import Lanes
from bot.pipeline.line import Line, LuaScript
from bot.pipeline.messages import Lane, Message, channel_of
from bot.pipeline.pace import Pacer
from bot.pipeline.streams import Entry

HELD_PAUSE = 0.5  # seconds until what the gate holds is looked at again
BEGUN = "a send was under way when the service stopped"

_OBSTACLES: dict[bytes, Delivery] = {b"begun": Unsure(BEGUN), b"stopped": Gone("stopped")}
_begin = LuaScript.load("begin")


@dataclass(slots=True)
class Sending:
    """A message on its way, with the outbox entry that keeps it."""

    entry: Entry
    message: Message
    lane: Lane
    places: list[Place] = field(default_factory=list)  # when it may go, as long as that is ahead

    @property
    def hop(self) -> str:
        """The hop it waits in."""
        return self.lane.outbox(channel_of(self.message.urn))


class Clearance:
    """Grants it, step by step. Raises StorageDown where it must ask and cannot."""

    def __init__(self, line: Line, gate: Gate, pacer: Pacer | None, closing: Closing) -> None:
        """`pacer`: None for a network without limits."""
        self._line = line
        self._gate = gate
        self._pacer = pacer
        self._closing = closing

    async def come_up(self, sending: Sending, lanes: Lanes[Sending]) -> None:
        """Wait for what concerns this visitor alone."""
        message = sending.message
        if self._gate.holds(message):
            with lanes.aside():
                while not self._closing and self._gate.holds(message):
                    await self._closing.sleep(HELD_PAUSE)
                    await self._gate.verdict(message)
        if self._pacer is not None:
            await self._pacer.take_of_chat(message.urn)

    async def refusal(self, sending: Sending, calls: int) -> Delivery | None:
        """Wait for what all share, as so many calls of the network demand; then, at the last
        moment, what became of the message if it is not to be sent."""
        if self._pacer is not None:
            sending.places = await self._pacer.take_of_bot(sending.lane, calls)
        if not self._gate.minds(sending.message):
            return None
        verdict = await self._gate.verdict(sending.message)
        if verdict is not None:
            self._stay(sending)
        if isinstance(verdict, Withheld):
            return await self._unless_begun(sending, verdict)
        return Wait(0) if isinstance(verdict, Held) else verdict

    async def obstacle(self, sending: Sending) -> Delivery | None:
        """Why it is not handed over after all. If there is no reason, a message that is sent once
        at most is noted: the network may have it from now on."""
        message, keys, is_bulk = sending.message, sending.entry.keys, sending.lane is Lane.BULK
        stopped, whose = keys.key("stopped"), message.urn if is_bulk else ""
        if message.once:
            noted = (keys.key("sending"), stopped)
            found = await self._line.script(_begin, noted, sending.entry.id, whose)
            if found is not None:
                self._stay(sending)
                return _OBSTACLES[found]
        elif is_bulk and await self._line.call("SISMEMBER", stopped, whose):
            self._stay(sending)
            return Gone("stopped")
        if self._pacer is not None:
            await self._pacer.leave(sending.places)
        return None

    def arrived(self, sending: Sending, handed_over: float) -> None:
        """The network has answered what was handed over then (time.monotonic)."""
        places, sending.places = sending.places, []
        if self._pacer is not None:
            self._pacer.arrived(places, handed_over)

    async def take_back(self, sending: Sending, seconds: float) -> None:
        """The network did not take it, and wants no more for so long."""
        if sending.message.once:
            key = sending.entry.keys.key("sending")
            await self._line.call("HDEL", key, sending.entry.id)
        if self._pacer is not None:
            await self._pacer.slow_down(sending.message.urn, seconds, sending.lane)
        else:
            await self._closing.sleep(seconds)

    def _stay(self, sending: Sending) -> None:
        """It does not go now: another may."""
        places, sending.places = sending.places, []
        if self._pacer is not None:
            self._pacer.give_back(places)

    async def _unless_begun(self, sending: Sending, delivery: Delivery) -> Delivery:
        """It is not to be sent any more, unless it was under way when the service died: then nobody
        knows."""
        key = sending.entry.keys.key("sending")
        begun = sending.message.once and await self._line.call("HEXISTS", key, sending.entry.id)
        return Unsure(BEGUN) if begun else delivery
