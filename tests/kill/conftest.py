"""A slow network to answer over, and the figures of each test printed at the end."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.bench.path import NO_LIMIT
from tests.kill.content import dozen_policies, questions
from tests.kill.crowd import Crowd, Door
from tests.load import SECRET, TOKEN, BotApi

_printed: list[str] = []


class Figures:
    """What a test measured."""

    def __init__(self, name: str) -> None:
        self._name = name

    def tell(self, **figures: float) -> None:
        """Print them at the end of the run."""
        words = ", ".join(f"{name} {value:.4g}" for name, value in figures.items())
        _printed.append(f"{self._name}: {words}")


@dataclass(frozen=True, slots=True)
class Network:
    """The fake Telegram and where it is."""

    api: BotApi
    base: str
    content: Path

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a hotline on it."""
        return {
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_SECRET": SECRET,
            "TELEGRAM_API": self.base,
            "TELEGRAM_WEBHOOK": "http://127.0.0.1/telegram",
            "TELEGRAM_RATE": NO_LIMIT,
            "TELEGRAM_CHAT_RATE": NO_LIMIT,
            "CONTENT_DIR": str(self.content),
            "SEMANTIC": "false",
            "LOG_LEVEL": "warning",
        }

    def crowd(self, door: Door, dice: random.Random, messages: int = 2) -> Crowd:
        """People who write about its policies."""
        return Crowd(self.api, door, dice, questions(self.content), messages)


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who writes into the records from beside waits as long as a busy service takes."""
    monkeypatch.setattr("bot.records.engines.BUSY", 100.0)


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    return Figures(request.node.name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _printed:
        terminalreporter.section("kill tests: what was measured")
        for line in _printed:
            terminalreporter.write_line(line)


@pytest.fixture
def dice() -> random.Random:
    return random.Random(164)


@pytest.fixture(scope="session")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dozen_policies(tmp_path_factory.mktemp("kill"))


@pytest.fixture
async def network(dice: random.Random, content: Path) -> AsyncIterator[Network]:
    """A Telegram that takes its time, so that sends are under way at any moment."""
    delays = random.Random(dice.random())
    api = BotApi(takes=lambda: delays.uniform(0.005, 0.03))
    async with api.open() as base:
        yield Network(api, base, content)
