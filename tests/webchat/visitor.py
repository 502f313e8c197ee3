"""Somebody with a real browser."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from .service import words

WORDS = words()
PHONE = {"width": 390, "height": 760}
SMALLEST = {"width": 320, "height": 560}
# Whatever the page's own policy refuses is an error of ours.
WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", (e) => violations.push(e.violatedDirective));
"""


class Visitor:
    """Somebody with a browser; notes every error the page makes."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.may_lose_the_line = False
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda entry: self._note(entry.type, entry.text))
        page.on("dialog", lambda dialog: self.errors.append(f"dialog: {dialog.message}"))

    async def comes(self, url: str) -> None:
        await self.page.goto(url)
        await self.is_connected()

    async def is_connected(self) -> None:
        await expect(self.page.locator("body[data-state=ready]")).to_be_visible(timeout=25_000)

    async def types(self, text: str) -> None:
        await self.page.get_by_label(WORDS["input"]).fill(text)
        await self.page.keyboard.press("Enter")

    async def sees(self, text: str) -> None:
        said = self.page.locator(".said").filter(has_text=re.compile(f"^{re.escape(text)}$"))
        await expect(said.last).to_be_visible(timeout=25_000)

    async def presses(self, label: str) -> None:
        await self.page.get_by_role("button", name=label, exact=True).click()

    async def conversation(self) -> list[str]:
        return await self.page.locator(".said").all_inner_texts()

    async def violations(self) -> list[str]:
        found: list[str] = await self.page.evaluate("violations")
        return found

    def _note(self, kind: str, text: str) -> None:
        if self.may_lose_the_line and "WebSocket connection to" in text:
            return
        if kind in ("error", "warning"):
            self.errors.append(text)
