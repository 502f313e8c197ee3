"""A push is in the day's campaign once, and what never went out is as if it had never been."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.pipeline.messages import Button, DeliveryLine
from bot.records.audiences import Member, Quiet
from bot.records.campaign_echoes import Echoes
from bot.records.campaign_rows import DIGEST, Campaign, State
from bot.records.campaign_rows import Draft as Plan
from bot.records.campaigns import Campaigns
from bot.records.database import Database
from bot.records.ledger import Ledger
from bot.records.letters import Letter, Letters
from bot.records.offers import ASKED, Offers, Push, PushState
from bot.records.openings import Openings
from bot.records.preferences import Preferences
from bot.records.pushes import Pushes, Turn
from bot.records.recipients import Recipients
from bot.records.retention import Retention
from bot.records.services import Services
from bot.records.tables import Fate
from bot.records.transcripts import Transcripts
from dialogs.work import Opening, Pace

from .conftest import Clock
from .test_offers import draft, ledger, offers, openings, published, pushes, registered

__all__ = ["ledger", "offers", "openings", "pushes"]  # fixtures

NIGHT = Quiet(21 * 60, 8 * 60)


class Post:
    """The stores that a push goes through, two seekers and three openings."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.clock = clock
        sessions = database.sessions
        self.letters = Letters(sessions, clock)
        self.campaigns = Campaigns(sessions, clock, 0)
        self.recipients = Recipients(sessions, clock)
        self.offers = Offers(sessions, clock)
        self.pushes = Pushes(sessions, clock)
        self.services = Services(sessions, clock)
        self.preferences = Preferences(sessions, clock)
        self.transcripts = Transcripts(sessions)
        self.seekers: list[int] = []
        self.jobs: list[Opening] = []

    async def digest(self) -> Campaign:
        ends = self.clock.now + timedelta(hours=10)
        plan = Plan("今天", "在找工作", "", kind=DIGEST, expires_at=ends)
        return await self.campaigns.open(plan, "digest:1")

    async def planned(self, key: str = "a", who: int = 0, kind: str = Pace.DAILY) -> Push:
        [push] = await self.offers.keep([draft(self.seekers[who], key, self.jobs, kind)])
        return push

    def letter(self, push: Push, urn: str = "telegram:1") -> Letter:
        member = Member(0, urn, "telegram", "南和区", None, None, (), NIGHT, None)
        return Letter(push, member, "三个岗位", (Button("感兴趣", "/x"),))

    async def sent_to(self, digest: Campaign) -> dict[str, str]:
        found = await self.recipients.listed(digest.number, list(Fate), 0, 99)
        return {it.urn: it.fate.value for it in found}

    async def seen(self, who: int = 0) -> int:
        return len((await self.offers.seen(self.seekers)).get(self.seekers[who], []))


@pytest.fixture
async def post(
    database: Database, clock: Clock, ledger: Ledger, pushes: Pushes, openings: Openings
) -> Post:
    post = Post(database, clock)
    post.seekers = await registered(ledger, pushes, "telegram:1", "telegram:2")
    post.jobs = await published(openings, 3)
    return post


async def test_the_campaign_of_a_day_is_opened_once(post: Post) -> None:
    first = await post.digest()
    assert await post.digest() == first
    assert (first.state, first.frozen, first.is_standing) == (State.RUNNING, 0, True)
    await post.campaigns.draft(Plan("招聘会", "所有人", "周六"), "anna", "k")
    assert [it.number for it in await post.campaigns.latest(9, digests=True)] == [first.number]
    assert first.number not in [it.number for it in await post.campaigns.latest(9)]


async def test_a_push_is_posted_once_and_the_turn_is_over_with_it(post: Post) -> None:
    digest, push = await post.digest(), await post.planned()
    turn = Turn(post.seekers[0], post.clock.now, post.clock.now + timedelta(days=1))
    for _ in range(2):
        assert await post.letters.post(digest.number, [post.letter(push)], [turn])
    assert (await post.campaigns.get(digest.number)).frozen == 1
    assert await post.sent_to(digest) == {"telegram:1": "queued"}
    assert [it.seeker for it in await post.pushes.due(["telegram"], 9)] == [post.seekers[1]]
    card = [(it.kind, dict(it.facts)) for it in await post.services.of(post.seekers[0])]
    assert card == [("registered", {}), ("offered", {"count": 3})]
    [due] = await post.recipients.take(digest.number, "telegram", 9, again=False)
    assert (due.push, due.text, due.buttons) == (
        push.number, "三个岗位", (Button("感兴趣", "/x"),),
    )  # fmt: skip


