"""A bureau's own number belongs to one opening, and an opening has one."""

from __future__ import annotations

from datetime import date

import pytest

from bot.records.database import Database
from bot.records.openings import Openings
from bot.records.references import References, ReferenceTaken
from dialogs.work import Opening

from .conftest import Clock

MARCH = date(2026, 3, 1)


async def test_each_has_one(database: Database, clock: Clock) -> None:
    openings, references = Openings(database.sessions, clock), References(database.sessions)
    posted = [Opening(0, it, "示例", MARCH, county="清河县") for it in ("焊工", "钳工")]
    one, other = (it.number for it in await openings.keep(posted))
    await references.give(one, "A")
    await references.give(one, "A")
    for number, reference in ((one, "B"), (other, "A"), (999, "C")):
        with pytest.raises(ReferenceTaken):
            await references.give(number, reference)
    assert await references.of([one, other]) == {one: "A"}
    assert await references.number_of("A") == one
    assert await references.number_of("B") is None


async def test_a_file_that_says_it_anew_leaves_it(database: Database, clock: Clock) -> None:
    openings, references = Openings(database.sessions, clock), References(database.sessions)
    [kept] = await openings.keep([Opening(0, "焊工", "示例", MARCH, county="清河县")])
    await references.give(kept.number, "A")
    await openings.keep([Opening(0, "焊工", "示例", MARCH, county="清河县", headcount=3)], "b.xlsx")
    assert await references.number_of("A") == kept.number
