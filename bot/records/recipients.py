"""Recipients: what has become of each visitor in each campaign."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.audiences import Member
from bot.records.campaign_rows import WrongState
from bot.records.inserts import insert, table_of
from bot.records.limits import rows_at_once
from bot.records.queue import STANDINGS, mark_as_sending, next_rows, skip
from bot.records.recipient_rows import (
    FIRST,
    Due,
    Recipient,
    Standing,
    due_in,
    new_row,
    recipient_in,
    standing_in,
)
from bot.records.tables import (
    CampaignRow,
    CampaignState,
    Fate,
    RecipientRow,
)

_recipient, _campaign = table_of(RecipientRow), table_of(CampaignRow)


class Recipients:
    """Everybody in every campaign."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._clock = clock

    async def write(
        self,
        campaign: int,
        members: Sequence[tuple[Member, str | None]],
        states: Collection[CampaignState] = (CampaignState.FREEZING,),
    ) -> int:
        """Write them down, each with a text of their own or None; how many were not there yet. The
        campaign's count grows in the same transaction, in which it must be in one of the `states`.
        Raises WrongState."""
        rows = [new_row(campaign, member, text) for member, text in members]
        if not rows:
            return 0
        async with self._sessions.begin() as session:
            connection = await session.connection()
            statement = insert(connection.dialect.name, RecipientRow).on_conflict_do_nothing()
            written = await connection.execute(statement.returning(_recipient.c.id), rows)
            added = len(written.all())
            grow = update(_campaign).where(_campaign.c.id == campaign)
            grown = grow.values(frozen=_campaign.c.frozen + added).returning(_campaign.c.state)
            state = CampaignState(await session.scalar(grown))
            if state not in states:
                raise WrongState(state)
        return added

    async def take(self, campaign: int, channel: str, most: int, *, again: bool) -> list[Due]:
        """Mark the next recipients as being sent to, and give them out: the queued ones or,
        `again`, those of whom nobody knows whether they got it. Whoever left or opted out
        meanwhile is skipped. Quiet hours are kept."""
        before = Fate.UNKNOWN if again else Fate.QUEUED
        async with self._sessions.begin() as session:
            rows = await next_rows(session, campaign, channel, most, before, self._clock())
            await skip(session, rows, before, self._clock())
            due = [row["id"] for row in rows if row["why_not"] is None]
            taken = await mark_as_sending(session, due, before, self._clock())
        return [due_in(row, row["attempt"] + again) for row in rows if row["id"] in taken]

    async def on_their_way(self, campaign: int) -> list[Due]:
        """Who is marked as being sent to: most are in the outbox, a crash may have kept one from
        it."""
        wanted = select(_recipient).where(
            _recipient.c.campaign_id == campaign, _recipient.c.state == Fate.SENDING.value
        )
        async with self._sessions() as session:
            rows = (await session.execute(wanted.order_by(_recipient.c.id))).mappings()
            return [due_in(it, it["attempt"]) for it in rows]

    async def stop(self, campaign: int, reason: str, most: int) -> int:
        """Some who are queued get nothing any more, for that reason; how many."""
        some = (
            select(_recipient.c.id)
            .where(_recipient.c.campaign_id == campaign, _recipient.c.state == Fate.QUEUED.value)
            .limit(most)
        )
        values = {"state": Fate.STOPPED.value, "reason": reason, "done_at": self._clock()}
        end = update(_recipient).where(
            _recipient.c.id.in_(some), _recipient.c.state == Fate.QUEUED.value
        )
        async with self._sessions.begin() as session:
            return len((await session.execute(end.values(values).returning(_recipient.c.id))).all())

    async def cancelled(self) -> list[int]:
        """The cancelled campaigns in which somebody is still queued."""
        c = _recipient.c
        queued = exists().where(c.campaign_id == _campaign.c.id, c.state == Fate.QUEUED.value)
        ended = select(_campaign.c.id).where(_campaign.c.state == CampaignState.CANCELLED.value)
        async with self._sessions() as session:
            return list(await session.scalars(ended.where(queued)))

    async def counts(self, campaign: int) -> dict[Fate, int]:
        """How many of them have come to what; every fate is there."""
        return (await self.counts_with_total(campaign))[0]

    async def counts_with_total(self, campaign: int) -> tuple[dict[Fate, int], int]:
        """The same beside the number that was frozen, both of one moment."""
        c = _recipient.c
        by_state = select(c.state, func.count()).where(c.campaign_id == campaign).group_by(c.state)
        frozen = select(_campaign.c.frozen).where(_campaign.c.id == campaign).scalar_subquery()
        async with self._sessions() as session:
            rows = [tuple(it) for it in await session.execute(by_state.add_columns(frozen))]
        counts = dict.fromkeys(Fate, 0)
        counts.update({Fate(state): count for state, count, _ in rows})
        return counts, rows[0][2] if rows else 0

    async def by_channel(self, campaign: int) -> dict[str, int]:
        """How many are still to be sent to on each channel."""
        c = _recipient.c
        mine = and_(c.campaign_id == campaign, c.state == Fate.QUEUED.value)
        groups = select(c.channel, func.count()).where(mine).group_by(c.channel)
        async with self._sessions() as session:
            found = (await session.execute(groups)).all()
        return {row[0]: row[1] for row in found}

    async def done_since(self, campaign: int, since: datetime) -> float:
        """How many a second were sent since then, from the first of them to the last."""
        c = _recipient.c
        mine = and_(c.campaign_id == campaign, c.fed_at >= since, c.state == Fate.SENT.value)
        wanted = select(func.count(), func.min(c.done_at), func.max(c.done_at)).where(mine)
        async with self._sessions() as session:
            count, first, last = (await session.execute(wanted)).one()
        seconds = (last - first).total_seconds() if count > 1 else 0.0
        return count / seconds if seconds > 0 else 0.0

    async def has_queued(self, campaign: int) -> bool:
        """Whether somebody waits to be sent to."""
        c = _recipient.c
        one = select(c.id).where(c.campaign_id == campaign, c.state == Fate.QUEUED.value).limit(1)
        async with self._sessions() as session:
            return await session.scalar(one) is not None

    async def is_open(self, campaign: int, *, again: bool) -> bool:
        """Whether somebody is still to be sent to; `again`: those of whom nobody knows whether
        they got it are, once more."""
        c = _recipient.c
        is_open: ColumnElement[bool] = c.state.in_((Fate.QUEUED.value, Fate.SENDING.value))
        if again:
            is_open = or_(is_open, and_(c.state == Fate.UNKNOWN.value, c.attempt == FIRST))
        one = select(c.id).where(c.campaign_id == campaign, is_open).limit(1)
        async with self._sessions() as session:
            return await session.scalar(one) is not None

    async def on_channels(self, campaigns: Sequence[int]) -> dict[str, int]:
        """How many recipients of these campaigns are marked as being sent to, by channel."""
        c = _recipient.c
        mine = and_(c.campaign_id.in_(campaigns), c.state == Fate.SENDING.value)
        groups = select(c.channel, func.count()).where(mine).group_by(c.channel)
        async with self._sessions() as session:
            found = (await session.execute(groups)).all()
        return {row[0]: row[1] for row in found}

    async def by_reason(self, campaign: int) -> dict[tuple[Fate, str], int]:
        """Why those who did not get it did not."""
        c = _recipient.c
        mine = and_(c.campaign_id == campaign, c.reason.is_not(None))
        groups = select(c.state, c.reason, func.count()).where(mine).group_by(c.state, c.reason)
        async with self._sessions() as session:
            found = await session.execute(groups)
            return {(Fate(state), reason): count for state, reason, count in found}

    async def fed_since(self, campaign: int, since: datetime) -> int:
        """How many were handed to the sender since then."""
        c = _recipient.c
        mine = and_(c.campaign_id == campaign, c.fed_at >= since)
        async with self._sessions() as session:
            return await session.scalar(select(func.count()).where(mine)) or 0

    async def latest_results(self, campaign: int, since: datetime, most: int) -> list[str | None]:
        """Of those that were handed over last and have a result: why each failed, None for one who
        got it; the newest first."""
        c = _recipient.c
        with_result = c.state.in_((Fate.SENT.value, Fate.FAILED.value))
        mine = and_(c.campaign_id == campaign, c.fed_at >= since, with_result)
        wanted = select(c.state, c.reason).where(mine).order_by(c.fed_at.desc()).limit(most)
        async with self._sessions() as session:
            found = await session.execute(wanted)
            return [reason if state == Fate.FAILED else None for state, reason in found]

    async def standings(self, numbers: Sequence[int]) -> dict[int, Standing]:
        """What speaks for and against sending to each of them, read at one moment."""
        async with self._sessions() as session:
            rows = await session.execute(STANDINGS, {"numbers": numbers})
            return {number: standing_in(*rest) for number, *rest in rows}

    async def listed(
        self, campaign: int, fates: Sequence[Fate], after: int, limit: int
    ) -> list[Recipient]:
        """Those of some fates, by number, after that one."""
        c = _recipient.c
        mine = and_(c.campaign_id == campaign, c.state.in_([it.value for it in fates]))
        wanted = select(_recipient).where(mine, c.id > after).order_by(c.id)
        async with self._sessions() as session:
            rows = await session.execute(wanted.limit(rows_at_once(limit)))
            return [recipient_in(row) for row in rows.mappings()]