async def test_what_was_asked_for_stands_on_the_card_at_once(post: Post) -> None:
    for _ in range(2):
        await post.planned(kind=ASKED)
    card = [it.kind for it in await post.services.of(post.seekers[0])]
    assert card == ["registered", "offered"]


async def test_what_is_paused_takes_nothing_and_nothing_changes(post: Post) -> None:
    digest, push = await post.digest(), await post.planned()
    await post.campaigns.pause(digest.number, "anna", "k")
    turn = Turn(post.seekers[0], post.clock.now, None)
    assert not await post.letters.post(digest.number, [post.letter(push)], [turn])
    assert await post.sent_to(digest) == {}
    assert [it.number for it, _ in await post.letters.unposted(9)] == [push.number]
    assert len(await post.pushes.due(["telegram"], 9)) == 2


async def test_nothing_is_posted_when_the_day_is_over(post: Post) -> None:
    digest, push = await post.digest(), await post.planned()
    post.clock.pass_minutes(10 * 60)
    assert not await post.letters.post(digest.number, [post.letter(push)], [])
    assert (await post.campaigns.get(digest.number)).frozen == 0


async def test_somebody_may_get_several_pushes_a_day(post: Post) -> None:
    digest = await post.digest()
    for number in range(3):
        changed = [draft(post.seekers[0], f"{number}", post.jobs[number : number + 1])]
        [push] = await post.offers.keep(changed)
        assert await post.letters.post(digest.number, [post.letter(push)], [])
    assert (await post.campaigns.get(digest.number)).frozen == 3


async def test_what_was_not_posted_is_found_again(post: Post) -> None:
    mine, theirs = await post.planned("a"), await post.planned("b", 1)
    await post.pushes.set_pace("telegram:2", Pace.NEVER, None)
    left = await post.letters.unposted(10)
    assert [(push.number, who and who.urn) for push, who in left] == [
        (mine.number, "telegram:1"), (theirs.number, None),
    ]  # fmt: skip
    digest = await post.digest()
    await post.letters.post(digest.number, [post.letter(mine)], [])
    await post.letters.withdraw([mine.number, theirs.number])  # what is posted stays posted
    assert await post.letters.unposted(10) == []
    assert (await post.offers.of("a") or mine).state is PushState.SAID
    assert await post.offers.of("b") is None  # the turn may bring another
    assert (await post.seen(0), await post.seen(1)) == (3, 0)


async def test_what_was_stopped_before_it_was_sent_is_offered_again(post: Post) -> None:
    digest, push = await post.digest(), await post.planned()
    later = post.clock.now + timedelta(days=7)
    turn = Turn(post.seekers[0], post.clock.now, later)
    await post.letters.post(digest.number, [post.letter(push)], [turn])
    assert await post.letters.take_back(9) == 0
    await post.recipients.stop(digest.number, "expired", 9)
    assert await post.letters.take_back(9) == 1
    assert await post.letters.take_back(9) == 0
    assert await post.seen() == 0
    assert [it.kind for it in await post.services.of(post.seekers[0])] == ["registered"]
    assert await post.pushes.lately(post.seekers, post.clock.now - timedelta(days=7)) == {}
    assert post.seekers[0] in [it.seeker for it in await post.pushes.due(["telegram"], 9)]


