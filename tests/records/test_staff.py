"""Staff, where they are signed in, and the keys of their programs."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.records.database import Database
from bot.records.scope import Scope
from bot.records.staff import LoginTaken, Member, Role, Staff
from bot.records.staff_sessions import StaffSessions
from bot.records.tokens import NameTaken, Tokens

from .conftest import Clock


@pytest.fixture
def staff(database: Database, clock: Clock) -> Staff:
    return Staff(database.sessions, clock)


@pytest.fixture
def sessions(database: Database, clock: Clock) -> StaffSessions:
    return StaffSessions(database.sessions, clock)


@pytest.fixture
async def wang(staff: Staff) -> Member:
    return await staff.add("wang", "王", Role.STAFF, "hash", Scope(frozenset({"清河县"})))


async def test_a_new_member_must_change_the_password_they_were_given(wang: Member) -> None:
    assert wang.must_change
    assert wang.is_active
    assert not wang.has_second_factor
    assert wang.scope.covers("清河县")
    assert not wang.scope.covers("威县")
    assert not wang.scope.covers(None)


async def test_an_admin_sees_the_whole_region_whatever_was_written_down(staff: Staff) -> None:
    part = Scope(frozenset({"清河县"}))
    assert (await staff.add("zhao", "赵", Role.ADMIN, "hash", part)).scope.is_whole
    found = await staff.by_login("zhao")
    assert found is not None
    assert found[0].scope.is_whole


async def test_a_login_is_given_once(staff: Staff, wang: Member) -> None:
    with pytest.raises(LoginTaken):
        await staff.add("wang", "另一个王", Role.ADMIN, "hash")


async def test_a_code_of_the_second_factor_counts_once(staff: Staff, wang: Member) -> None:
    await staff.set_second_factor(wang.number, "SECRET", ["a", "b"])
    taken = await asyncio.gather(*(staff.use_step(wang.number, 7) for _ in range(5)))
    assert sorted(taken) == [False] * 4 + [True]
    assert not await staff.use_step(wang.number, 6)
    assert await staff.use_step(wang.number, 8)


async def test_a_recovery_code_counts_once(staff: Staff, wang: Member) -> None:
    await staff.set_second_factor(wang.number, "SECRET", ["a", "b"])
    taken = await asyncio.gather(*(staff.use_recovery(wang.number, "a") for _ in range(4)))
    assert sorted(taken) == [False] * 3 + [True]
    assert not await staff.use_recovery(wang.number, "c")
    assert await staff.use_recovery(wang.number, "b")


async def test_a_telegram_account_is_one_persons(staff: Staff, wang: Member) -> None:
    li = await staff.add("li", "李", Role.ADMIN, "hash")
    await staff.bind_telegram(wang.number, "telegram:1")
    await staff.bind_telegram(li.number, "telegram:1")
    found = await staff.by_telegram("telegram:1")
    assert found is not None
    assert found.login == "li"
    await staff.change(li.number, name="李", role=Role.ADMIN, scope=Scope(), is_active=False)
    assert await staff.by_telegram("telegram:1") is None


async def signed_in(sessions: StaffSessions, staff: int) -> str:
    return await sessions.open(staff, is_whole=True, address="127.0.0.1", browser="x")


async def test_a_session_ends_when_it_is_not_used(
    sessions: StaffSessions, wang: Member, clock: Clock
) -> None:
    token = await signed_in(sessions, wang.number)
    for _ in range(3):
        clock.pass_minutes(29)
        assert await sessions.find(token) is not None
    clock.pass_minutes(31)
    assert await sessions.find(token) is None


async def test_a_session_ends_after_a_working_day(
    sessions: StaffSessions, wang: Member, clock: Clock
) -> None:
    token = await signed_in(sessions, wang.number)
    for _ in range(12 * 60 // 20 - 1):
        clock.pass_minutes(20)
        assert await sessions.find(token) is not None
    clock.pass_minutes(20)
    assert await sessions.find(token) is None


async def test_sessions_are_listed_and_ended(sessions: StaffSessions, wang: Member) -> None:
    first, second = [await signed_in(sessions, wang.number) for _ in range(2)]
    [newer, _] = await sessions.of(wang.number)
    await sessions.end(newer.number, wang.number + 1)
    assert await sessions.find(second) is not None
    await sessions.end(newer.number, wang.number)
    assert await sessions.find(second) is None
    assert await sessions.find(first) is not None
    await sessions.end_all(wang.number)
    assert await sessions.find(first) is None
    assert await sessions.of(wang.number) == []


async def test_no_token_can_be_read_in_the_database(
    sessions: StaffSessions, wang: Member, database: Database, clock: Clock
) -> None:
    token = await signed_in(sessions, wang.number)
    key = await Tokens(database.sessions, clock).make("excel", wang.number)
    async with database.sessions() as session:
        for table in ("staff_sessions", "tokens"):
            rows = (await session.execute(text(f"SELECT * FROM {table}"))).all()
            assert rows
            assert token not in str(rows)
            assert key not in str(rows)


async def test_a_key_opens_until_it_is_revoked(
    database: Database, wang: Member, clock: Clock
) -> None:
    tokens = Tokens(database.sessions, clock)
    token = await tokens.make("excel", wang.number)
    with pytest.raises(NameTaken):
        await tokens.make("excel", wang.number)
    used = await tokens.use(token)
    assert used is not None
    assert (used.name, used.staff, used.used_at) == ("excel", wang.number, clock())
    assert await tokens.use("another") is None
    assert await tokens.revoke("excel")
    assert not await tokens.revoke("excel")
    assert await tokens.use(token) is None
    [key] = await tokens.all()
    assert key.revoked_at == clock() - timedelta(0)
