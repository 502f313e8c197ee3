"""Somebody at the console with a real browser."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path

from playwright.async_api import Browser, Page, StorageState, ViewportSize, expect

from tests.webchat.visitor import WATCH

DESK = ViewportSize(width=1366, height=768)
PHONE = ViewportSize(width=390, height=844)
PASSWORD = "ganz-neues-wort-7"
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
# Only what is broken is gathered, and only what is serious of it told.
FAULTS = """async () => {
    const found = await axe.run({resultTypes: ["violations"]});
    const serious = found.violations.filter((it) => ["serious", "critical"].includes(it.impact));
    return serious.flatMap((it) => it.nodes.map((node) => `${it.id}: ${node.html.slice(0, 150)}`));
}"""
WIDTH = "document.documentElement.scrollWidth"


class Clerk:
    """A member of staff; notes every error a page makes."""

    def __init__(self, page: Page, url: str) -> None:
        """`url`: of the service."""
        self.page = page
        self.url = url
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: self.errors.append(f"dialog: {dialog.message}"))
        page.on("console", lambda it: self._note(it.type, f"{it.text} {it.location}"))

    async def opens(self, path: str) -> None:
        """Go to a page of the console."""
        await self.page.goto(f"{self.url}console/{path}")

    async def signs_in(self, login: str, password: str) -> None:
        """For the first time: another password is asked for."""
        await self.opens("")
        await self.fills(login=login, password=password)
        await self.presses("登录")
        await self.fills(old=password, new=PASSWORD, again=PASSWORD)
        await self.presses("保存")
        await self.sees("密码已修改")

    async def fills(self, **fields: str) -> None:
        for name, value in fields.items():
            await self.page.locator(f"main [name={name}]").first.fill(value)

    async def presses(self, label: str) -> None:
        await self.page.get_by_role("button", name=label, exact=True).first.click()

    async def follows(self, label: str) -> None:
        await self.page.get_by_role("link", name=label, exact=True).first.click()

    async def sees(self, text: str) -> None:
        await expect(self.page.locator("main")).to_contain_text(text)

    async def sees_rows(self, count: int) -> None:
        await expect(self.page.locator("tr[data-row]")).to_have_count(count)

    async def looks_at(self, paths: Iterable[str], pictures: Path) -> None:
        """Every page: nothing sticks out at the side, neither at a desk nor on a phone, and nobody
        is kept out by a serious fault of accessibility. Pictures are taken when PICTURES is set."""
        for path in paths:
            await self.page.set_viewport_size(DESK)
            await self.opens(path)
            await self.page.evaluate(AXE)
            name = re.sub(r"\W+", "-", path) or "home"
            for size in (DESK, PHONE):
                await self.page.set_viewport_size(size)
                assert await self._faults() == [], f"{path} {size['width']}"
                assert await self.page.evaluate(WIDTH) <= size["width"], f"{path} {size['width']}"
                if os.environ.get("PICTURES"):
                    picture = pictures / f"{name}-{size['width']}.png"
                    await self.page.screenshot(path=picture, full_page=True)

    async def _faults(self) -> list[str]:
        """What axe-core finds that is serious."""
        found: list[str] = await self.page.evaluate(FAULTS)
        return found

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.errors.append(text)


@asynccontextmanager
async def clerk_at(
    browser: Browser, url: str, state: StorageState | None = None
) -> AsyncIterator[Clerk]:
    """Somebody with a fresh browser, or one that is signed in; whatever a page did wrong is an
    error in the end."""
    context = await browser.new_context(viewport=DESK, locale="zh-CN", storage_state=state)
    await context.add_init_script(WATCH)
    clerk = Clerk(await context.new_page(), url)
    yield clerk
    assert clerk.errors == []
    assert await clerk.page.evaluate("violations") == []
    await context.close()
