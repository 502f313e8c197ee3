"""The work side, put together for a test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.pipeline.line import Line

from .town import Town, town_in


@pytest.fixture
async def town(tmp_path: Path, line: Line) -> AsyncIterator[Town]:
    async with town_in(tmp_path, line) as town:
        yield town
