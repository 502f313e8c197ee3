"""People whom no channel reaches, and when openings were last counted for them."""

from __future__ import annotations

from datetime import timedelta

from bot.records.database import Database
from bot.records.ledger import Ledger
from bot.records.roll import Newcomer, Roll
from bot.records.unreached import Unreached
from dialogs.work import Wish

from .conftest import Clock

WELDER = Wish(occupations=("电焊工",))


async def test_they_wait_until_they_are_counted_and_again_when_they_wish_otherwise(
    database: Database, clock: Clock
) -> None:
    unreached, roll = Unreached(database.sessions, clock), Roll(database.sessions, clock)
    await Ledger(database.sessions, clock).register("web:1", WELDER, "k")
    await roll.keep([Newcomer(name="甲", wish=WELDER), Newcomer(name="乙")], "table:1")
    [who] = await unreached.uncounted(clock.now, 10)
    assert who.wish == WELDER
    looked = clock.now
    clock.pass_minutes(1)
    await roll.keep([Newcomer(name="甲", wish=Wish(("保洁员",)))], "table:2")
    await unreached.count([(who, 2)], looked)  # for a wish that is no more
    assert [it.seeker for it in await unreached.uncounted(looked, 10)] == [who.seeker]
    await unreached.count([(who, 2)], clock.now)
    assert await unreached.uncounted(clock.now, 10) == []
    assert len(await unreached.uncounted(clock.now + timedelta(hours=1), 10)) == 1
