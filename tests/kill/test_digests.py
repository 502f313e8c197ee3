"""The day's pushes under kills: everybody who is due is told of openings once, nobody else is."""

from __future__ import annotations

import asyncio
import os
import random
import time
from contextlib import suppress
from pathlib import Path

import pytest

from bot.pipeline.messages import Lane
from bot.pipeline.sender import UNDER_WAY
from bot.records.recipient_rows import Recipient
from bot.records.tables import Fate
from tests.kill.conftest import Figures, Network
from tests.kill.daylight import by_day
from tests.kill.mornings import Town, openings_in, town_of
from tests.kill.strikes import kill
from tests.load import BotApi
from tests.service import hotline, prepared

pytestmark = pytest.mark.kill

MANY = int(os.environ.get("DIGEST_SEEKERS", "128"))
KILLS = 4
RATE = 60  # messages a second: a wave takes a while
NEW = {4, 5}  # the openings that come later
TOLD = {"daily": 3, "weekly": 3}  # openings that each of a kind hears of at least


@pytest.mark.timeout(600)
async def test_killed_again_and_again_everybody_due_hears_of_openings_once(
    network: Network, dice: random.Random, tmp_path: Path, figures: Figures
) -> None:
    began = time.perf_counter()
    settings = {**network.settings, "TELEGRAM_RATE": str(RATE)}
    with by_day(hotline(prepared(tmp_path), **settings)) as process:
        async with town_of(tmp_path, process.now) as town:
            await town.publish(3)
            watch = asyncio.create_task(town.watch())
            gone: set[int] = set()
            on_the_wire = 0
            for life in range(KILLS):
                if life in (2, 3):
                    await town.publish(1)
                chats = await town.register(MANY // KILLS)
                await process.start_beside()
                await town.until_sent(chats, dice.randrange(len(chats) // 2))
                await asyncio.sleep(dice.uniform(0.0, 0.3))  # anywhere in planning and sending
                daily = [it for it in chats if town.kinds[it] == "daily"]
                gone |= await town.opt_out(dice.sample(daily, 2))
                if life == 2:
                    process.redis().kill()
                    await asyncio.sleep(dice.uniform(0.0, 0.5))
                on_the_wire += (await kill(process, network.api)).under_way
            await process.start_beside()
            await town.until_quiet(60)
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch
            lines = await town.lines()
    tell(figures, town, lines, network.api)
    check(town, lines, network.api, gone)
    figures.tell(on_the_wire_at_kills=on_the_wire, seconds=time.perf_counter() - began)


def check(town: Town, lines: list[Recipient], api: BotApi, gone: set[int]) -> None:
    """What the records say of each is what the network has seen, and what each was to get."""
    assert town.seen == {0}
    unknown = [it for it in lines if it.fate is Fate.UNKNOWN]
    assert len(unknown) <= KILLS * UNDER_WAY[Lane.BULK]
    for chat, kind in town.kinds.items():
        got = api.by_chat[chat]
        mine = [it for it in lines if it.urn == f"telegram:{chat}"]
        sent, perhaps = (sum(it.fate is fate for it in mine) for fate in (Fate.SENT, Fate.UNKNOWN))
        told = openings_in(got)
        assert len(set(told)) == len(told), (chat, told)  # none twice
        assert sent <= len(got) <= sent + perhaps, (chat, kind, mine)
        if kind in ("never", "quiet", "left") or chat in gone:
            assert not got, (chat, kind)
        elif kind in TOLD:
            assert sent + perhaps == 1, (chat, mine)
            assert perhaps or len(told) >= TOLD[kind]
        elif kind == "at_once":
            assert sent + perhaps >= 1, (chat, mine)
            was_there = chat - min(town.kinds) < 2 * (MANY // KILLS)  # before the new openings
            assert perhaps or not was_there or set(told) >= NEW, (chat, told)


def tell(figures: Figures, town: Town, lines: list[Recipient], api: BotApi) -> None:
    fates = [it.fate for it in lines]
    figures.tell(
        seekers=len(town.kinds),
        kills=KILLS,
        **{fate.value: fates.count(fate) for fate in Fate if fate in fates},
        doubled=sum(len(set(it)) < len(it) for it in map(openings_in, api.by_chat.values())),
    )
