"""The board of applications: who may see whom, and what the seeker hears of each step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.console.pages.applications import COLUMNS
from bot.jobs.news import News
from bot.pipeline.doorbell import Doorbell
from bot.pipeline.line import Line
from bot.pipeline.messages import Lane, Message
from bot.pipeline.outbox import Outbox
from bot.pipeline.partitions import Keys
from bot.records.audit import Audit
from bot.records.database import Database
from bot.records.followups import FollowUps
from bot.records.staff import Role
from dialogs.work import Step
from tests.wording import WORDS

from .client import Clerk
from .conftest import Clock
from .work import ATTACKS, PHONE, Town, runs_nothing

Come = Callable[..., Awaitable[Clerk]]
BOARD = "/console/applications"


@pytest.fixture
def town(database: Database, clock: Clock) -> Town:
    return Town.of(database, clock)


@pytest.fixture
async def number(town: Town) -> int:
    """An application in 清河县 for work there; both may be told to the employer."""
    opening = await town.offers_work()
    await town.registers("web:1")
    return await town.applies("web:1", opening)


async def step_of(town: Town, urn: str = "web:1") -> tuple[Step, str | None]:
    [application] = await town.applications.of(urn)
    return application.step, application.note


@pytest.mark.parametrize("shares", [True, False])
async def test_name_and_telephone_are_shown_to_whom_the_seeker_agreed(
    clerk: Come, town: Town, audit: Audit, shares: bool
) -> None:
    opening = await town.offers_work()
    await town.registers("web:1")
    await town.applies("web:1", opening, shares=shares)
    somebody = await clerk(Role.STAFF)
    text = (await somebody.opens(BOARD)).text
    assert ("王小明" in text) is shares
    assert (PHONE in text) is shares
    assert ("王** 130****0000" in text) is not shares
    assert ("不同意给单位" in text) is not shares
    assert [it.action for it in await audit.latest(1)] == ["applications_read"]


async def test_a_step_is_taken_and_the_seeker_hears_of_it_once(
    clerk: Come, number: int, town: Town, line: Line, clock: Clock, database: Database, audit: Audit
) -> None:
    somebody = await clerk(Role.STAFF)
    await somebody.opens(BOARD)
    form = {"from": "new", "step": "interview", "note": "周三上午九点，到厂门口，找王经理"}
    seen = await somebody.sends(f"{BOARD}/{number}/move", **form)
    assert seen.status == 200
    assert seen.text.index('id="step-interview"') < seen.text.index("周三上午九点")
    assert await step_of(town) == (Step.INTERVIEW, form["note"])
    entry = (await audit.latest(2))[-1]  # before the board was read again
    assert (entry.action, dict(entry.detail)) == ("application_moved", {"step": "interview"})

    outbox = Outbox(line, Doorbell(lambda _hop, _partition: True, lambda *_: None), lambda: WORDS)
    news = News(town.applications, FollowUps(database.sessions, clock), outbox, {"web"})
    for _ in range(2):
        await news.tell(clock.now)
    hop = Keys.of("web:1").key(Lane.INTERACTIVE.outbox("web"))
    entries = await line.call("XRANGE", hop, "-", "+")
    [said] = [Message.unpack(fields[b"d"]).text for _, fields in entries]
    assert "单位约您面试" in said
    assert form["note"] in said


@pytest.mark.parametrize(
    "form",
    [
        {"from": "new", "step": "new"},
        {"from": "new", "step": "withdrawn"},
        {"from": "new", "step": "filled"},
        {"from": "new", "step": "x"},
        {"from": "new"},
        {"from": "interview", "step": "hired"},
        {"step": "hired"},
    ],
)
async def test_what_makes_no_sense_or_comes_too_late_is_refused(
    clerk: Come, number: int, town: Town, form: dict[str, str]
) -> None:
    somebody = await clerk(Role.STAFF)
    await somebody.opens(BOARD)
    assert (await somebody.sends(f"{BOARD}/{number}/move", **form)).status == 409
    assert await step_of(town) == (Step.NEW, None)


async def test_what_the_seeker_has_withdrawn_stays_so(clerk: Come, number: int, town: Town) -> None:
    await town.applications.withdraw("web:1", number)
    somebody = await clerk(Role.STAFF)
    assert "本人放弃的 1 个" in (await somebody.opens(BOARD)).text
    form = {"from": "withdrawn", "step": "hired"}
    assert (await somebody.sends(f"{BOARD}/{number}/move", **form)).status == 409
    assert (await step_of(town))[0] is Step.WITHDRAWN


async def test_an_application_of_another_county_is_not_there(
    clerk: Come, number: int, town: Town
) -> None:
    here, elsewhere = await clerk(Role.STAFF, "清河县"), await clerk(Role.SUPERVISOR, "威县")
    for somebody, count in ((here, 1), (elsewhere, 0)):
        text = (await somebody.opens(BOARD)).text
        assert text.count("data-row") == count
        assert (PHONE in text) is bool(count)
        assert f"<b>{count}</b>个报名待联系单位" in (await somebody.opens("/console/")).text
    await elsewhere.opens(BOARD)
    sent = await elsewhere.sends(f"{BOARD}/{number}/move", **{"from": "new", "step": "hired"})
    assert sent.status == 404
    assert await step_of(town) == (Step.NEW, None)


async def test_who_serves_the_employer_sees_who_applies_from_elsewhere(
    clerk: Come, town: Town
) -> None:
    opening = await town.offers_work(county="威县", town="洺州镇")
    seeker = await town.registers("web:1", "清河县")
    number = await town.applies("web:1", opening, shares=False)
    employers, seekers = await clerk(Role.STAFF, "威县"), await clerk(Role.STAFF, "清河县")
    text = (await employers.opens(BOARD)).text
    assert f'href="/console/openings/{opening}"' in text
    assert f'href="/console/seekers/{seeker}"' not in text
    assert PHONE not in text
    text = (await seekers.opens(BOARD)).text
    assert f'href="/console/openings/{opening}"' not in text
    assert f'href="/console/seekers/{seeker}"' in text
    await employers.opens(BOARD)
    await employers.sends(f"{BOARD}/{number}/move", **{"from": "new", "step": "passed_on"})
    assert (await step_of(town))[0] is Step.PASSED_ON


@pytest.mark.parametrize("attack", ATTACKS)
async def test_what_comes_from_outside_is_shown_and_never_run(
    clerk: Come, town: Town, attack: str
) -> None:
    opening = await town.offers_work(title=attack, employer=attack, phone=attack)
    await town.registers("web:1", name=attack)
    number = await town.applies("web:1", opening)
    somebody = await clerk(Role.STAFF)
    await somebody.opens(BOARD)
    form = {"from": "new", "step": "passed_on", "note": attack}
    seen = await somebody.sends(f"{BOARD}/{number}/move", **form)
    assert seen.status == 200
    assert runs_nothing(seen.text)
    assert (await step_of(town))[1] == attack


async def test_an_employers_telephone_may_be_told_and_no_identity_number(
    clerk: Come, number: int, town: Town
) -> None:
    somebody = await clerk(Role.STAFF)
    await somebody.opens(BOARD)
    note = f"打 {PHONE}，证件号 11010519491231002X"
    form = {"from": "new", "step": "interview", "note": note}
    await somebody.sends(f"{BOARD}/{number}/move", **form)
    assert await step_of(town) == (Step.INTERVIEW, f"打 {PHONE}，证件号 110105********002X")


async def test_there_is_a_column_for_each_step_that_staff_take(clerk: Come) -> None:
    text = (await (await clerk(Role.STAFF)).opens(BOARD)).text
    assert all(f'id="step-{step}"' in text for step in COLUMNS)
