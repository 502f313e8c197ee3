"""Campaigns: each broadcast from its draft to its end, and who took which step.

Every step carries a key: the same step taken twice, as by a double click, is one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.campaign_rows import (
    BLOCKED,
    DIGEST,
    Campaign,
    Draft,
    NeedsApproval,
    OwnApproval,
    State,
    Step,
    WrongState,
    campaign_in,
    columns_of,
)
from bot.records.campaign_steps import campaign_row, note_step, step_of
from bot.records.inserts import keep_once
from bot.records.limits import rows_at_once
from bot.records.tables import CampaignEventRow, CampaignRow, Fate, RecipientRow


class Campaigns:
    """Every broadcast."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        clock: Callable[[], datetime],
        approval_above: int,
    ) -> None:
        """`approval_above`: so many recipients may be sent to without a second person."""
        self._sessions = sessions
        self._clock = clock
        self._approval_above = approval_above

    async def draft(self, draft: Draft, staff: str, key: str) -> Campaign:
        """A new campaign; the one that has this key already, if there is one."""
        return await self._make(draft, staff, key, State.DRAFT, "draft")

    async def open(self, draft: Draft, key: str) -> Campaign:
        """A standing one, that runs from now on and that nobody is in yet; the one that has this
        key already, however it stands, if there is one."""
        return await self._make(draft, "-", key, State.RUNNING, "start")

    async def change(self, number: int, draft: Draft, staff: str, key: str) -> Campaign:
        """Another text, audience or time for what is still a draft. Raises WrongState."""
        async with self._sessions.begin() as session:
            row = await campaign_row(session, number)
            if row.state != State.DRAFT.value:
                raise WrongState(State(row.state))
            if await note_step(session, number, self._clock(), staff, "change", key):
                for name, value in columns_of(draft).items():
                    setattr(row, name, value)
            return campaign_in(row)

    async def get(self, number: int) -> Campaign:
        """The campaign of that number. Raises NoSuchCampaign."""
        async with self._sessions() as session:
            return campaign_in(await campaign_row(session, number))

    async def of_key(self, key: str) -> Campaign | None:
        """The campaign that has this key, if there is one."""
        mine = select(CampaignRow).where(CampaignRow.key == key)
        async with self._sessions() as session:
            row = (await session.scalars(mine)).one_or_none()
            return None if row is None else campaign_in(row)

    async def latest(
        self,
        limit: int,
        *,
        digests: bool = False,
        before: int | None = None,
        by: str | None = None,
    ) -> list[Campaign]:
        """What people wrote or, `digests`, the days' pushes: the newest first, of those before that
        number, and `by` that member of staff."""
        row = CampaignRow
        wanted = select(row).where(row.kind == DIGEST if digests else row.kind != DIGEST)
        if before is not None:
            wanted = wanted.where(row.id < before)
        if by is not None:
            wanted = wanted.where(row.created_by == by)
        newest = wanted.order_by(row.id.desc()).limit(rows_at_once(limit))
        async with self._sessions() as session:
            return [campaign_in(it) for it in await session.scalars(newest)]

    async def in_state(self, *states: State) -> list[Campaign]:
        """All in these states, the oldest first."""
        wanted = select(CampaignRow).where(CampaignRow.state.in_([it.value for it in states]))
        async with self._sessions() as session:
            rows = await session.scalars(wanted.order_by(CampaignRow.id))
            return [campaign_in(row) for row in rows]

    async def history(self, number: int) -> list[Step]:
        """Every step, the first first."""
        row = CampaignEventRow
        steps = select(row).where(row.campaign_id == number).order_by(row.id)
        async with self._sessions() as session:
            found = await session.scalars(steps)
            return [Step(it.at, it.staff, it.action, it.detail) for it in found]

    def needs_approval(self, recipients: int) -> bool:
        """Whether so many need a second person's."""
        return recipients > self._approval_above

    async def approve(self, number: int, staff: str, key: str) -> Campaign:
        """A second person agrees that it is sent. Raises OwnApproval, WrongState."""
        async with self._sessions.begin() as session:
            row = await campaign_row(session, number)
            if row.state != State.FROZEN.value:
                raise WrongState(State(row.state))
            if staff in (row.created_by, row.frozen_by):
                raise OwnApproval
            if await note_step(session, number, self._clock(), staff, "approve", key):
                row.approved_by = staff
            return campaign_in(row)

    async def start(self, number: int, staff: str, key: str) -> Campaign:
        """Send it from now on, or from its own time on. Raises NeedsApproval, WrongState."""
        async with self._sessions.begin() as session:
            row = await campaign_row(session, number)
            if row.state == State.FROZEN.value and await self._needs_approval(session, row):
                raise NeedsApproval
            if await step_of(session, number, self._clock(), staff, "start", key):
                row.begun_at = self._clock()
        return await self.get(number)

    async def pause(self, number: int, staff: str, key: str, reason: str = "") -> Campaign:
        """Send nothing more of it for now. Raises WrongState."""
        return await self._take(number, staff, "pause", key, reason)

    async def resume(self, number: int, staff: str, key: str) -> Campaign:
        """Go on where it was paused. Raises WrongState."""
        return await self._take(number, staff, "resume", key)

    async def cancel(self, number: int, staff: str, key: str, reason: str = "") -> Campaign:
        """Never send anything more of it. Raises WrongState."""
        return await self._take(number, staff, "cancel", key, reason)

    async def retry(
        self, number: int, staff: str, key: str, but: Sequence[str] = (BLOCKED,)
    ) -> Campaign:
        """Send again to whom it could not be sent, `but` those who failed for such a reason; who
        got it or may have got it gets nothing. Raises WrongState."""
        row = RecipientRow
        failed = (
            update(row)
            .where(
                row.campaign_id == number,
                row.state == Fate.FAILED.value,
                func.coalesce(row.reason, "").not_in(list(but)),
            )
            .values(state=Fate.QUEUED.value, attempt=row.attempt + 1, reason=None)
            .execution_options(synchronize_session=False)
        )
        async with self._sessions.begin() as session:
            if await step_of(session, number, self._clock(), staff, "retry", key):
                await session.execute(failed)
        return await self.get(number)

    async def begin_freezing(self, number: int, staff: str, key: str) -> Campaign:
        """From now on nothing of it changes, and its recipients are written down. Raises
        WrongState."""
        async with self._sessions.begin() as session:
            if await step_of(session, number, self._clock(), staff, "freeze", key):
                row = await campaign_row(session, number)
                row.frozen_by = staff
        return await self.get(number)

    async def end_freezing(self, number: int, staff: str) -> Campaign:
        """All its recipients are written down."""
        return await self._take(number, staff, "frozen", f"frozen:{number}")

    async def extend(self, number: int, staff: str, key: str) -> Campaign:
        """Send it also to those who joined since; they have been written down. Raises
        WrongState."""
        return await self._take(number, staff, "extend", key)

    async def end(self, number: int) -> Campaign:
        """Everybody has got it or never will. Raises WrongState."""
        return await self._take(number, "-", "done", f"done:{number}:{self._clock().isoformat()}")

    async def _make(
        self, draft: Draft, staff: str, key: str, state: State, action: str
    ) -> Campaign:
        now = self._clock()
        async with self._sessions.begin() as session:
            is_new = await keep_once(
                session,
                CampaignRow,
                key=key,
                state=state.value,
                state_at=now,
                created_by=staff,
                created_at=now,
                begun_at=now if state is State.RUNNING else None,
                frozen=0,
                **columns_of(draft),
            )
            row = (await session.scalars(select(CampaignRow).where(CampaignRow.key == key))).one()
            if is_new:
                await note_step(session, row.id, now, staff, action, f"{action}:{key}")
            return campaign_in(row)

    async def _take(
        self, number: int, staff: str, action: str, key: str, reason: str = ""
    ) -> Campaign:
        async with self._sessions.begin() as session:
            await step_of(session, number, self._clock(), staff, action, key, reason)
        return await self.get(number)

    async def _needs_approval(self, session: AsyncSession, row: CampaignRow) -> bool:
        queued = select(func.count()).where(
            RecipientRow.campaign_id == row.id, RecipientRow.state == Fate.QUEUED.value
        )
        count = await session.scalar(queued) or 0
        return row.approved_by is None and self.needs_approval(count)
