"""The real content, once; and a small folder of content that a test may spoil."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.knowledge.library import ContentLibrary
from bot.knowledge.phrases import Phrases

ROOT = Path(__file__).parents[2]
CONTENT = ROOT / "content"
TODAY = date(2026, 11, 22)
FEW = ("startup-subsidy", "startup-loan", "rent-subsidy", "incubation-base")


def opened(content: Path, *, semantic: bool = False, today: date = TODAY) -> ContentLibrary:
    cache = ROOT / "var" / "cache"  # vectors of the real content, kept between runs
    return asyncio.run(ContentLibrary.open(content, cache, semantic, lambda: today))


@pytest.fixture(scope="session")
def library() -> ContentLibrary:
    """Every view but the semantic one."""
    return opened(CONTENT)


@pytest.fixture(scope="session")
def phrases() -> Phrases:
    return Phrases(CONTENT)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A content folder with four policies of the real one."""
    folder = tmp_path / "content"
    (folder / "policies").mkdir(parents=True)
    shutil.copytree(CONTENT / "replies", folder / "replies")
    for name in ("glossary", "elsewhere", "calibration", "sources", "facts", "commands"):
        shutil.copy(CONTENT / f"{name}.yaml", folder)
    for name in FEW:
        text = (CONTENT / "policies" / f"{name}.md").read_text("utf-8")
        (folder / "policies" / f"{name}.md").write_text(text, "utf-8")
    return folder


@pytest.fixture
def linked(small: Path) -> Path:
    """The small content without links that lead out of it."""
    for file in (small / "policies").glob("*.md"):
        text = re.sub(r"^related: .*$", "related: []", file.read_text("utf-8"), flags=re.M)
        file.write_text(text, "utf-8")
    return small


Change = Callable[[str, str, str], None]


@pytest.fixture
def change(small: Path) -> Change:
    """Replace the first occurrence of some words in one policy's file."""

    def replace(policy: str, old: str, new: str) -> None:
        file = small / "policies" / f"{policy}.md"
        text = file.read_text("utf-8")
        assert old in text, old
        file.write_text(text.replace(old, new, 1), "utf-8")

    return replace
