"""A small town of visitors, on real SQLite, PostgreSQL and Redis, with a clock that is moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bot.jobs.campaigns.freezing import Freezer, Rules
from bot.pipeline.messages import DeliveryLine, HeardLine, VisitorLine
from bot.records.audiences import Audiences
from bot.records.campaign_rows import Campaign, Draft
from bot.records.campaigns import Campaigns
from bot.records.database import Database
from bot.records.extensions import Extensions
from bot.records.ledger import Ledger
from bot.records.preferences import Preferences
from bot.records.recipients import Recipients
from bot.records.transcripts import Transcripts
from dialogs.work import PayUnit, Wish
from tests.records.conftest import (  # noqa: F401 -- fixtures
    Clock,
    clock,
    database,
    postgres,
)

CHANNELS = ("telegram", "web")
WELDER = Wish(occupations=("电焊工",), counties=("南和区",), pay_min=4000, pay_unit=PayUnit.MONTH)
EVERYBODY = Draft("招聘会", "所有人", "周六有招聘会。")


@dataclass
class Square:
    """The stores and the people."""

    database: Database
    clock: Clock
    approval_above: int = 1000

    def __post_init__(self) -> None:
        sessions = self.database.sessions
        self.campaigns = Campaigns(sessions, self.clock, self.approval_above)
        self.recipients = Recipients(sessions, self.clock)
        self.audiences = Audiences(sessions, self.clock)
        self.preferences = Preferences(sessions, self.clock)
        self.ledger = Ledger(sessions, self.clock)
        self.transcripts = Transcripts(sessions)
        self.rules = Rules(CHANNELS)
        self.extensions = Extensions(sessions, self.clock)
        self.freezer = Freezer(
            self.campaigns, self.audiences, self.recipients, self.extensions, self.rules
        )
        self._line = 0

    async def come(self, *urns: str) -> None:
        """Somebody says something."""
        at = self.clock().timestamp()
        await self.write(*(HeardLine(f"e{it}", it, at, "你好", "words") for it in urns))

    async def leave(self, *urns: str) -> None:
        at = self.clock().timestamp()
        await self.write(*(VisitorLine(it, at, "stopped") for it in urns))

    async def mute(self, urn: str, campaign: int | None = None) -> None:
        await self.preferences.mute(urn, campaign)

    async def write(self, *lines: HeardLine | VisitorLine | DeliveryLine) -> None:
        named = []
        for line in lines:
            self._line += 1
            named.append((f"0-{self._line}-0", line))
        await self.transcripts.write(named)

    async def settle(self, ref: str, state: str, detail: str = "") -> None:
        at = self.clock().timestamp()
        await self.write(DeliveryLine(ref, "-", at, state, detail=detail))

    async def frozen(self, draft: Draft = EVERYBODY, **said: object) -> Campaign:
        self._line += 1
        planned = replace(draft, **said)  # type: ignore[arg-type]
        campaign = await self.campaigns.draft(planned, "anna", f"k{self._line}")
        return await self.freezer.freeze(campaign.number, "anna", "freeze")

    async def running(self, draft: Draft = EVERYBODY, **said: object) -> Campaign:
        campaign = await self.frozen(draft, **said)
        return await self.campaigns.start(campaign.number, "anna", "start")

    async def fates(self, campaign: Campaign) -> dict[str, int]:
        counts, total = await self.recipients.counts_with_total(campaign.number)
        assert sum(counts.values()) == total
        return {fate.value: count for fate, count in counts.items() if count}


def people(many: int, channel: str = "telegram") -> Sequence[str]:
    return [f"{channel}:{number}" for number in range(1, many + 1)]


@pytest.fixture
def square(database: Database, clock: Clock) -> Square:  # noqa: F811
    clock.now += timedelta(hours=1)
    return Square(database, clock)
