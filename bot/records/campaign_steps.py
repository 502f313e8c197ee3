"""The steps of a campaign: from where each may be taken, and that it is taken once.

All of it happens inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.records.campaign_rows import NoSuchCampaign, State, WrongState
from bot.records.inserts import keep_once
from bot.records.tables import CampaignEventRow, CampaignRow

# From which states each step may be taken, and to which it leads.
STEPS: Mapping[str, tuple[frozenset[State], State]] = {
    "freeze": (frozenset({State.DRAFT, State.FREEZING}), State.FREEZING),
    "frozen": (frozenset({State.FREEZING}), State.FROZEN),
    "start": (frozenset({State.FROZEN}), State.RUNNING),
    "pause": (frozenset({State.RUNNING}), State.PAUSED),
    "resume": (frozenset({State.PAUSED}), State.RUNNING),
    "done": (frozenset({State.RUNNING, State.PAUSED}), State.DONE),
    "retry": (frozenset({State.RUNNING, State.PAUSED, State.DONE}), State.RUNNING),
    "extend": (frozenset({State.RUNNING, State.PAUSED, State.DONE}), State.RUNNING),
    "cancel": (frozenset(State) - {State.DONE, State.CANCELLED}, State.CANCELLED),
}


async def step_of(
    session: AsyncSession,
    number: int,
    now: datetime,
    staff: str,
    action: str,
    key: str,
    reason: str = "",
) -> bool:
    """Whether the step was taken; False when it was taken before. Raises WrongState."""
    if not await note_step(session, number, now, staff, action, key, reason):
        return False
    row = await campaign_row(session, number)
    before, after = STEPS[action]
    move = (
        update(CampaignRow)
        .where(CampaignRow.id == number, CampaignRow.state.in_([it.value for it in before]))
        .values(state=after.value, state_at=now, state_reason=reason or None)
        .returning(CampaignRow.id)
    )
    if await session.scalar(move.execution_options(synchronize_session=False)) is None:
        raise WrongState(State(row.state))
    await session.refresh(row)
    return True


async def note_step(
    session: AsyncSession,
    number: int,
    now: datetime,
    staff: str,
    action: str,
    key: str,
    reason: str = "",
) -> bool:
    """Note who did it; False when that was noted before."""
    return await keep_once(
        session,
        CampaignEventRow,
        key=f"{number}:{key}",
        campaign_id=number,
        at=now,
        staff=staff,
        action=action,
        detail=reason or None,
    )


async def campaign_row(session: AsyncSession, number: int) -> CampaignRow:
    """The row of that number. Raises NoSuchCampaign."""
    row = await session.get(CampaignRow, number) if 0 < number < 2**31 else None
    if row is None:
        raise NoSuchCampaign(number)
    return row
