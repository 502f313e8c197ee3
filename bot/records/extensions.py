"""Extensions: campaigns that somebody wants sent also to those who joined since, until these have
been written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import aliased

from bot.records.campaign_rows import State, WrongState
from bot.records.campaign_steps import STEPS, campaign_row, note_step
from bot.records.tables import CampaignEventRow, CampaignRow

_ASKED = "extending"
_FROM = STEPS["extend"][0]  # states


@dataclass(frozen=True, slots=True)
class Extension:
    """Who wants which campaign extended; `key` is that of the step that ends it."""

    campaign: int
    staff: str
    key: str


class Extensions:
    """Those that were asked for."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._clock = clock

    async def ask(self, extension: Extension) -> None:
        """Keep that it is wanted. Raises WrongState."""
        it = extension
        async with self._sessions.begin() as session:
            row = await campaign_row(session, it.campaign)
            if State(row.state) not in _FROM:
                raise WrongState(State(row.state))
            key = f"{_ASKED}:{it.key}"
            await note_step(session, it.campaign, self._clock(), it.staff, _ASKED, key)

    async def open(self, before: datetime) -> list[Extension]:
        """Those that were asked for before that moment and have not come to their end."""
        asked, ended = CampaignEventRow, aliased(CampaignEventRow)
        key = func.replace(asked.key, f":{_ASKED}:", ":")
        wanted = (
            select(asked.campaign_id, asked.staff, key)
            .join(CampaignRow, CampaignRow.id == asked.campaign_id)
            .where(asked.action == _ASKED, asked.at < before)
            .where(CampaignRow.state.in_([it.value for it in _FROM]))
            .where(~select(ended.id).where(ended.key == key).exists())
            .order_by(asked.id)
        )
        async with self._sessions() as session:
            return [
                Extension(campaign, staff, whole.partition(":")[2])
                for campaign, staff, whole in await session.execute(wanted)
            ]
