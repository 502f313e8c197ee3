"""Feeds running campaigns to the senders, never more than they send in about a second.

A recipient is marked as being sent to before their message enters the outbox. What a crash keeps
between the two is said again under the same name, which the outbox takes once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from math import ceil
from typing import Protocol

import structlog

from bot.clock import ZONE
from bot.jobs.campaigns.backlog import Backlog
from bot.jobs.campaigns.breaker import Breaker
from bot.pipeline.messages import Lane, Message, SaidLine
from bot.pipeline.switches import BOT, CAMPAIGNS
from bot.records.campaign_rows import Campaign, State, WrongState
from bot.records.campaigns import Campaigns
from bot.records.recipient_rows import Due
from bot.records.recipients import Recipients
from dialogs.talk import Outcome

TICK = 0.2  # seconds between rounds while there is something to feed
IDLE = 0.5  # seconds, while there is nothing
AHEAD = 0.8  # seconds' worth of messages that wait for a channel
LEAST = 3  # messages that wait for a channel, however slow it is
AT_ONCE = 300  # recipients in one transaction
SWEEP_EVERY = 1.0  # seconds between looks for cancelled campaigns
SWEEP = 2000  # recipients of an ended campaign in one transaction

log = structlog.get_logger()


class Mouth(Protocol):
    """Says what is rendered already: bot.pipeline.outbox.Outbox."""

    async def put(self, message: Message, line: SaidLine, lane: Lane) -> bool:
        """Say it; False when a message of this `ref` was said before."""
        ...


class Feeder:
    """Gives the recipients of running campaigns out, a few at a time."""

    def __init__(
        self,
        campaigns: Campaigns,
        recipients: Recipients,
        mouth: Mouth,
        backlog: Backlog,
        rates: Mapping[str, float],
        off: Callable[..., bool],
        clock: Callable[[], datetime],
    ) -> None:
        """`rates`: messages a second that each channel may send; `off`: whether any of these was
        switched off."""
        self._campaigns = campaigns
        self._recipients = recipients
        self._mouth = mouth
        self._backlog = backlog
        self._rates = rates
        self._off = off
        self._clock = clock
        self._breaker = Breaker(campaigns, recipients, clock)
        self._has_repaired = False
        self._sweep_at = 0.0

    async def run(self, owns: Callable[[], bool], down: tuple[type[Exception], ...]) -> None:
        """Round after round while this process `owns` the task; `down`: what a storage raises that
        is away."""
        while True:
            fed = 0
            try:
                if owns():
                    fed = await self.round()
                else:
                    self._has_repaired = False
            except down as error:
                self._has_repaired = False
                log.warning("campaigns.not_fed", error=type(error).__name__)
            await asyncio.sleep(TICK if fed else IDLE)

    async def round(self) -> int:
        """What can be done now; how many recipients were given out."""
        if not self._has_repaired:
            await self._repair()
        await self._sweep()
        begun = await self._campaigns.in_state(State.RUNNING, State.PAUSED)
        for campaign in begun:
            if campaign.has_expired(self._clock()):
                await self._expire(campaign)
        hungry = [it for it in begun if await self._may_be_fed(it)]
        paused = [it.number for it in begun if it.state is State.PAUSED]
        return await self._feed(hungry, paused) if hungry else 0

    async def _repair(self) -> None:
        """Say again what may never have reached the outbox."""
        for campaign in await self._campaigns.in_state(
            State.RUNNING, State.PAUSED, State.CANCELLED
        ):
            for due in await self._recipients.on_their_way(campaign.number):
                await self._say(campaign, due)
        self._has_repaired = True

    async def _sweep(self) -> None:
        """Whoever is queued in a cancelled campaign gets nothing any more."""
        now = asyncio.get_running_loop().time()
        if now < self._sweep_at:
            return
        cancelled = await self._recipients.cancelled()
        for number in cancelled:
            await self._recipients.stop(number, "cancelled", SWEEP)
        self._sweep_at = now if cancelled else now + SWEEP_EVERY

    async def _may_be_fed(self, campaign: Campaign) -> bool:
        now = self._clock()
        if not campaign.may_send(now) or campaign.has_expired(now) or self._off(BOT, CAMPAIGNS):
            return False
        if campaign.is_standing and not await self._recipients.has_queued(campaign.number):
            return False
        return not await self._breaker.has_tripped(campaign)

    async def _expire(self, campaign: Campaign) -> None:
        if await self._recipients.stop(campaign.number, "expired", SWEEP) == 0:
            await self._end_if_done(campaign, again=False)

    async def _feed(self, hungry: list[Campaign], paused: list[int]) -> int:
        """Share what room there is among the campaigns: who needs less leaves it to the others."""
        held = await self._recipients.on_channels(paused)
        given = dict.fromkeys((it.number for it in hungry), 0)
        for channel, rate in self._rates.items():
            waiting = await self._backlog.of(channel) - held.get(channel, 0)
            room = max(LEAST, int(rate * AHEAD)) - waiting
            for number, count in (await self._share(hungry, channel, room)).items():
                given[number] += count
        for campaign in hungry:
            if not given[campaign.number] and not campaign.is_standing:
                await self._end_if_done(campaign, again=campaign.draft.again)
        return sum(given.values())

    async def _share(self, hungry: list[Campaign], channel: str, room: int) -> dict[int, int]:
        given: dict[int, int] = {}
        left = list(hungry)
        while left and room > 0:
            share = ceil(room / len(left))
            for campaign in tuple(left):
                fed = await self._give(campaign, channel, min(share, room, AT_ONCE))
                given[campaign.number] = given.get(campaign.number, 0) + fed
                room -= fed
                if fed < min(share, AT_ONCE):
                    left.remove(campaign)
        return given

    async def _give(self, campaign: Campaign, channel: str, most: int) -> int:
        most = min(most, await self._left_today(campaign))
        if most <= 0:
            return 0
        number = campaign.number
        dues = await self._recipients.take(number, channel, most, again=False)
        if not dues and campaign.draft.again:
            dues = await self._recipients.take(number, channel, most, again=True)
        try:
            await asyncio.gather(*(self._say(campaign, due) for due in dues))
        except BaseException:
            self._has_repaired = False
            raise
        return len(dues)

    async def _left_today(self, campaign: Campaign) -> int:
        if campaign.draft.per_day is None:
            return AT_ONCE
        today = self._clock().astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        return campaign.draft.per_day - await self._recipients.fed_since(campaign.number, today)

    async def _say(self, campaign: Campaign, due: Due) -> None:
        message = _message(campaign, due, self._clock().timestamp())
        await self._mouth.put(message, _line(campaign, due, message), Lane.BULK)

    async def _end_if_done(self, campaign: Campaign, *, again: bool) -> None:
        if not await self._recipients.is_open(campaign.number, again=again):
            with suppress(WrongState):  # somebody was quicker
                await self._campaigns.end(campaign.number)


def _message(campaign: Campaign, due: Due, at: float) -> Message:
    draft = campaign.draft
    buttons = draft.buttons if due.buttons is None else due.buttons
    text = due.text or draft.words
    return Message(due.urn, due.ref, text, buttons, at, once=True, picture=draft.picture)


def _line(campaign: Campaign, due: Due, message: Message) -> SaidLine:
    """How the transcript tells it: what a campaign says is a word of its own, a push is openings
    offered."""
    labels = [button.label for button in message.buttons]
    facts: dict[str, object] = {"campaign": campaign.number}
    script, outcome = "campaign", Outcome.CHAT
    if due.push is not None:
        facts["push"] = due.push
        script, outcome = "offers", Outcome.ANSWERED
    event, text = f"c{campaign.number}", message.text
    return SaidLine(event, due.ref, due.urn, message.at, text, labels, script, outcome, [], facts)
