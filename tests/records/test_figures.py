"""Every figure of the dashboard, against conversations counted by hand."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import text

from bot.pipeline.messages import DeliveryLine
from bot.records.changes import AlreadyDecided, Changes, State
from bot.records.crowds import Crowd, Kind
from bot.records.database import Database
from bot.records.days import Period
from bot.records.dossiers import Dossiers
from bot.records.feedback import FeedbackBook
from bot.records.figures import Asked, Counts, Figures, Told
from bot.records.lookups import Place, Sought
from bot.records.readings import Readings, agreement
from bot.records.retention import Retention
from bot.records.samples import Plan, choose
from bot.records.scope import EVERYWHERE, Scope
from bot.records.seekers import enter
from bot.records.summaries import Summaries
from bot.records.tables import (
    ApplicationRow,
    FollowUpRow,
    RecipientRow,
    SeekerRow,
)
from bot.records.talks import Counted, Talks
from bot.records.tallies import Tallies, rounded
from bot.records.tickets import Outcome, Tickets
from bot.records.work_figures import Work, WorkFigures

from .conftest import Clock
from .test_summaries import Journal, heard, said

DAY = 24 * 3600.0
SECOND, THIRD, FOURTH = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
WHOLE = Period(date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture
async def told(database: Database, clock: Clock) -> Database:
    """Two visitors on the second of March, one of them again on the third."""
    journal = Journal(database)
    await journal.tells(
        heard(0), said(0), heard(60), said(60, "declined"),
        heard(5, urn="telegram:2"), said(6.75, "choices", urn="telegram:2", of=5),
        heard(9, urn="telegram:2"), said(9, "handoff", urn="telegram:2"),
        heard(DAY), said(DAY),
        DeliveryLine("web:1e0.0", "web:1", 1_772_438_401.0, "gone"),
    )  # fmt: skip
    book = FeedbackBook(database.sessions, clock)
    await book.record("web:1", "web:1e0", True, "a")
    await book.record("telegram:2", "telegram:2e5", False, "b")
    async with database.sessions.begin() as session:
        number = await enter(session, "web:1", clock.now)
        (await session.get_one(SeekerRow, number)).county = "清河县"
    await Summaries(database.sessions).renew_all()
    return database


FIRST_DAY = Counts(2, 2, 4, 1, 1, 1, 1, 1, 1, 1)
NEXT_DAY = Counts(1, 1, 1, 1)
WEB, TELEGRAM = Counts(1, 2, 3, 2, 0, 1, 0, 1, 0, 1), Counts(1, 1, 2, 0, 1, 0, 1, 0, 1, 0)
QINGHE = Scope(frozenset({"清河县"}))


async def told_of(database: Database, period: Period = WHOLE, scope: Scope = EVERYWHERE) -> Told:
    return await Figures(database.sessions).of(Asked(period, scope))


@pytest.fixture(params=["live", "tallied", "tallied in part"])
async def tallied(told: Database, request: pytest.FixtureRequest) -> Database:
    """The same, whether the figures are read from the conversations or from the tallies."""
    today = {"live": SECOND, "tallied": FOURTH, "tallied in part": THIRD}[request.param]
    await Tallies(told.sessions).renew_all(today)
    return told


async def test_each_day_is_counted(tallied: Database) -> None:
    told = await told_of(tallied, Period(date(2026, 3, 1), THIRD))
    assert told.by_day == {date(2026, 3, 1): Counts(), SECOND: FIRST_DAY, THIRD: NEXT_DAY}
    assert (await told_of(tallied)).total == Counts(2, 3, 5, 2, 1, 1, 1, 1, 1, 1)
    assert (await told_of(tallied, Period(THIRD, THIRD))).total == NEXT_DAY
    assert FIRST_DAY.useful_share == 50
    assert NEXT_DAY.useful_share is None


async def test_counties_and_channels_are_counted(tallied: Database) -> None:
    told = await told_of(tallied)
    assert told.by_channel == {"web": WEB, "telegram": TELEGRAM}
    assert told.by_county == {"清河县": WEB, "": TELEGRAM}
    of_county = await told_of(tallied, scope=QINGHE)
    assert (of_county.total, of_county.by_county) == (WEB, {"清河县": WEB})
    assert (await told_of(tallied, scope=EVERYWHERE.narrowed("清河县"))).total == WEB
    assert (await told_of(tallied, scope=QINGHE.narrowed("威县"))).total == Counts()
    of_channel = await Figures(tallied.sessions).of(Asked(WHOLE, EVERYWHERE, "telegram"))
    assert (of_channel.total, of_channel.by_county) == (TELEGRAM, {"": TELEGRAM})
    assert of_channel.first_response == 2000


async def test_the_first_response_is_the_median(tallied: Database) -> None:
    assert (await told_of(tallied)).first_response == 250  # of 250, 250 and 2000
    assert (await told_of(tallied, Period(THIRD, THIRD), QINGHE)).first_response == 250
    nobody = Period(date(2026, 4, 1), date(2026, 4, 2))
    assert (await told_of(tallied, nobody)).first_response is None


@pytest.mark.parametrize(
    ("milliseconds", "shown"), [(0, 0), (9, 9), (99, 99), (104, 100), (105, 110), (1949, 1900),
                                (1950, 2000), (99_500, 100_000)]
)  # fmt: skip
def test_a_wait_is_told_by_two_digits(milliseconds: int, shown: int) -> None:
    assert rounded(milliseconds) == shown


async def test_what_changes_a_day_that_is_over_is_counted(told: Database, clock: Clock) -> None:
    """However it changes: a verdict, a word that comes late, a move, a deletion."""
    tallies, journal = Tallies(told.sessions), Journal(told, 100)
    await tallies.renew_all(FOURTH)

    async def is_the_same() -> Told:
        """Before and after the days are tallied anew."""
        await Summaries(told.sessions).renew_all()
        live = await told_of(told)
        await tallies.renew_all(FOURTH)
        assert await tallies.renew(FOURTH) == 0
        assert await told_of(told) == live
        return live

    clock.pass_minutes(24 * 60)
    await FeedbackBook(told.sessions, clock).record("web:1", f"web:1e{DAY}", True, "c")
    await journal.tells(heard(DAY + 60))
    assert (await is_the_same()).by_day[THIRD] == Counts(1, 1, 2, 1, useful=1)
    await journal.tells(heard(DAY, urn="telegram:2"), said(DAY, urn="telegram:2"))
    late = await is_the_same()
    assert (late.by_day[THIRD].visitors, late.total.visitors) == (2, 2)
    async with told.sessions.begin() as session:
        number = await enter(session, "telegram:2", clock.now)
        (await session.get_one(SeekerRow, number)).county = "威县"
    moved = await is_the_same()
    assert {county: it.talks for county, it in moved.by_county.items()} == {"清河县": 2, "威县": 2}
    await journal.tells(heard(-DAY), said(-DAY))
    earlier = await is_the_same()
    assert (earlier.total.talks, earlier.total.visitors) == (5, 2)
    await Dossiers(told.sessions).erase("telegram:2", clock.now + timedelta(days=2))
    gone = await is_the_same()
    assert (gone.total.talks, gone.total.visitors, list(gone.by_county)) == (3, 1, ["清河县"])


async def test_the_numbers_stay_when_the_conversations_are_deleted(
    told: Database, clock: Clock
) -> None:
    tallies, journal = Tallies(told.sessions), Journal(told)
    shown = [(await told_of(told, scope=scope)).by_day for scope in (EVERYWHERE, QINGHE)]
    clock.pass_minutes(24 * 60 + 60)  # on the third; what is older than a day goes
    await Retention(told.sessions, timedelta(days=1), clock).purge()
    await Summaries(told.sessions).renew_all()
    await tallies.renew_all(FOURTH)
    assert await Talks(told.sessions).count(Sought(end=SECOND), EVERYWHERE) == Counted(0, True)
    assert [(await told_of(told, scope=it)).by_day for it in (EVERYWHERE, QINGHE)] == shown
    # The second web:1 is another visit of a known visitor: once a day, where the day is deleted.
    kept = await told_of(told)
    assert (kept.kept_until, kept.first_response) == (SECOND, 250)
    assert kept.total == Counts(3, 3, 5, 2, 1, 1, 1, 1, 1, 1)
    web = Counts(2, 2, 3, 2, 0, 1, 0, 1, 0, 1)
    assert (kept.by_channel["web"], kept.by_county["清河县"]) == (web, web)
    clock.pass_minutes(3 * 24 * 60)
    await journal.tells(heard(4 * DAY, urn="web:9"), said(4 * DAY, urn="web:9"))
    await Retention(told.sessions, timedelta(days=1), clock).purge()
    await Summaries(told.sessions).renew_all()
    last = await told_of(told)
    assert last.by_day[date(2026, 3, 6)] == Counts(1, 1, 1, 1)
    assert last.kept_until == THIRD
    assert (await told_of(told, Period(SECOND, THIRD), QINGHE)).total == web


async def test_a_tally_names_nobody(told: Database, clock: Clock) -> None:
    clock.pass_minutes(9 * 24 * 60)
    await Retention(told.sessions, timedelta(days=1), clock).purge()
    async with told.sessions() as session:
        rows = [it._asdict() for it in await session.execute(text("SELECT * FROM tallies"))]
    assert len(rows) == 3
    kept = {str(value) for row in rows for name, value in row.items() if isinstance(value, str)}
    assert kept - {"2026-03-02", "2026-03-03", "0001-01-01"} == {"web", "telegram", "清河县", ""}


async def test_the_list_behind_a_number_has_as_many(told: Database) -> None:
    talks = Talks(told.sessions)
    begin, end = SECOND, SECOND
    assert await talks.count(Sought(begin, end), EVERYWHERE) == Counted(FIRST_DAY.talks, True)
    assert await talks.count(Sought(begin, end), QINGHE) == Counted(1, True)
    older = await talks.older(Sought(), EVERYWHERE, 1)
    assert [it.day for it in older] == [THIRD]
    rest = await talks.older(Sought(), EVERYWHERE, 9, older[0].place)
    assert len(rest) == 2
    assert await talks.newer(Sought(), EVERYWHERE, 9, rest[0].place) == older
    assert Place.read(str(rest[0].place)) == rest[0].place


@pytest.mark.parametrize("text", ["", "x_1", "1_", "nan_1", "1e99_1", "1_-1", "inf_1", "9" * 30])
def test_any_place_is_read(text: str) -> None:
    assert Place.read(text) is None


async def test_work_is_counted(told: Database, clock: Clock) -> None:
    tickets = Tickets(told.sessions, clock)
    one = await tickets.open("web:1", "x", "k1", "")
    await tickets.open("telegram:2", "x", "k2", "")
    clock.pass_minutes(12)
    await tickets.take(one.number, "wang")
    await tickets.close(one.number, "wang", Outcome.ANSWERED)
    async with told.sessions.begin() as session:
        seeker = await enter(session, "web:1", clock.now)
        session.add(ApplicationRow(seeker_id=seeker, opening_id=1, state="hired", shares=True,
                                   opened_at=clock.now, updated_at=clock.now))  # fmt: skip
        for months, answer in ((1, "working"), (3, None), (6, "out_of_work")):
            session.add(FollowUpRow(seeker_id=seeker, since=SECOND, months=months, due=SECOND,
                                    asked_at=clock.now, answer=answer))  # fmt: skip
        for urn, county, state in (("web:1", "清河县", "sent"), ("telegram:2", None, "sent"),
                                   ("web:3", "清河县", "failed")):  # fmt: skip
            session.add(RecipientRow(campaign_id=1, urn=urn, channel="web", county=county,
                                     quiet_from=0, quiet_until=0, state=state, attempt=1,
                                     done_at=clock.now))  # fmt: skip
    figures = WorkFigures(told.sessions)
    assert await figures.work(WHOLE, EVERYWHERE) == Work(2, 1, 12.0, 2, 0, 1)
    assert await figures.work(WHOLE, QINGHE) == Work(1, 1, 12.0, 1, 0, 1)
    assert await figures.work(WHOLE, Scope(frozenset({"威县"}))) == Work(0, 0, None, 0, 0, 0)
    retained = await figures.retained(WHOLE, EVERYWHERE)
    months = [(it.months, it.asked, it.answered, it.working) for it in retained]
    assert months == [(1, 1, 1, 1), (3, 1, 0, 0), (6, 1, 1, 0)]
    for crowd, visitors in (
        (Crowd(Kind.OPENED, 0, SECOND, SECOND), {"web:1", "telegram:2"}),
        (Crowd(Kind.OPENED, 0, THIRD, THIRD), set()),
        (Crowd(Kind.CLOSED, 0, SECOND, SECOND), {"web:1"}),
        (Crowd(Kind.SENT), {"web:1", "telegram:2"}),
        (Crowd(Kind.SENT, 2), set()),
        (Crowd(Kind.INTERESTED), set()),
        (Crowd(Kind.RECIPIENT, 2), {"telegram:2"}),
        (Crowd(Kind.HIRED, 0, SECOND, SECOND), {"web:1"}),
        (Crowd(Kind.ASKED, 3, SECOND, SECOND), {"web:1"}),
        (Crowd(Kind.ANSWERED, 3, SECOND, SECOND), set()),
        (Crowd(Kind.WORKING, 1, SECOND, SECOND), {"web:1"}),
        (Crowd(Kind.SEEKER, seeker), {"web:1"}),
    ):  # fmt: skip
        found = await Talks(told.sessions).older(Sought(crowd=crowd), EVERYWHERE, 9)
        assert {it.urn for it in found} == visitors, crowd


async def test_two_readings_are_compared(told: Database, clock: Clock) -> None:
    readings, talks = Readings(told.sessions, clock), Talks(told.sessions)
    one, other, third = await talks.older(Sought(), EVERYWHERE, 3)
    for talk, staff, marks in (
        (one, "wang", (2, 2, 2, 0)), (one, "li", (2, 1, 2, 2)), (one, "zhao", (0, 0, 0, 0)),
        (other, "wang", (0, 2, 2, 1)), (other, "li", (0, 0, 2, 1)), (third, "li", (0, 0, 0, 0)),
    ):  # fmt: skip
        await readings.mark(talk, staff, marks)
    found = await readings.agreement(clock.now - timedelta(days=1), EVERYWHERE)
    assert [(it.criterion, it.pairs, it.same) for it in found] == [
        ("correct", 2, 2), ("complete", 2, 0), ("kind", 2, 2), ("in_time", 2, 1)]  # fmt: skip
    assert [it.kappa for it in found][:3] == [1.0, 0.0, None]
    for reader, waits in (("zhao", {third.number}), ("li", set())):
        left = await talks.older(Sought(second=reader), EVERYWHERE, 9)
        assert {it.number for it in left} == waits, reader


def test_kappa_is_cohens() -> None:
    # Counted by hand: 5 of 8 the same; by chance (4*4 + 2*1 + 2*3) / 64 = 3/8.
    pairs = [(0, 0), (0, 0), (0, 0), (0, 1), (1, 2), (1, 0), (2, 2), (2, 2)]
    found = agreement("kind", pairs)
    assert (found.same, found.pairs) == (5, 8)
    assert found.kappa == pytest.approx((5 / 8 - 3 / 8) / (1 - 3 / 8))


@pytest.mark.parametrize(
    ("failed", "others", "have", "drawn"),
    [(20, 20, (0, 0), (5, 5)), (2, 20, (0, 0), (2, 8)), (20, 1, (0, 0), (9, 1)),
     (20, 20, (5, 3), (0, 2)), (20, 20, (5, 5), (0, 0)), (0, 0, (0, 0), (0, 0)),
     (1, 1, (0, 0), (1, 1))],
)  # fmt: skip
def test_a_sample_has_its_share(
    failed: int, others: int, have: tuple[int, int], drawn: tuple[int, int]
) -> None:
    plan = Plan(1, "x", 10, 50, "wang")
    chosen = choose(plan, range(failed), range(1000, 1000 + others), have, Random(1))
    assert len(set(chosen)) == len(chosen)
    assert (sum(it < 1000 for it in chosen), sum(it >= 1000 for it in chosen)) == drawn


async def test_a_change_is_decided_once_and_by_another(database: Database, clock: Clock) -> None:
    changes = Changes(database.sessions, clock)
    number = await changes.propose("wang", "policies/x.md", None, "text", ["问"])
    with pytest.raises(AlreadyDecided):
        await changes.decide(number, "wang", State.APPLIED)
    assert (await changes.waiting("wang"), await changes.waiting("li")) == (0, 1)
    await changes.decide(number, "li", State.APPLIED)
    for staff in ("li", "zhao"):
        with pytest.raises(AlreadyDecided):
            await changes.decide(number, staff, State.REJECTED)
    change = await changes.get(number)
    assert change is not None
    assert (change.state, change.decided_by, change.after) == (State.APPLIED, "li", "text")
