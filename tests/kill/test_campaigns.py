"""A campaign under floods, refusals, pauses and kills: everybody gets it, nobody who wants none."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.pipeline.messages import Lane
from bot.pipeline.sender import UNDER_WAY
from bot.records.tables import Fate
from tests.forks import fast
from tests.kill.broadcast import (
    BLOCKED,
    FIRST_CHAT,
    NOT_FOUND,
    Broadcast,
    Storm,
    Talkers,
    broadcast,
    copies,
    most_in_a_second,
    part_of,
)
from tests.kill.conftest import Figures, Network
from tests.kill.content import questions
from tests.kill.strikes import kill
from tests.load import Poster
from tests.service import Process, hotline, prepared

pytestmark = pytest.mark.kill

MANY = int(os.environ.get("CAMPAIGN_RECIPIENTS", "500"))
KILLS = 10
REDIS = (3, 7)  # of these kills, those that meet Redis too
PAUSES = (1, 4, 7)  # before these
OPT_OUTS = 5  # before this one
CALM = 6 if MANY <= 5000 else KILLS  # from here on no floods, so that kills meet full speed
RECOVERS = 1.0  # seconds after a start until nobody waits any more because of the kill
TALKS_EVERY = 0.1  # seconds
RATE = 200  # messages a second
PAUSED = 1.0  # seconds
STRAY = 0.3  # seconds until what was handed over at a pause has arrived


@asynccontextmanager
async def running(network: Network, folder: Path) -> AsyncIterator[tuple[Process, Broadcast]]:
    """A hotline with so many visitors, and a campaign to all of them that is frozen."""
    limits = {"TELEGRAM_RATE": str(RATE)}
    with fast(hotline(prepared(folder), **{**network.settings, **limits})) as process:
        async with broadcast(folder) as campaign:
            await campaign.people(MANY)
            await campaign.freeze()
            await process.start_beside()
            yield process, campaign


@asynccontextmanager
async def watched(campaign: Broadcast) -> AsyncIterator[None]:
    watch = asyncio.create_task(campaign.watch())
    try:
        yield
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch


@dataclass
class Blows:
    """What happens to a campaign on its way, and what came of it."""

    network: Network
    process: Process
    campaign: Broadcast
    storm: Storm
    dice: random.Random
    outages: list[tuple[float, float]] = field(default_factory=list)  # time.perf_counter
    on_the_wire: int = 0  # messages whose answers the kills have cut off
    while_paused: int = 0  # the most that arrived in a pause
    gone: set[int] = field(default_factory=set)  # want none before they were sent to

    async def fall(self) -> None:
        """All of them, spread over the sending."""
        for life in range(KILLS):
            await self.campaign.until_left(MANY - MANY * (life + 1) // (KILLS + 2), MANY)
            self.storm.is_blowing = life < CALM
            if life in PAUSES:
                arrived = await pause(self.network, self.campaign, life)
                self.while_paused = max(self.while_paused, arrived)
            if life == OPT_OUTS:
                self.gone = await opt_out(self.campaign, self.dice)
            await asyncio.sleep(self.dice.uniform(0.0, 0.4))  # anywhere in the work
            await self.strike(with_redis=life in REDIS)

    async def strike(self, *, with_redis: bool) -> None:
        """Kill the service, and before it its Redis, which it starts anew."""
        began = time.perf_counter()
        if with_redis:
            self.process.redis().kill()
            await asyncio.sleep(self.dice.uniform(0.0, 0.5))
        self.on_the_wire += (await kill(self.process, self.network.api)).under_way
        await self.process.start_beside()
        self.outages.append((began, time.perf_counter() + RECOVERS))


@pytest.mark.timeout(20_000)
async def test_a_storm_with_kills_reaches_everybody_who_is_to_get_it_once(
    network: Network, dice: random.Random, tmp_path: Path, figures: Figures
) -> None:
    began = time.perf_counter()
    network.api.breaks = storm = Storm(dice, long=60 if MANY > 5000 else 3)
    async with running(network, tmp_path) as (process, campaign):
        poster = Poster(process.port)
        talkers = Talkers(network.api, process, poster, questions(network.content), TALKS_EVERY)
        blows = Blows(network, process, campaign, storm, dice)
        async with watched(campaign):
            talking = asyncio.create_task(talkers.run())
            await campaign.campaigns.start(campaign.number, "anna", "start")
            await blows.fall()
            await campaign.until_done(MANY)
            talking.cancel()
        said = await campaign.by_chat()
        await poster.hang_up()
    got, waits = copies(network.api), talkers.waits(blows.outages)
    longer = talkers.longer(blows.outages)
    most = most_in_a_second(network.api.asked)
    tell(figures, campaign, said, got, storm)
    unknown = [chat for chat, (fate, _) in said.items() if fate is Fate.UNKNOWN]
    by_kills = len([chat for chat in unknown if storm.lasting.get(chat) is None])
    figures.tell(
        kills=len(blows.outages),
        on_the_wire_at_kills=blows.on_the_wire,
        unknown_by_kills=by_kills,
        at_most=KILLS * UNDER_WAY[Lane.BULK],
        sent_while_paused=blows.while_paused,
        opted_out=len(blows.gone),
        most_in_a_second=most,
    )
    figures.tell(
        replies=len(talkers.talks),
        not_cut_by_a_kill=len(waits),
        p95_of_replies=part_of(waits, 0.95),
        p95_with_those_cut=part_of(talkers.waits(), 0.95),
        seconds=time.perf_counter() - began,
    )
    check(said, got, storm)
    assert set(campaign.seen) == {0}
    assert blows.gone
    assert not blows.gone & got.keys()
    assert blows.while_paused <= UNDER_WAY[Lane.BULK]
    assert by_kills <= KILLS * UNDER_WAY[Lane.BULK]
    assert all(len(it) == 1 for it in got.values())
    assert part_of(longer, 0.95) < 1.0
    assert most <= RATE * (1.03 + network.api.late)  # what came while it was away, it sees at once


async def pause(network: Network, campaign: Broadcast, turn: int) -> int:
    """Pause for a while; how many messages arrived that were handed over meanwhile."""
    await campaign.campaigns.pause(campaign.number, "anna", f"pause {turn}")
    await asyncio.sleep(STRAY)
    before = len(copies(network.api))
    await asyncio.sleep(PAUSED)
    after = len(copies(network.api))
    await campaign.campaigns.resume(campaign.number, "anna", f"resume {turn}")
    return after - before


async def opt_out(campaign: Broadcast, dice: random.Random) -> set[int]:
    """Some of those who have not got it want none; they get none."""
    queued = await campaign.recipients.listed(campaign.number, [Fate.QUEUED], 0, 1000)
    gone = dice.sample([it.urn for it in queued], len(queued) // 4)
    for urn in gone:
        await campaign.preferences.mute(urn, campaign.number)
    said = await campaign.by_chat()
    chats = {int(urn.partition(":")[2]) for urn in gone}
    return {chat for chat in chats if said[chat][0] in (Fate.QUEUED, Fate.SKIPPED)}


def check(
    said: dict[int, tuple[Fate, str | None]], got: dict[int, list[object]], storm: Storm
) -> None:
    """What the records say of each is what the network has seen."""
    assert said.keys() == set(range(FIRST_CHAT, FIRST_CHAT + MANY))
    for chat, (fate, reason) in said.items():
        lasting = storm.lasting.get(chat)
        match fate:
            case Fate.SENT:
                assert chat in got, chat
            case Fate.FAILED:
                assert lasting is (BLOCKED if reason == "blocked" else NOT_FOUND), (chat, reason)
                assert chat not in got
            case Fate.UNKNOWN:
                pass  # it may have it or not
            case Fate.SKIPPED | Fate.STOPPED:
                assert reason == "opted_out"
                assert chat not in got
            case _:
                raise AssertionError((chat, fate))


def tell(
    figures: Figures,
    campaign: Broadcast,
    said: dict[int, tuple[Fate, str | None]],
    got: dict[int, list[object]],
    storm: Storm,
) -> None:
    fates = [fate for fate, _ in said.values()]
    missing = [chat for chat, (fate, _) in said.items() if fate is Fate.SENT and chat not in got]
    figures.tell(
        recipients=len(said),
        missing=len(missing),
        doubled=sum(len(it) > 1 for it in got.values()),
        **{fate.value: fates.count(fate) for fate in Fate},
        **{f"answers_{status}": count for status, count in storm.heard.items()},
        looks=len(campaign.seen),
    )
