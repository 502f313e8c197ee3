"""A campaign under floods, refusals, pauses and kills: everybody gets it, nobody who wants none."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
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
    p95,
)
from tests.kill.conftest import Figures, Network
from tests.kill.content import questions
from tests.kill.strikes import kill
from tests.load import Poster
from tests.service import Process, hotline, prepared

pytestmark = pytest.mark.kill

MANY = int(os.environ.get("CAMPAIGN_RECIPIENTS", "300"))
KILLS = 10
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


@pytest.mark.timeout(1200)
async def test_a_storm_of_refusals_loses_nobody_and_keeps_no_talk_waiting(
    network: Network, dice: random.Random, tmp_path: Path, figures: Figures
) -> None:
    began = time.perf_counter()
    network.api.breaks = storm = Storm(dice, long=60 if MANY > 5000 else 3)
    async with running(network, tmp_path) as (process, campaign):
        poster = Poster(process.port)
        talkers = Talkers(network.api, process, poster, questions(network.content), 0.1)
        number = campaign.number
        async with watched(campaign):
            talking = asyncio.create_task(talkers.run())
            await campaign.campaigns.start(number, "anna", "start")
            quiet = 0
            for turn in range(3):
                await campaign.until_left(MANY - MANY * (turn + 1) // 5, 300)
                quiet = max(quiet, await pause(network, campaign, turn))
            gone = await opt_out(campaign, dice)
            storm.is_blowing = False
            await campaign.until_done(600)
            talking.cancel()
        said = await campaign.by_chat()
        await poster.hang_up()
    got = copies(network.api)
    tell(figures, campaign, said, got, storm)
    figures.tell(
        sent_while_paused=quiet,
        p95_of_replies=p95(talkers.waits),
        replies=len(talkers.waits),
        most_in_a_second=most_in_a_second(network.api.asked),
        seconds=time.perf_counter() - began,
    )
    check(said, got, storm)
    assert not gone & got.keys()
    assert set(campaign.seen) == {0}
    assert quiet <= UNDER_WAY[Lane.BULK]
    assert p95(talkers.longer) < 1.0
    assert most_in_a_second(network.api.asked) <= most(network)
    assert all(len(it) == 1 for it in got.values())


@pytest.mark.timeout(1200)
async def test_killed_again_and_again_it_reaches_everybody_once(
    network: Network, dice: random.Random, tmp_path: Path, figures: Figures
) -> None:
    began = time.perf_counter()
    network.api.breaks = storm = Storm(dice, floods=0.0)
    async with running(network, tmp_path) as (process, campaign):
        number = campaign.number
        async with watched(campaign):
            await campaign.campaigns.start(number, "anna", "start")
            on_the_wire = 0
            for life in range(KILLS):
                left = MANY - MANY * (life + 1) // (KILLS + 2)
                await campaign.until_left(left, 120)
                await asyncio.sleep(dice.uniform(0.0, 0.4))  # anywhere in the work
                if life in (3, 7):
                    process.redis().kill()
                    await asyncio.sleep(dice.uniform(0.0, 0.5))
                on_the_wire += (await kill(process, network.api)).under_way
                await process.start_beside()
            await campaign.until_done(300)
        said = await campaign.by_chat()
    got = copies(network.api)
    tell(figures, campaign, said, got, storm)
    unknown = [chat for chat, (fate, _) in said.items() if fate is Fate.UNKNOWN]
    by_network = sum(storm.lasting.get(chat) is not None for chat in unknown)
    figures.tell(
        kills=KILLS,
        on_the_wire_at_kills=on_the_wire,
        unknown_by_kills=len(unknown) - by_network,
        at_most=KILLS * UNDER_WAY[Lane.BULK],
        most_in_a_second=most_in_a_second(network.api.asked),
        seconds=time.perf_counter() - began,
    )
    check(said, got, storm)
    assert set(campaign.seen) == {0}
    assert len(unknown) - by_network <= KILLS * UNDER_WAY[Lane.BULK]
    assert all(len(it) == 1 for it in got.values())
    assert most_in_a_second(network.api.asked) <= most(network)


def most(network: Network) -> float:
    """The messages that the network may see in a second: it shares a busy processor, and whatever
    came while it was away it sees at once."""
    return RATE * (1.03 + network.api.late)


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