async def test_what_may_have_arrived_is_not_offered_again(post: Post) -> None:
    digest = await post.digest()
    one, two = await post.planned("a"), await post.planned("b", 1)
    both = [post.letter(one), post.letter(two, "telegram:2")]
    await post.letters.post(digest.number, both, [])
    dues = await post.recipients.take(digest.number, "telegram", 9, again=False)
    at = post.clock.now.timestamp()
    lines = [
        DeliveryLine(due.ref, due.urn, at, state)
        for due, state in zip(dues, ("sent", "unknown"), strict=True)
    ]
    await post.transcripts.write([(f"1-{it}-0", line) for it, line in enumerate(lines)])
    assert await post.sent_to(digest) == {"telegram:1": "sent", "telegram:2": "unknown"}
    assert await post.letters.take_back(9) == 0
    assert (await post.seen(0), await post.seen(1)) == (3, 3)
    told = await post.pushes.lately(post.seekers, post.clock.now - timedelta(days=7))
    assert told == {it: [post.clock.now] for it in post.seekers}


async def test_the_week_counts_from_when_it_was_sent(post: Post) -> None:
    digest, push = await post.digest(), await post.planned()
    await post.letters.post(digest.number, [post.letter(push)], [])
    post.clock.pass_minutes(120)
    await post.recipients.take(digest.number, "telegram", 9, again=False)
    told = await post.pushes.lately(post.seekers, post.clock.now - timedelta(hours=1))
    assert told == {post.seekers[0]: [post.clock.now]}


async def test_who_waits_for_what_is_filled_is_stopped(post: Post, openings: Openings) -> None:
    digest, push = await post.digest(), await post.planned()
    await post.letters.post(digest.number, [post.letter(push)], [])
    for job in post.jobs[:2]:
        await openings.fill(job.number)
    assert await post.letters.stop_filled() == 0  # one is open
    await openings.fill(post.jobs[2].number)
    assert await post.letters.stop_filled() == 1
    assert await post.recipients.by_reason(digest.number) == {(Fate.STOPPED, "filled"): 1}


async def test_who_wants_no_campaigns_may_still_want_openings(post: Post) -> None:
    digest = await post.digest()
    one, two = await post.planned("a"), await post.planned("b", 1)
    both = [post.letter(one), post.letter(two, "telegram:2")]
    await post.letters.post(digest.number, both, [])
    await post.preferences.mute("telegram:1", None)
    await post.pushes.set_pace("telegram:2", Pace.NEVER, None)
    [due] = await post.recipients.take(digest.number, "telegram", 9, again=False)
    assert due.urn == "telegram:1"
    assert not (await post.recipients.standings([due.number]))[due.number].wants_none
    assert await post.sent_to(digest) == {"telegram:1": "sending", "telegram:2": "skipped"}
    await post.pushes.set_pace("telegram:1", Pace.NEVER, None)
    assert (await post.recipients.standings([due.number]))[due.number].wants_none


async def test_their_own_quiet_hours_are_kept(post: Post) -> None:
    digest, push = await post.digest(), await post.planned()
    await post.preferences.be_quiet("telegram:1", 0, 24 * 60 - 1)
    await post.letters.post(digest.number, [post.letter(push)], [])
    assert await post.recipients.take(digest.number, "telegram", 9, again=False) == []


async def test_interest_in_an_opening_is_interest_in_the_days_pushes(post: Post) -> None:
    digest, push = await post.digest(), await post.planned()
    await post.letters.post(digest.number, [post.letter(push)], [])
    await post.recipients.take(digest.number, "telegram", 9, again=False)
    await post.offers.accept("telegram:2", post.jobs[0].number)
    echoes = Echoes(post.letters._sessions)
    assert (await echoes.of(digest.number)).interested == 0
    await post.offers.accept("telegram:1", post.jobs[0].number)
    assert (await echoes.of(digest.number)).interested == 1


async def test_what_was_pushed_is_forgotten_with_what_was_said(post: Post) -> None:
    digest, push = await post.digest(), await post.planned()
    await post.letters.post(digest.number, [post.letter(push)], [])
    await post.recipients.stop(digest.number, "expired", 9)
    kept = timedelta(days=180)
    retention = Retention(post.letters._sessions, kept, lambda: post.clock.now)
    assert "recipients" not in await retention.purge(dry_run=True)
    post.clock.now += kept + timedelta(days=1)
    assert (await retention.purge(dry_run=True))["recipients"] == 1
