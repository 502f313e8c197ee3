"""Whatever somebody writes, wherever they may write it, runs on no page: brought in by the ways
that people have, and looked at in a browser, over the whole service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import cycle

import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from bot.sheets import Sheet, write_book
from tests.console.test_gate import MATRIX
from tests.console.work import ATTACKS
from tests.webchat.visitor import Visitor

from .clerk import Clerk

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

OPENINGS = ("岗位名称", "用人单位", "县区", "乡镇", "薪资", "招聘人数", "要求", "联系电话")
PEOPLE = ("姓名", "县", "乡镇", "责任人")
# Pages that show nothing of others, are files, or that this test does not bring about.
NOT_WALKED = {
    "/console/code", "/console/enrol", "/console/password", "/console/openings/export",
    "/console/openings/template", "/console/seekers/template", "/console/lists/{book}/export",
    "/console/figures/report.xlsx", "/console/changes/{number}", "/console/tickets/{number}/talk",
    "/jobs.rss",
}  # fmt: skip
SUBMIT = """([path, fields]) => {
  const form = Object.assign(document.createElement("form"), {method: "post", action: path});
  const csrf = document.querySelector("[name=csrf]").value;
  for (const [name, value] of [["csrf", csrf], ...Object.entries(fields)]) {
    const area = Object.assign(document.createElement("textarea"), {name, value});
    form.append(area);
  }
  document.body.append(form);
  form.submit();
}"""
LINKS = "[...document.links].map((it) => it.getAttribute('href'))"


class Intruder:
    """Brings every attack in, one after the other, wherever words are taken."""

    def __init__(self, clerk: Clerk) -> None:
        self.clerk = clerk
        self.page: Page = clerk.page
        self._attacks: Iterator[str] = cycle(ATTACKS)

    def words(self) -> str:
        return next(self._attacks)

    async def sends(self, path: str, **fields: str) -> None:
        """Submit a form of the console; what is not given is an attack."""
        told = {name: value or self.words() for name, value in fields.items()}
        async with self.page.expect_navigation(wait_until="load"):
            await self.page.evaluate(SUBMIT, [f"/console/{path}", told])
        await self.is_unharmed()

    async def uploads(self, path: str, header: tuple[str, ...], *fixed: str) -> None:
        """Import a table of which every cell is an attack but those that must be something."""
        rows = [[one or attack for one in fixed] for attack in ATTACKS]
        await self.clerk.opens(path)
        book = write_book([Sheet("表", header, rows)])
        sheet = FilePayload(name=f"{ATTACKS[1]}.xlsx", mimeType="", buffer=book)
        await self.page.locator("[name=file]").set_input_files(sheet)
        for button in ("试读", "确认导入"):
            async with self.page.expect_navigation(wait_until="load"):
                await self.clerk.presses(button)
            await self.is_unharmed()

    async def is_unharmed(self) -> None:
        assert self.clerk.errors == [], self.page.url
        assert await self.page.evaluate("violations") == [], self.page.url

    async def walks(self, *begin: str) -> set[str]:
        """Every page that can be reached from there, one of each kind; their kinds."""
        seen: set[str] = set()
        to_do = list(begin)
        while to_do:
            path = to_do.pop()
            kind = kind_of(path)
            if kind in seen:
                continue
            seen.add(kind)
            if kind.partition("?")[0] in NOT_WALKED:
                continue
            await self.page.goto(self.clerk.url.rstrip("/") + path)
            await self.is_unharmed()
            found = await self.page.evaluate(LINKS)
            to_do += [it for it in found if it.startswith(("/console/", "/jobs"))]
        return seen


def kind_of(path: str) -> str:
    """The page's address without what differs from one of its kind to another."""
    path, _, query = path.partition("#")[0].partition("?")
    path = re.sub(r"/\d+", "/{number}", path)
    path = re.sub(r"/lists/\w+", "/lists/{book}", path)
    names = sorted({it.partition("=")[0] for it in query.split("&") if it})
    return f"{path}?{'&'.join(names)}" if path == "/console/talks" and "whose" in names else path


async def visits(browser: Browser, url: str) -> Visitor:
    """Somebody in the chat says every attack, and asks for a person with one."""
    visitor = Visitor(await browser.new_page(locale="zh-CN"))
    await visitor.comes(url)
    for words in ATTACKS:
        await visitor.types(words)
        await visitor.sees(words)
    await visitor.types("人工")  # the last attack is what the person is asked
    await expect(visitor.page.locator(".said").last).to_contain_text("编号")
    return visitor


async def test_nothing_that_is_written_runs(office_url: str, chrome: Browser, admin: Clerk) -> None:
    visitor = await visits(chrome, office_url)
    intruder = Intruder(admin)
    await admin.opens("tickets")
    ticket = await admin.page.locator("tr[data-row] a").last.inner_text()
    await intruder.sends("staff/1", name=ATTACKS[0], role="admin", is_active="yes")
    await intruder.uploads("openings/import", OPENINGS, "", "", "清河县", "", "5000", "5", "", "")
    await intruder.uploads("seekers/import", PEOPLE, "", "清河县", "", "")
    fields = dict.fromkeys(("title", "employer", "address", "description", "requirements",
                            "contact", "hours"), "")  # fmt: skip
    await intruder.sends("openings/new", **fields, county="威县", pay="5000元/月")
    await intruder.sends("seekers/1/note", kind="noted", text="")
    await intruder.sends("seekers/1/assign", station="", officer="")
    await intruder.sends("seekers/1/person", name="")
    await intruder.sends("seekers/1/wish", hours="", training="")
    for step, fields in {
        "take": {},
        "say": {"text": "", "key": "k1"},
        "note": {"text": ""},
        "reveal": {"reason": ""},
    }.items():
        await intruder.sends(f"tickets/{ticket}/{step}", **fields)
    for number, attack in enumerate(ATTACKS[:4]):
        await intruder.sends("campaigns", name=attack, words=attack, key=f"k{number}")
    campaign = admin.page.url.partition("/console/")[2]
    await intruder.sends(f"{campaign}/freeze", key="f")
    await intruder.sends("plans", name="", a_week="5", unanswered="50")
    for page in ("talks", "openings", "seekers", "lists/demand"):
        await intruder.sends("bookmarks", page=f"/console/{page}", query="", name="")
    await intruder.sends("unanswered/write", title="", question="")
    await intruder.sends("switches/off", name="dialog:jobs", reason="")
    await admin.opens("talks")
    number = await admin.page.locator("tr[data-row] a").first.inner_text()
    await intruder.sends(f"talks/{number}/label", label="")
    await intruder.sends(f"talks/{number}/note", text="", due="2030-01-01")
    await intruder.sends(f"talks/{number}/reveal", reason="")

    seen = await intruder.walks("/console/", f"/console/tickets/{ticket}", f"/console/{campaign}")
    pages = {path.removeprefix("GET ") for path in MATRIX if path.startswith("GET ")}
    assert pages - NOT_WALKED <= {it.partition("?")[0] for it in seen}
    await intruder.sends("switches/on", name="dialog:jobs")
    assert {"/jobs", "/jobs/{number}"} <= await intruder.walks("/jobs")
    await admin.opens("")
    await intruder.sends("staff/1", name="管理员", role="admin", is_active="yes")
    assert visitor.errors == []
    await visitor.page.context.close()
