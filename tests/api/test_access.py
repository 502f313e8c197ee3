"""Who may do what over the API: nobody without a key, and a key no more than its owner."""

from __future__ import annotations

from collections.abc import Mapping
from gzip import compress

import pytest
from aiohttp import ClientSession
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.records.audit import Audit
from bot.records.database import Database
from bot.records.staff import Role, Staff
from bot.records.tokens import Tokens
from tests.api.conftest import Hire
from tests.api.program import Description, Program
from tests.api.test_campaigns import DRAFT
from tests.api.test_openings import OWN, WELDER

SUPERVISORS, EVERYBODY = {"supervisor", "admin"}, {"staff", "supervisor", "admin"}
MATRIX = {
    **{
        f"campaign_{it}": EVERYBODY
        for it in (
            "draft", "read", "change", "preview", "test", "freeze", "start", "pause",
            "resume", "cancel", "retry", "extend", "report", "recipients",
        )
    },
    "campaign_approve": SUPERVISORS,
    "campaigns_list": EVERYBODY,
    **{f"opening_{it}": EVERYBODY for it in ("read", "close", "own_read", "put", "own_close")},
    "openings_list": EVERYBODY,
}  # fmt: skip
BODIES: Mapping[str, object] = {
    "campaign_draft": DRAFT,
    "campaign_change": DRAFT,
    "campaign_test": {"urn": "web:me"},
    "opening_put": WELDER,
}


def test_every_operation_says_who_may_use_it(description: Description) -> None:
    found = {name: set(it["x-roles"]) for name, (_, _, it) in description.operations().items()}
    assert found == MATRIX


@pytest.mark.parametrize("region", ["", "清河县", "威县"])
async def test_each_operation_for_each_role_and_region(
    hire: Hire, anna: Program, description: Description, audit: Audit, region: str
) -> None:
    """What there is belongs to Qinghe, and the campaign to Anna; an admin has the whole region."""
    await anna.asks("POST", "/campaigns", DRAFT)
    await anna.asks("PUT", f"{OWN}/Q", WELDER)
    somebody = {it: await hire(it, it, *([region] if region else [])) for it in Role}
    for name, (method, path, _) in description.operations().items():
        one = path.removeprefix("/api/v1").replace("{number}", "1").replace("{reference}", "Q")
        for role, program in somebody.items():
            answer = await program.asks(method, one, BODIES.get(name))
            if role not in MATRIX[name]:
                assert answer.status == 403, name
                [last] = await audit.latest(1)
                assert (last.action, last.staff) == ("denied", role)
                assert last.detail == {"key": f"{role}-key"}
            elif hidden := _hidden(name, path, "" if role is Role.ADMIN else region):
                assert answer.status == hidden, name
            else:
                assert answer.status in (200, 201, 409), name


def _hidden(name: str, path: str, region: str) -> int:
    """How it is told that nothing of the region is meant; 0: it is."""
    is_one = "{" in path
    if name == "opening_put":
        return 422 if region == "威县" else 0
    if name.startswith("campaign"):
        return 404 if is_one and region else 0
    return 404 if is_one and region == "威县" else 0


async def test_without_a_good_key_nothing_opens(
    stranger: Program,
    hire: Hire,
    staff: Staff,
    tokens: Tokens,
    audit: Audit,
    description: Description,
) -> None:
    nobody = await stranger.asks("GET", "/campaigns")
    assert (nobody.status, nobody.headers["WWW-Authenticate"]) == (401, 'Bearer realm="hotline"')
    gone, revoked = await hire("gone", Role.ADMIN), await hire("revoked", Role.ADMIN)
    assert await tokens.revoke("revoked-key")
    [member] = [it for it in await staff.all() if it.login == "gone"]
    await staff.change(
        member.number, name="", role=member.role, scope=member.scope, is_active=False
    )
    assert (await gone.asks("GET", "/campaigns")).status == 401
    [refused] = await audit.latest(1)
    assert (refused.action, refused.staff, refused.detail) == (
        "key_refused", "gone", {"key": "gone-key"},
    )  # fmt: skip
    assert (await revoked.asks("GET", "/campaigns")).status == 401
    for wrong in ("Basic YTpi", "Bearer", "Bearer " + "x" * 5000, "Bearer \u6c49", "bearer ä"):
        answer = await stranger.sends("GET", "/campaigns", {"Authorization": wrong})
        assert answer.status in (401, 429)


