"""What guards every page: roles, forged forms, headers, sizes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.console.site import ConsoleSite
from bot.console.visit import ADMINS, EVERYBODY, SUPERVISORS
from bot.records.audit import Audit
from bot.records.scope import Scope
from bot.records.staff import Role, Staff

from .client import Clerk

Come = Callable[..., Awaitable[Clerk]]

OPENING_PAGES = ("", "/{number}", "/{number}/edit", "/new", "/import", "/export", "/template")
OPENING_FORMS = (
    "/new", "/import", "/import/confirm",
    *(f"/{{number}}/{what}" for what in ("edit", "release", "hold", "fill", "close", "extend")),
)  # fmt: skip
SEEKER_PAGES = (
    "",
    "/{number}",
    "/{number}/card",
    "/{number}/wish",
    "/{number}/person",
    "/import",
    "/template",
)
SEEKER_FORMS = (
    "/import", "/import/confirm",
    *(f"/{{number}}/{what}" for what in ("reveal", "assign", "note", "answer", "card",
                                       "told", "reply", "wish", "person")),
)  # fmt: skip

CAMPAIGN_FORMS = (
    "change", "test", "freeze", "export", "approve", "start", "pause", "resume", "cancel", "retry",
    "extend",
)  # fmt: skip

# Every route and who may use it. A route that is not here makes the test fail: whoever adds one
# says here who may.
MATRIX = {
    "GET /console/": EVERYBODY,
    "GET /console/account": EVERYBODY,
    "POST /console/account/sessions/{number}/end": EVERYBODY,
    "GET /console/account/telegram": EVERYBODY,
    "POST /console/account/telegram/code": EVERYBODY,
    "POST /console/account/telegram/unbind": EVERYBODY,
    "GET /console/code": EVERYBODY,
    "POST /console/code": EVERYBODY,
    "GET /console/enrol": EVERYBODY,
    "POST /console/enrol": EVERYBODY,
    "GET /console/password": EVERYBODY,
    "POST /console/password": EVERYBODY,
    "POST /console/sign-out": EVERYBODY,
    "GET /console/tickets": EVERYBODY,
    "GET /console/tickets/{number}": EVERYBODY,
    "GET /console/tickets/{number}/talk": EVERYBODY,
    **{
        f"POST /console/tickets/{{number}}/{what}": EVERYBODY
        for what in ("take", "say", "note", "transfer", "snooze", "close", "reveal")
    },
    **{f"GET /console/openings{it}": EVERYBODY for it in OPENING_PAGES},
    **{f"POST /console/openings{it}": EVERYBODY for it in OPENING_FORMS},
    **{f"GET /console/seekers{it}": EVERYBODY for it in SEEKER_PAGES},
    **{f"POST /console/seekers{it}": EVERYBODY for it in SEEKER_FORMS},
    "GET /console/lists": EVERYBODY,
    "GET /console/lists/{book}": EVERYBODY,
    "GET /console/lists/{book}/export": EVERYBODY,
    "POST /console/lists/{book}/export": EVERYBODY,
    "GET /console/applications": EVERYBODY,
    "POST /console/applications/{number}/move": EVERYBODY,
    "POST /console/bookmarks": EVERYBODY,
    "POST /console/bookmarks/{number}/drop": EVERYBODY,
    **{f"GET /console/talks{it}": SUPERVISORS for it in ("", "/{number}")},
    "POST /console/talks/export": SUPERVISORS,
    **{
        f"POST /console/talks/{{number}}/{what}": SUPERVISORS
        for what in ("reveal", "score", "label", "note", "done", "unread")
    },
    "GET /console/points": SUPERVISORS,
    "GET /console/plans": SUPERVISORS,
    "POST /console/plans": SUPERVISORS,
    "POST /console/plans/{number}/draw": SUPERVISORS,
    "POST /console/plans/{number}/end": SUPERVISORS,
    "GET /console/unanswered": SUPERVISORS,
    "POST /console/unanswered/write": SUPERVISORS,
    "GET /console/changes": SUPERVISORS,
    "POST /console/changes": SUPERVISORS,
    "GET /console/changes/{number}": SUPERVISORS,
    "POST /console/changes/{number}/approve": SUPERVISORS,
    "POST /console/changes/{number}/reject": SUPERVISORS,
    **{f"GET /console/figures{it}": SUPERVISORS for it in ("", "/report", "/report.xlsx")},
    **{f"GET /console/campaigns{it}": EVERYBODY for it in ("", "/{number}", "/{number}/missed")},
    "POST /console/campaigns": EVERYBODY,
    **{f"POST /console/campaigns/{{number}}/{it}": EVERYBODY for it in CAMPAIGN_FORMS},
    "POST /console/campaigns/{number}/approve": SUPERVISORS,
    "GET /console/staff": ADMINS,
    "POST /console/staff": ADMINS,
    "GET /console/staff/{number}": ADMINS,
    "POST /console/staff/{number}": ADMINS,
    "POST /console/staff/{number}/reset": ADMINS,
    "GET /console/switches": ADMINS,
    "POST /console/switches/off": ADMINS,
    "POST /console/switches/on": ADMINS,
    "GET /console/audit": ADMINS,
    "GET /console/audit/verify": ADMINS,
}


def test_every_route_says_who_may_use_it(make_site: Callable[..., ConsoleSite]) -> None:
    table = {f"{it.method} {it.path}": it.roles for it in make_site().routes}
    assert table == MATRIX
    assert SUPERVISORS < EVERYBODY


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_reaches_its_pages_and_no_other(
    make_site: Callable[..., ConsoleSite], clerk: Come, role: Role
) -> None:
    somebody = await clerk(role)
    for route in make_site().routes:
        path = route.path.replace("{number}", "999").replace("{book}", "ledger")
        if route.alone:
            continue
        if route.method == "GET":
            seen = await somebody.opens(path)
        else:
            seen = await somebody.sends(path)
        assert (seen.status == 403) == (role not in route.roles), route


async def test_a_form_of_another_site_changes_nothing(
    clerk: Come, staff: Staff, audit: Audit
) -> None:
    admin = await clerk(Role.ADMIN)
    await admin.opens("/console/staff")
    form = {"login": "eve", "name": "Eve", "role": "admin"}
    forged = [
        await admin.posts("/console/staff", form),
        await admin.posts("/console/staff", {**form, "csrf": "x"}),
        await admin.posts("/console/staff", {**form, "csrf": "汉"}),
        await admin.posts("/console/staff", {**form, "csrf": admin.csrf}, "https://evil.example"),
    ]
    assert [seen.status for seen in forged] == [403] * 4
    assert await staff.by_login("eve") is None
    assert [it.action for it in await audit.latest(4)] == ["forged"] * 4


async def test_the_token_of_one_session_is_not_anothers(clerk: Come, staff: Staff) -> None:
    one, other = await clerk(Role.ADMIN), await clerk(Role.ADMIN)
    await one.opens("/console/staff")
    form = {"login": "eve", "name": "Eve", "role": "admin", "csrf": one.csrf}
    assert (await other.posts("/console/staff", form)).status == 403
    assert await staff.by_login("eve") is None


async def test_nobody_ends_anothers_session(clerk: Come) -> None:
    one, other = await clerk(Role.STAFF), await clerk(Role.STAFF)
    for number in range(1, 9):
        await one.opens("/console/account")
        await one.sends(f"/console/account/sessions/{number}/end")
    assert (await other.opens("/console/account")).address == "/console/account"


async def test_an_admin_cannot_demote_themselves(clerk: Come, staff: Staff) -> None:
    admin = await clerk(Role.ADMIN)
    found = await staff.by_login("admin1")
    assert found is not None
    path = f"/console/staff/{found[0].number}"
    await admin.opens(path)
    seen = await admin.sends(path, name="A", role="staff", is_active="yes")
    assert seen.status == 409
    assert "不能改自己的角色" in seen.text


async def test_an_admin_is_one_of_the_whole_region(clerk: Come, staff: Staff) -> None:
    admin = await clerk(Role.ADMIN)
    await admin.opens("/console/staff")
    form = {"county": "清河县", "town": "葛仙庄镇", "name": "李"}
    for login, role in (("li", "admin"), ("wang", "staff")):
        await admin.sends("/console/staff", login=login, role=role, **form)
    found = [await staff.by_login(login) for login in ("li", "wang")]
    scopes = [it[0].scope for it in found if it is not None]
    assert scopes == [Scope(), Scope(frozenset({"清河县"}), frozenset({"葛仙庄镇"}))]
    listed = await admin.opens("/console/staff")
    assert "清河县（葛仙庄镇）" in listed.text


async def test_only_the_fields_of_a_form_are_taken(clerk: Come, staff: Staff) -> None:
    admin = await clerk(Role.ADMIN)
    await admin.opens("/console/staff")
    extra = {"must_change": "", "password": "x", "telegram": "telegram:1", "county": "火星县"}
    await admin.sends("/console/staff", login="li", name="李", role="staff", **extra)
    found = await staff.by_login("li")
    assert found is not None
    member, proofs = found
    assert member.must_change
    assert member.telegram is None
    assert member.scope.is_whole  # no such county
    assert proofs.password.startswith("$argon2id$")


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


async def test_every_answer_is_guarded(make_site: Callable[..., ConsoleSite], clerk: Come) -> None:
    admin = await clerk(Role.ADMIN)
    paths = [it.path for it in make_site().routes if it.method == "GET"]
    missing = ["/console/sign-in", "/console/staff/999", "/console/staff/x"]
    nonces = set()
    for path in (*paths, *missing):
        seen = await admin.opens(path.replace("{number}", "1").replace("{book}", "ledger"))
        for name, value in HEADERS.items():
            assert seen.headers[name] == value, path
        policy = seen.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert seen.headers["Cache-Control"] == "no-store"
        nonces.add(policy.partition("'nonce-")[2].partition("'")[0])
    assert len(nonces) == len(paths) + len(missing)


async def test_a_name_is_shown_and_never_run(clerk: Come, staff: Staff) -> None:
    admin = await clerk(Role.ADMIN)
    await admin.opens("/console/staff")
    name = "<img src=x onerror=alert(1)>\u202e"
    await admin.sends("/console/staff", login="eve", name=name, role="staff")
    seen = await admin.opens("/console/staff")
    assert "&lt;img src=x" in seen.text
    assert "<img src=x" not in seen.text
    assert "\u202e" not in seen.text


async def test_too_large_a_form_is_refused(clerk: Come) -> None:
    admin = await clerk(Role.ADMIN)
    await admin.opens("/console/staff")
    seen = await admin.sends("/console/staff", login="x" * 100_000)
    assert seen.status == 413


@pytest.mark.parametrize("number", ["0", "-1", "9" * 30, "1.5", "%00", "..%2f..%2fetc", "汉"])
async def test_any_number_in_an_address_is_answered_kindly(clerk: Come, number: str) -> None:
    admin = await clerk(Role.ADMIN)
    assert (await admin.opens(f"/console/staff/{number}")).status == 404


async def test_a_switch_needs_a_reason_and_is_audited(clerk: Come, audit: Audit) -> None:
    admin = await clerk(Role.ADMIN)
    await admin.opens("/console/switches")
    assert (await admin.sends("/console/switches/off", name="bot")).status == 409
    assert (await admin.sends("/console/switches/off", name="x", reason="y")).status == 409
    seen = await admin.sends("/console/switches/off", name="channel:web", reason="维护")
    assert "维护" in seen.text
    [entry] = await audit.latest(1)
    assert (entry.action, dict(entry.detail)) == (
        "switched_off",
        {"name": "channel:web", "reason": "维护"},
    )
    seen = await admin.sends("/console/switches/on", name="channel:web")
    assert "维护" not in seen.text
