"""What was said is found however common it is, and lists are counted as far as that is cheap."""

from __future__ import annotations

import pytest

from bot.records import talks, wordbook
from bot.records.database import Database
from bot.records.ledger import Ledger
from bot.records.lookups import Sought
from bot.records.pieces import wanted
from bot.records.scope import EVERYWHERE, Scope
from bot.records.searching import Search
from bot.records.summaries import Summaries
from bot.records.tables import Tag
from bot.records.talks import Counted, Talks
from dialogs.work import Wish

from .conftest import Clock
from .test_summaries import Journal, heard, said

DAY = 86_400.0
OLD, NEW = "驾校学费给报销不", "社保补贴怎么领"


@pytest.fixture
async def talked(database: Database, clock: Clock) -> Database:
    """Twelve days, a conversation each; on the first four somebody from a county asks for what
    nobody asks for later."""
    journal = Journal(database)
    await Ledger(database.sessions, clock).register("web:1", Wish((), ("清河县",)), "w")
    for day in range(12):
        urn, words = ("web:1", OLD) if day < 4 else ("web:2", NEW)
        await journal.tells(heard(day * DAY, words, urn), said(day * DAY, urn=urn))
    await Summaries(database.sessions).renew_all()
    return database


async def hits(database: Database, words: str, sought: Sought, scope: Scope, limit: int) -> int:
    """How many there are, a page after the other; none of them twice."""
    what, before, seen = wanted(words), None, list[int]()
    assert what is not None
    while True:
        page = await Search(database.sessions).find(what, sought, scope, limit, before)
        seen += [it.said.number for it in page.hits]
        assert all(words in it.said.text for it in page.hits)
        before = page.before
        if before is None:
            assert seen == sorted(set(seen), reverse=True)
            return len(seen)


async def test_every_hit_is_found_once_however_common_it_is(
    talked: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for few in (0, 1000):  # all is common, all is rare
        for name, value in {"_NEWEST": 2, "_FAR": 6, "_FEW": few}.items():
            monkeypatch.setattr(wordbook, name, value)  # as if there were many messages
        for words, count in {"驾校": 4, "社保": 8, "补贴": 20, "公积金": 0}.items():
            assert await hits(talked, words, Sought(), EVERYWHERE, 3) == count, (words, few)


async def test_only_what_was_said_in_conversations_that_are_sought_is_found(
    talked: Database,
) -> None:
    declined = Sought(tags=((Tag.OUTCOME, "declined"),))
    assert await hits(talked, "补贴", declined, EVERYWHERE, 3) == 0
    answered = Sought(tags=((Tag.OUTCOME, "answered"),))
    assert await hits(talked, "补贴", answered, EVERYWHERE, 3) == 20
    assert await hits(talked, "补贴", answered, Scope(frozenset({"威县"})), 3) == 0


async def test_a_list_is_counted_as_far_as_is_cheap(
    talked: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, answered = Talks(talked.sessions), Sought(tags=((Tag.OUTCOME, "answered"),))
    for sought in (Sought(), answered):
        assert await store.count(sought, EVERYWHERE) == Counted(12, is_all=True)
    monkeypatch.setattr(talks, "_REACH", 9)
    for sought in (Sought(), answered):
        assert await store.count(sought, EVERYWHERE) == Counted(9, is_all=False)
    monkeypatch.setattr(talks, "COUNTED", 5)
    assert await store.count(Sought(), EVERYWHERE) == Counted(5, is_all=False)