async def test_guessing_is_slowed_down_and_a_good_key_still_opens(
    stranger: Program, anna: Program, audit: Audit
) -> None:
    seen = [await stranger.asks("GET", "/openings") for _ in range(8)]
    assert [it.status for it in seen[:5]] == [401] * 5
    assert seen[-1].status == 429
    assert 1 <= int(seen[-1].headers["Retry-After"]) <= 900
    assert sum(it.action == "key_refused" for it in await audit.latest(20)) < 8
    assert (await anna.asks("GET", "/openings")).status == 200


async def test_what_is_not_there_is_not_there(anna: Program, audit: Audit) -> None:
    for path in ("/campaigns/7", "/campaigns/x", "/campaigns/" + "9" * 30, "/openings/0"):
        assert (await anna.asks("GET", path)).status == 404
    [last] = await audit.latest(1)
    assert (last.action, last.about) == ("not_there", "/api/v1/openings/0")
    assert (await anna.asks("GET", "/nothing")).told["title"].startswith("没有这一项")
    wrong = await anna.asks("DELETE", "/campaigns/1")
    assert (wrong.status, wrong.headers["Allow"]) == (405, "GET, PUT")


async def test_a_body_that_cannot_be_read_is_told(anna: Program) -> None:
    json = {"Content-Type": "application/json"}

    async def status(data: object, headers: Mapping[str, str] = json) -> int:
        return (await anna.sends("POST", "/campaigns", headers, data=data)).status

    assert [await status(it) for it in (b"{", b"[]", b"\xff", b'{"name": "\\ud800"}')] == [400] * 4
    assert await status(b"{}", {"Content-Type": "text/plain"}) == 415
    assert await status(compress(b"{}"), {**json, "Content-Encoding": "gzip"}) == 415
    assert await status(b" " * 70_000) == 413
    assert await status(b" " * 200_000) == 413
    long = await anna.sends(
        "POST", "/campaigns", {**json, "Idempotency-Key": "x" * 101}, data=b"{}"
    )
    assert long.status == 422


async def test_the_headers_protect_and_no_other_site_may_ask(
    anna: Program, stranger: Program
) -> None:
    answers = [
        await anna.asks("GET", "/openings"),
        await stranger.asks("GET", "/openings"),
        await anna.sends("OPTIONS", "/openings", {"Origin": "https://evil.example"}),
    ]
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert not any(name.startswith("Access-Control") for name in answer.headers)


async def test_what_is_away_is_told_and_no_key_is_logged(
    tokens: Tokens, staff: Staff, database: Database, url: str, description: Description
) -> None:
    member = await staff.add("robot", "", Role.ADMIN, "-")
    key = await tokens.make("robot", member.number)
    program = Program(url, key, description)
    async with database.sessions.begin() as session:
        await session.execute(text("DROP TABLE campaigns"))
    with capture_logs() as logs:
        down = await program.asks("GET", "/campaigns")
        await program.sends("GET", "/campaigns", {"Authorization": f"Bearer {key}x"})
    await program.leaves()
    assert (down.status, down.headers["Retry-After"]) == (503, "5")
    assert [it["event"] for it in logs] == ["api.later"]
    assert key not in str(logs)


async def test_no_cookie_of_the_console_opens_it(url: str) -> None:
    async with ClientSession(cookies={"staff": "x"}) as http:
        response = await http.get(f"{url}/api/v1/campaigns")
    assert response.status == 401
