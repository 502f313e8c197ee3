"""The desk: who sees which ticket, who may do what with it, and what is written down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.pipeline.line import Line
from bot.pipeline.messages import Event, HeardLine, Lane, Message
from bot.pipeline.partitions import Keys
from bot.records.audit import Audit
from bot.records.database import Database
from bot.records.staff import Role
from bot.records.tables import SeekerRow
from bot.records.tickets import Ticket, Tickets
from bot.records.transcripts import Transcripts
from dialogs.talk import Kind

from .client import Clerk
from .conftest import PASSWORD, Clock

Come = Callable[..., Awaitable[Clerk]]


@pytest.fixture
def tickets(database: Database, clock: Clock) -> Tickets:
    return Tickets(database.sessions, clock)


@pytest.fixture
async def ticket(tickets: Tickets) -> Ticket:
    words = "工资<script>alert(1)</script>，打 13000000000"
    ticket = await tickets.open("web:1", words, "e1", "wage-arrears")
    await tickets.call_back("e1", "13000000001", "上午")
    return ticket


async def heard(line: Line) -> list[tuple[str, Kind]]:
    entries = await line.call("XRANGE", Keys.of("web:1").key("inbox"), "-", "+")
    events = [Event.unpack(fields[b"d"]) for _, fields in entries]
    return [(it.heard.text, it.heard.kind) for it in events]


async def said(line: Line) -> list[str]:
    hop = Keys.of("web:1").key(Lane.INTERACTIVE.outbox("web"))
    entries = await line.call("XRANGE", hop, "-", "+")
    return [Message.unpack(fields[b"d"]).text for _, fields in entries]


async def test_a_ticket_is_taken_answered_and_closed(
    clerk: Come, ticket: Ticket, line: Line, audit: Audit, tickets: Tickets
) -> None:
    somebody = await clerk(Role.STAFF)
    path = f"/console/tickets/{ticket.number}"
    seen = await somebody.opens(path)
    assert "我来接" in seen.text
    seen = await somebody.sends(f"{path}/take")
    assert "已接" in seen.text
    for _ in range(2):  # a double click says it once
        await somebody.sends(f"{path}/say", text="您好", key="abc")
    seen = await somebody.sends(f"{path}/close", outcome="answered")
    assert seen.address == "/console/tickets"
    assert await said(line) == ["〔Staff1〕您好"]
    steps = [kind for _, kind in await heard(line)]
    assert steps[0] is Kind.TAKEN_OVER
    assert steps[-1] is Kind.GIVEN_BACK
    acts = [it.action for it in await audit.latest(20) if it.action.startswith("ticket")]
    assert {"ticket_take", "ticket_say", "ticket_close", "ticket_read"} <= set(acts)
    closed = await tickets.get(ticket.number)
    assert closed is not None
    assert closed.outcome == "answered"


async def test_numbers_are_masked_until_they_are_revealed_with_a_reason(
    clerk: Come, ticket: Ticket, audit: Audit
) -> None:
    somebody = await clerk(Role.STAFF)
    path = f"/console/tickets/{ticket.number}"
    for page in (path, "/console/tickets"):
        seen = await somebody.opens(page)
        assert "1300000000" not in seen.text
        assert "130****0000" in seen.text
        assert "<script>alert" not in seen.text
    await somebody.opens(path)
    assert (await somebody.sends(f"{path}/reveal", reason=" ")).status == 409
    seen = await somebody.sends(f"{path}/reveal", reason="回电话")
    assert "13000000000" in seen.text
    assert "13000000001" in seen.text
    [entry] = await audit.latest(1)
    assert (entry.action, dict(entry.detail)) == ("ticket_reveal", {"reason": "回电话"})


async def test_only_who_has_it_speaks(clerk: Come, ticket: Ticket, line: Line) -> None:
    one, other = await clerk(Role.STAFF), await clerk(Role.STAFF)
    path = f"/console/tickets/{ticket.number}"
    await one.opens(path)
    await other.opens(path)
    assert (await other.sends(f"{path}/say", text="您好", key="a")).status == 409
    await one.sends(f"{path}/take")
    assert (await other.sends(f"{path}/take")).status == 409
    for what in ("say", "close", "snooze", "transfer"):
        form = {"text": "x", "key": "a", "outcome": "answered", "hours": "1", "to": "staff2"}
        assert (await other.sends(f"{path}/{what}", **form)).status == 409
    assert await said(line) == []


async def test_a_ticket_of_another_county_is_not_there(
    clerk: Come, ticket: Ticket, database: Database, clock: Clock
) -> None:
    async with database.sessions.begin() as session:
        facts = {"state": "active", "pace": "daily", "is_example": False}
        times = {"registered_at": clock.now, "updated_at": clock.now}
        session.add(SeekerRow(urn="web:1", county="清河县", **facts, **times))
    here, elsewhere = await clerk(Role.STAFF, "清河县"), await clerk(Role.SUPERVISOR, "威县")
    path = f"/console/tickets/{ticket.number}"
    assert (await here.opens(path)).status == 200
    assert "工资" in (await here.opens("/console/tickets")).text
    assert "<b>1</b>" in (await here.opens("/console/")).text
    for address in (path, f"{path}/talk"):
        assert (await elsewhere.opens(address)).status == 404
    for what in ("take", "say", "note", "transfer", "snooze", "close"):
        assert (await elsewhere.sends(f"{path}/{what}")).status == 404
    assert "工资" not in (await elsewhere.opens("/console/tickets")).text
    assert "<b>0</b>" in (await elsewhere.opens("/console/")).text


async def test_a_ticket_goes_only_to_whom_its_region_is_open(
    clerk: Come, ticket: Ticket, database: Database, clock: Clock, tickets: Tickets
) -> None:
    async with database.sessions.begin() as session:
        facts = {"state": "active", "pace": "daily", "is_example": False}
        times = {"registered_at": clock.now, "updated_at": clock.now}
        session.add(SeekerRow(urn="web:1", county="清河县", town="连庄镇", **facts, **times))
    mine = await clerk(Role.STAFF, "清河县")
    for county in ("清河县", "威县"):
        await clerk(Role.STAFF, county)
    path = f"/console/tickets/{ticket.number}"
    await mine.opens(path)
    seen = await mine.sends(f"{path}/take")
    assert 'value="staff2"' in seen.text
    assert 'value="staff3"' not in seen.text
    for nobody in ("staff3", "staff1", "x"):
        assert (await mine.sends(f"{path}/transfer", to=nobody)).status == 409
    assert (await mine.sends(f"{path}/transfer", to="staff2")).status == 200
    now = await tickets.get(ticket.number)
    assert now is not None
    assert now.staff == "staff2"


async def test_a_ready_answer_knows_whom_it_is_for_and_can_be_changed_first(
    clerk: Come, ticket: Ticket
) -> None:
    somebody = await clerk(Role.STAFF)
    path = f"/console/tickets/{ticket.number}"
    await somebody.opens(path)
    seen = await somebody.sends(f"{path}/take")
    assert f"您这件事的编号是{ticket.number}" in seen.text
    assert "我是164热线的Staff1" in seen.text
    seen = await somebody.opens(f"{path}?canned=office")
    assert "required>这件事要到当地的就业服务窗口办" in seen.text


async def test_the_bot_suggests_an_answer_to_what_was_asked_last(
    clerk: Come, ticket: Ticket, database: Database, clock: Clock
) -> None:
    await Transcripts(database.sessions).write(
        [("1-1-0", HeardLine("e2", "web:1", clock.now.timestamp() + 5, "那我多久能拿到", "words"))]
    )
    somebody = await clerk(Role.STAFF)
    path = f"/console/tickets/{ticket.number}"
    await somebody.opens(path)
    seen = await somebody.sends(f"{path}/take")
    assert "required>关于“那我多久能拿到”" in seen.text


async def test_what_is_put_off_does_not_wait(clerk: Come, ticket: Ticket, clock: Clock) -> None:
    somebody = await clerk(Role.STAFF)
    path = f"/console/tickets/{ticket.number}"
    await somebody.opens(path)
    await somebody.sends(f"{path}/take")
    await somebody.sends(f"{path}/snooze", hours="4")
    for seconds, waiting in ((0, "<b>0</b>个工单等人接"), (4 * 3600, "<b>1</b>个工单等人接")):
        clock.pass_seconds(seconds)
        if seconds:
            await somebody.signs_in("staff1", PASSWORD)
        assert waiting in (await somebody.opens("/console/")).text


@pytest.mark.parametrize("hours", ["0", "-1", "999", "x", ""])
async def test_a_ticket_is_put_off_for_a_time_that_makes_sense(
    clerk: Come, ticket: Ticket, hours: str
) -> None:
    somebody = await clerk(Role.STAFF)
    path = f"/console/tickets/{ticket.number}"
    await somebody.opens(path)
    await somebody.sends(f"{path}/take")
    assert (await somebody.sends(f"{path}/snooze", hours=hours)).status == 409
    assert (await somebody.sends(f"{path}/snooze", hours="4")).address == "/console/tickets"
    assert "工资" in (await somebody.opens("/console/tickets?which=later")).text
