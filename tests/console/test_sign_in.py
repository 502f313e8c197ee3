"""Signing in: what is asked for, what a stranger learns, and how guessing is slowed down."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable

import pyotp
import pytest
from yarl import URL

from bot.records.audit import Audit
from bot.records.staff import Role, Staff

from .client import Clerk, Seen
from .conftest import PASSWORD, Clock

Hire = Callable[..., Awaitable[str]]


@pytest.fixture
async def stranger(url: str) -> AsyncIterator[Clerk]:
    stranger = Clerk(url)
    yield stranger
    await stranger.leaves()


@pytest.fixture
async def strict(strict_url: str) -> AsyncIterator[Clerk]:
    clerk = Clerk(strict_url)
    yield clerk
    await clerk.leaves()


async def test_nothing_is_shown_to_a_stranger(stranger: Clerk) -> None:
    seen = await stranger.opens("/console/staff")
    assert seen.address == "/console/sign-in?next=/console/staff"
    assert "账号" in seen.text


async def test_after_signing_in_one_is_where_one_wanted_to_be(stranger: Clerk, hire: Hire) -> None:
    await hire("wang", Role.ADMIN)
    seen = await stranger.signs_in("wang", PASSWORD, "/console/audit?staff=wang")
    assert seen.address == "/console/audit?staff=wang"
    assert "sign_in" in seen.text


@pytest.mark.parametrize(
    "then",
    ["https://evil.example/", "//evil.example/", "/console//evil.example", "/console/\\evil",
     "/\\evil.example", "javascript:alert(1)", "/console/\r\nX: y", ""],
)  # fmt: skip
async def test_a_link_to_the_sign_in_leads_nowhere_else(
    stranger: Clerk, hire: Hire, then: str
) -> None:
    await hire("wang", Role.ADMIN)
    seen = await stranger.signs_in("wang", PASSWORD, then)
    assert seen.address == "/console/"


async def test_a_wrong_login_and_a_wrong_password_look_the_same(
    stranger: Clerk, hire: Hire
) -> None:
    await hire("wang", Role.STAFF)
    wrong = await stranger.signs_in("wang", "falsch-falsch-falsch")
    unknown = await stranger.signs_in("nobody", PASSWORD)
    assert wrong.status == unknown.status == 403
    assert nonceless(wrong) == nonceless(unknown)


def nonceless(seen: Seen) -> str:
    return re.sub(r'nonce="[^"]+"', "", seen.text)


async def test_guessing_is_slowed_down_and_a_slip_is_not(stranger: Clerk, hire: Hire) -> None:
    await hire("wang", Role.STAFF)
    answers = [(await stranger.signs_in("wang", f"guess-{n}")).status for n in range(8)]
    assert answers[:5] == [403] * 5
    assert answers[5:].count(429) >= 2
    assert (await stranger.signs_in("wang", PASSWORD)).status == 429


async def test_who_guesses_one_account_does_not_lock_another(stranger: Clerk, hire: Hire) -> None:
    await hire("wang", Role.STAFF)
    for number in range(10):
        await stranger.signs_in("li", f"guess-{number}")
    assert (await stranger.signs_in("wang", PASSWORD)).address == "/console/"


async def test_a_session_known_before_signing_in_is_worth_nothing(
    stranger: Clerk, hire: Hire
) -> None:
    await hire("wang", Role.STAFF)
    stranger.http.cookie_jar.update_cookies({"staff": "planted"}, URL(stranger.url))
    await stranger.signs_in("wang", PASSWORD)
    [cookie] = [it for it in stranger.http.cookie_jar if it.key == "staff"]
    assert cookie.value != "planted"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


async def test_the_first_password_must_be_changed(
    stranger: Clerk, staff: Staff, hire: Hire
) -> None:
    await hire("wang", Role.STAFF)
    found = await staff.by_login("wang")
    assert found is not None
    member, proofs = found
    await staff.set_password(member.number, proofs.password, must_change=True)
    seen = await stranger.signs_in("wang", PASSWORD)
    assert seen.address == "/console/password"
    assert (await stranger.opens("/console/account")).address == "/console/password"
    same = await stranger.sends("/console/password", old=PASSWORD, new=PASSWORD, again=PASSWORD)
    assert "不能和现在的一样" in same.text
    new = "ganz-neues-wort-7"
    seen = await stranger.sends("/console/password", old=PASSWORD, new=new, again=new)
    assert seen.address == "/console/"
    assert "密码已修改" in seen.text


@pytest.mark.parametrize(
    ("new", "why"),
    [("kurz", "至少要 10 个字符"), ("hotline164", "太容易猜到"), ("wangwangwang1", "太容易猜到"),
     ("x" * 300, "最多 256")],
)  # fmt: skip
async def test_a_weak_password_is_refused_with_the_reason(
    stranger: Clerk, hire: Hire, new: str, why: str
) -> None:
    await hire("wang", Role.STAFF)
    await stranger.signs_in("wang", PASSWORD)
    await stranger.opens("/console/password")
    seen = await stranger.sends("/console/password", old=PASSWORD, new=new, again=new)
    assert why in seen.text


async def enrolled(clerk: Clerk, clock: Clock, login: str) -> tuple[str, list[str]]:
    """Sign in for the first time; the secret and the recovery codes."""
    seen = await clerk.signs_in(login, PASSWORD)
    assert seen.address == "/console/enrol"
    secret = re.search(r'name="secret" value="([A-Z2-7]+)"', seen.text)
    assert secret
    code = pyotp.TOTP(secret[1]).at(clock())
    seen = await clerk.sends("/console/enrol", secret=secret[1], code=code)
    codes = re.search(r'<pre class="code">([^<]+)</pre>', seen.text)
    assert codes
    return secret[1], codes[1].split()


async def test_with_a_second_factor_the_password_alone_opens_nothing(
    strict: Clerk, strict_url: str, hire: Hire, clock: Clock, staff: Staff
) -> None:
    await hire("wang", Role.ADMIN)
    secret, _ = await enrolled(strict, clock, "wang")
    assert secret not in str(await staff.by_login("wang"))  # whoever reads the database
    assert (await strict.opens("/console/staff")).address == "/console/staff"
    other = Clerk(strict_url)
    seen = await other.signs_in("wang", PASSWORD)
    assert seen.address == "/console/code"
    for path in ("/console/", "/console/staff", "/console/enrol", "/console/account"):
        assert (await other.opens(path)).address == "/console/code"
    stolen = await other.sends("/console/enrol", secret=pyotp.random_base32(), code="000000")
    assert stolen.status == 403
    await other.opens("/console/code")
    assert (await other.sends("/console/code", code="000000")).status == 403
    used = pyotp.TOTP(secret).at(clock())
    assert (await other.sends("/console/code", code=used)).status == 403
    clock.pass_seconds(30)
    seen = await other.sends("/console/code", code=pyotp.TOTP(secret).at(clock()))
    assert seen.address == "/console/"
    await other.leaves()


async def test_a_recovery_code_opens_once(
    strict: Clerk, strict_url: str, hire: Hire, clock: Clock
) -> None:
    await hire("wang", Role.ADMIN)
    _, codes = await enrolled(strict, clock, "wang")
    answers = []
    for _ in range(2):
        other = Clerk(strict_url)
        await other.signs_in("wang", PASSWORD)
        answers.append((await other.sends("/console/code", code=f" {codes[3]} ")).status)
        await other.leaves()
    assert answers == [200, 403]


async def test_who_is_disabled_is_out_at_once(stranger: Clerk, staff: Staff, hire: Hire) -> None:
    await hire("wang", Role.ADMIN)
    await stranger.signs_in("wang", PASSWORD)
    found = await staff.by_login("wang")
    assert found is not None
    member = found[0]
    await staff.change(
        member.number, name="W", role=member.role, scope=member.scope, is_active=False
    )
    assert (await stranger.opens("/console/")).address.startswith("/console/sign-in")
    assert (await stranger.signs_in("wang", PASSWORD)).status == 403


async def test_signing_out_ends_the_session_on_the_server(stranger: Clerk, hire: Hire) -> None:
    await hire("wang", Role.ADMIN)
    await stranger.signs_in("wang", PASSWORD)
    [token] = [it.value for it in stranger.http.cookie_jar if it.key == "staff"]
    await stranger.sends("/console/sign-out")
    stranger.http.cookie_jar.update_cookies({"staff": token}, URL(stranger.url))
    assert (await stranger.opens("/console/")).address.startswith("/console/sign-in")


async def test_every_attempt_is_in_the_audit(stranger: Clerk, audit: Audit, hire: Hire) -> None:
    await hire("wang", Role.STAFF)
    await stranger.signs_in("wang", "falsch")
    await stranger.signs_in(PASSWORD, "wang")  # the fields mixed up
    await stranger.signs_in("wang", PASSWORD)
    await stranger.opens("/console/staff")
    told = [(it.staff, it.action) for it in await audit.latest(10)]
    assert told == [
        ("wang", "denied"),
        ("wang", "sign_in"),
        ("-", "sign_in_failed"),
        ("wang", "sign_in_failed"),
    ]
    assert (await audit.verify()).broken_at is None
