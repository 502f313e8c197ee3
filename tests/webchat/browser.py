"""Headless Chromium for tests: where it is, and how it is started."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright, expect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-cjk")
# What every window makes ready and nobody sees: two hidden pages of the address bar, and a process
# for the next page.
UNSEEN = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "PreloadTopChromeWebUI",
    "SpareRendererForSitePerProcess",
)
# The last list is the one that counts: what Playwright switches off is named again.
PLAYWRIGHTS = (
    "AimEnabled",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    f"--disable-features={','.join((*PLAYWRIGHTS, *UNSEEN))}",
)
WITHIN = 60_000  # milliseconds for whatever a page is to show, on a busy machine


class NoChromium(Exception):
    """The browser tests need Chromium, and it cannot be had here without somebody's help."""


def chromium_path() -> str:
    """The browser's program; on Debian, as root, it is installed if it is missing."""
    return _installed() or _playwrights() or _from_debian()


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A headless browser without any network traffic of its own."""
    expect.set_options(timeout=WITHIN)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
        try:
            yield browser
        finally:
            await browser.close()


def _installed() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _playwrights() -> str | None:
    """What `playwright install chromium` has put there."""
    home = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or "~/.cache/ms-playwright"
    found = sorted(Path(home).expanduser().glob("chromium*/chrome-*/*"))
    programs = [path for path in found if path.name in ("chrome", "headless_shell", "Chromium.app")]
    return str(programs[-1]) if programs else None


def _from_debian() -> str:
    missing = NoChromium(
        f"install Chromium and Chinese fonts: apt-get install {' '.join(PACKAGES)}"
    )
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise missing
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
        subprocess.run(["apt-get", "-q", *command], check=True, env=environment)
    path = _installed()
    if path is None:
        raise missing
    return path
