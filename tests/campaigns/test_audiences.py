"""The same query counts, lists and freezes, and means in the tables what it means of one person."""

from __future__ import annotations

import random
from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import ZONE
from bot.jobs.audience import read_audience
from bot.jobs.profiles import Profile, is_in
from bot.records.audiences import Choice, Quiet
from bot.records.conditions import And, Audience, Compare, Everybody, Feature, Has, Not, Or
from bot.records.feedback import FeedbackBook
from bot.records.tables import ApplicationRow, Fate, RecipientRow, SeekerRow
from dialogs.work import PayUnit, Wish, WorkType
from tests.campaigns.conftest import CHANNELS, WELDER, Square

COUNTIES, TRADES, TOWNS = ("南和区", "清河县"), ("电焊工", "电工"), ("和阳镇",)
NO_QUIET = Quiet(0, 0)

leaves = st.one_of(
    st.just(Everybody()),
    st.sampled_from([Has(Feature.APPLIED), Has(Feature.REGISTERED), Has(Feature.WISHING)]),
    st.builds(Has, st.sampled_from([Feature.COUNTY, Feature.PLACE]),
              st.sampled_from([COUNTIES[:1], COUNTIES[1:], COUNTIES])),
    st.builds(Has, st.just(Feature.TOWN), st.just(TOWNS)),
    st.builds(Has, st.just(Feature.TRADE), st.sampled_from([TRADES[:1], TRADES[1:], TRADES])),
    st.builds(Has, st.just(Feature.KIND), st.sampled_from([("全职",), ("兼职", "短期")])),
    st.builds(Has, st.just(Feature.CHANNEL), st.sampled_from([("web",), ("telegram", "wechat")])),
    st.builds(Has, st.just(Feature.CATEGORY), st.just(("disabled",))),
    st.builds(Has, st.just(Feature.PAY), st.sampled_from([("3000",), ("4000", "5000")]),
              st.sampled_from(list(Compare))),
    st.builds(Has, st.just(Feature.SEEN), st.sampled_from([("0",), ("2",), ("5", "1")])),
    st.builds(Has, st.just(Feature.REACHED), st.sampled_from([("1",), ("2", "1")])),
    st.builds(Has, st.just(Feature.RATED), st.sampled_from([("yes",), ("no",), ("no", "yes")])),
)  # fmt: skip
audiences: st.SearchStrategy[Audience] = st.recursive(
    leaves,
    lambda part: st.one_of(
        st.builds(Not, part),
        st.lists(part, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(part, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=8,
)


async def settle_in(square: Square, many: int) -> dict[str, Profile]:
    """So many different people, as the tables have them and as they are."""
    rand, born = random.Random(164), square.clock.now
    profiles = {}
    for number in range(many):
        urn = f"{rand.choice(['telegram', 'web'])}:{number}"
        days = rand.randrange(6)
        square.clock.now = born - timedelta(days=days, minutes=1)
        await square.come(urn)
        profiles[urn] = await one(square, rand, urn)
    square.clock.now = born
    return profiles


async def one(square: Square, rand: random.Random, urn: str) -> Profile:
    facts: dict[str, object] = {"reached": await reached(square, rand, urn)}
    book = FeedbackBook(square.database.sessions, square.clock)
    if rand.random() < 0.4:
        await book.record(urn, "e1", rated := rand.random() < 0.5, f"f{urn}")
        facts["ratings"] = frozenset({"yes" if rated else "no"})
    if rand.random() < 0.7:
        facts |= await registered(square, rand, urn)
    return Profile(urn.partition(":")[0], square.clock.now, **facts)  # type: ignore[arg-type]


async def reached(square: Square, rand: random.Random, urn: str) -> frozenset[int]:
    found = set()
    for campaign in (1, 2):
        fate = rand.choice([None, Fate.SENT, Fate.FAILED])
        if fate is None:
            continue
        if fate is Fate.SENT:
            found.add(campaign)
        row = RecipientRow(
            campaign_id=campaign, urn=urn, channel="web", quiet_from=0, quiet_until=0,
            state=fate.value, attempt=1,
        )  # fmt: skip
        async with square.database.sessions.begin() as session:
            session.add(row)
    return frozenset(found)


async def registered(square: Square, rand: random.Random, urn: str) -> dict[str, object]:
    kind, pay = rand.choice([None, *WorkType]), rand.choice([None, 3000, 4000, 5000])
    unit = None if pay is None else rand.choice([PayUnit.MONTH, PayUnit.DAY])
    wish = Wish(
        occupations=tuple(rand.sample(TRADES, rand.randrange(3))),
        counties=tuple(rand.sample(COUNTIES, rand.randrange(3))),
        work_type=kind, pay_min=pay, pay_unit=unit,
    )  # fmt: skip
    await square.ledger.register(urn, wish, f"r{urn}")
    county, applied = rand.choice([None, *COUNTIES]), rand.random() < 0.3
    category, town = rand.choice([None, "disabled"]), rand.choice([None, *TOWNS])
    async with square.database.sessions.begin() as session:
        row = await session.get_one(SeekerRow, await number_of(session, urn))
        row.county, row.town, row.category = county, town, category
        if applied:
            now = square.clock()
            session.add(ApplicationRow(seeker_id=row.id, opening_id=1, state="new", shares=False,
                                       opened_at=now, updated_at=now))  # fmt: skip
    return {
        "county": county, "town": town, "category": category, "applied": applied,
        "trades": frozenset(wish.occupations), "places": frozenset(wish.counties),
        "kind": kind and kind.value, "pay": pay if unit is PayUnit.MONTH else None,
        "registered": True, "wishing": True,
    }  # fmt: skip


async def number_of(session: AsyncSession, urn: str) -> int:
    number = await session.scalar(select(SeekerRow.id).where(SeekerRow.urn == urn))
    assert isinstance(number, int)
    return number


async def chosen(square: Square, audience: Audience) -> set[str]:
    choice = Choice(audience, None, CHANNELS, 99, NO_QUIET)
    counts = await square.audiences.count(choice, square.clock())
    found: list[str] = []
    last = 0
    while page := await square.audiences.after(choice, last, 7):
        last = page[-1].visitor
        found += [it.urn for it in page]
    assert len(found) == len(set(found)) == counts.total
    return set(found)


async def test_tables_and_people_agree(square: Square) -> None:
    profiles = await settle_in(square, 40)

    async def compare(audience: Audience) -> None:
        who = {urn for urn, it in profiles.items() if is_in(audience, it, square.clock())}
        assert await chosen(square, audience) == who

    found: list[Audience] = []

    @settings(max_examples=60, phases=[Phase.generate], database=None,
              suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
    @given(audiences)
    def collect(audience: Audience) -> None:
        found.append(audience)

    collect()
    for audience in found:
        await compare(audience)


async def test_counts_say_who_is_left_out_and_why(square: Square) -> None:
    await square.come("telegram:1", "telegram:2", "telegram:3", "web:4", "wechat:5", "telegram:6")
    await square.leave("telegram:2")
    await square.ledger.register("web:4", WELDER, "r")
    await square.running(words="第一次", audience="渠道=telegram")
    exclusions = read_audience("工种=电焊工")
    choice = Choice(Everybody(), exclusions, CHANNELS, 3, NO_QUIET)
    counts = await square.audiences.count(choice, square.clock())
    assert (counts.total, counts.excluded, counts.sendable) == (5, 1, 3)
    assert counts.by_channel == {"telegram": 3}
    assert counts.skipped == {"left": 1, "unreachable": 1}


async def test_counts_say_who_rests_when_it_begins(square: Square) -> None:
    await square.come("telegram:1", "telegram:2", "telegram:3")
    await square.preferences.be_quiet("telegram:1", 0, 0)  # at no hour
    await square.preferences.be_quiet("telegram:2", 12 * 60, 14 * 60)
    choice = Choice(Everybody(), None, CHANNELS, 3, Quiet(21 * 60, 8 * 60))

    async def resting(hour: int) -> int:
        begins = square.clock().astimezone(ZONE).replace(hour=hour, minute=0)
        counts = await square.audiences.count(choice, begins)
        assert counts.sendable == 3
        return counts.resting

    assert [await resting(hour) for hour in (7, 8, 12, 14, 21)] == [1, 0, 1, 0, 1]


async def test_somebody_who_got_enough_this_week_gets_no_more(square: Square) -> None:
    await square.come("telegram:1", "telegram:2")
    for number in range(2):
        campaign = await square.running(words=f"第{number}次")
        [first, _] = await square.recipients.take(campaign.number, "telegram", 9, again=False)
        await square.settle(first.ref, "sent")
    choice = Choice(Everybody(), None, CHANNELS, 2, NO_QUIET)
    assert (await square.audiences.count(choice, square.clock())).skipped == {"cap": 2}
    square.clock.pass_minutes(7 * 24 * 60 + 1)
    assert (await square.audiences.count(choice, square.clock())).skipped == {}
