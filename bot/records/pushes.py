"""Pushes: whose turn it is to hear of openings, and what was said to whom."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.limits import rows_at_once
from bot.records.offers import ASKED, Push, PushState, card, offers_of
from bot.records.seekers import State
from bot.records.tables import (
    OpeningRow,
    Presence,
    PushRow,
    SeekerRow,
    VisitorRow,
    WishRow,
)
from bot.records.wishes import WishState, wish_in
from dialogs.work import OpeningState, Pace, Wish


@dataclass(frozen=True, slots=True)
class Candidate:
    """A seeker with a wish, as matching and pushing look at them."""

    seeker: int
    urn: str
    wish: Wish
    county: str | None
    town: str | None
    category: str | None
    age: int | None
    pace: Pace
    due: datetime | None  # when they are to hear of openings next


@dataclass(frozen=True, slots=True)
class Turn:
    """A seeker's turn is over: `due` has passed, and the next one is at `then`. `found`: how many
    openings there are for them, when they were looked for."""

    seeker: int
    due: datetime | None
    then: datetime | None
    found: int | None = None


class Pushes:
    """Seekers by when they are to hear of openings."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._clock = clock

    async def candidate(self, visitor: str) -> Candidate | None:
        """The seeker that a visitor is, if they have a wish; None for who wants none."""
        found = await self._found(_seeking().where(SeekerRow.urn == visitor))
        return found[0] if found else None

    async def due(self, channels: Collection[str], limit: int) -> list[Candidate]:
        """Whose turn it is and whom a channel reaches, who waits longest first."""
        reached = or_(*(SeekerRow.urn.startswith(f"{it}:", autoescape=True) for it in channels))
        waiting = (
            _pushable()
            .where(reached, SeekerRow.next_push_at <= self._clock())
            .order_by(SeekerRow.next_push_at, SeekerRow.id)
        )
        return await self._found(waiting.limit(rows_at_once(limit)))

    async def newest_opening(self) -> datetime | None:
        """When an open opening was last put in or changed."""
        row = OpeningRow
        newest = select(func.max(row.updated_at)).where(row.state == OpeningState.OPEN.value)
        async with self._sessions() as session:
            return await session.scalar(newest)

    async def at_once(self, after: int, unaware: datetime, limit: int) -> list[Candidate]:
        """Who wants to hear of new openings at once and was not matched at that time or later: by
        number, those after that number."""
        is_unaware = or_(WishRow.matched_at.is_(None), WishRow.matched_at < unaware)
        eager = (
            _pushable()
            .where(SeekerRow.pace == Pace.AT_ONCE.value, SeekerRow.id > after, is_unaware)
            .order_by(SeekerRow.id)
        )
        return await self._found(eager.limit(rows_at_once(limit)))

    async def make_due(self, seekers: Sequence[int], at: datetime) -> None:
        """It is their turn from that time on, if it is not before."""
        row = SeekerRow
        later = or_(row.next_push_at.is_(None), row.next_push_at > at)
        soon = update(row).where(row.id.in_(seekers), row.pace == Pace.AT_ONCE.value, later)
        async with self._sessions.begin() as session:
            await session.execute(soon.values(next_push_at=at))

    async def lately(self, seekers: Iterable[int], since: datetime) -> dict[int, list[datetime]]:
        """When each was told of openings unasked since then, the first first."""
        row = PushRow
        told = (
            select(row.seeker_id, row.at)
            .where(row.seeker_id.in_(list(seekers)), row.at > since, row.kind != ASKED)
            .order_by(row.at)
        )
        times: dict[int, list[datetime]] = {}
        async with self._sessions() as session:
            for seeker, at in await session.execute(told):
                times.setdefault(seeker, []).append(at)
        return times

    async def said(self, pushes: Sequence[Push], turns: Sequence[Turn]) -> None:
        """Those pushes are in the outbox, and those turns are over: all in one transaction. Whoever
        has changed their pace meanwhile keeps what they chose. Twice is as good as once."""
        now = self._clock()
        async with self._sessions.begin() as session:
            for push in pushes:
                row = await session.get(PushRow, push.number)
                if row is not None and row.state == PushState.PLANNED:
                    row.state, row.at = PushState.SAID.value, now
                    await card(session, push, now)
            for turn in turns:
                await _end(session, turn, now)

    async def withdraw(self, pushes: Sequence[int]) -> None:
        """Those pushes shall not be said any more. A crash may have let one out all the same, so
        they count, and what they offered is not offered again."""
        row = PushRow
        planned = update(row).where(row.id.in_(pushes), row.state == PushState.PLANNED.value)
        async with self._sessions.begin() as session:
            await session.execute(planned.values(state=PushState.WITHDRAWN.value))

    async def unsaid(self, limit: int) -> list[tuple[Push, Candidate | None]]:
        """Pushes that were planned and not said, as a crash leaves them, each with its seeker; no
        seeker when they want to hear nothing any more."""
        row = PushRow
        planned = select(row).where(row.state == PushState.PLANNED.value).order_by(row.id)
        async with self._sessions() as session:
            rows = list(await session.scalars(planned.limit(rows_at_once(limit))))
            offers = await offers_of(session, [it.id for it in rows])
        who = await self._found(_pushable().where(SeekerRow.id.in_([it.seeker_id for it in rows])))
        seekers = {it.seeker: it for it in who}
        return [
            (
                Push(it.id, it.seeker_id, it.at, PushState(it.state), offers.get(it.id, ())),
                seekers.get(it.seeker_id),
            )
            for it in rows
        ]

    async def set_pace(self, visitor: str, pace: Pace, due: datetime | None) -> bool:
        """How often the visitor wants to hear of openings, and when next; False when they are not
        in the ledger."""
        change = update(SeekerRow).where(SeekerRow.urn == visitor).returning(SeekerRow.id)
        values: Mapping[str, object] = {
            "pace": pace.value,
            "next_push_at": due,
            "updated_at": self._clock(),
        }
        async with self._sessions.begin() as session:
            changed = change.values(**values).execution_options(synchronize_session=False)
            return await session.scalar(changed) is not None

    async def _found(self, wanted: Select[SeekerRow, WishRow]) -> list[Candidate]:
        async with self._sessions() as session:
            return [_candidate(seeker, wish) for seeker, wish in await session.execute(wanted)]


def _seeking() -> Select[SeekerRow, WishRow]:
    return (
        select(SeekerRow, WishRow)
        .join(WishRow, WishRow.seeker_id == SeekerRow.id)
        .where(SeekerRow.state == State.ACTIVE.value, WishRow.state == WishState.ACTIVE.value)
    )


def _pushable() -> Select[SeekerRow, WishRow]:
    """Seekers who want to hear of openings and have not shut the door."""
    has_stopped = exists().where(
        VisitorRow.urn == SeekerRow.urn, VisitorRow.state == Presence.STOPPED.value
    )
    return _seeking().where(SeekerRow.pace != Pace.NEVER.value, ~has_stopped)


async def _end(session: AsyncSession, turn: Turn, at: datetime) -> None:
    row = SeekerRow
    is_same = row.next_push_at.is_(None) if turn.due is None else row.next_push_at == turn.due
    theirs = update(row).where(row.id == turn.seeker, row.pace != Pace.NEVER.value, is_same)
    await session.execute(
        theirs.values(next_push_at=turn.then).execution_options(synchronize_session=False)
    )
    if turn.found is not None:
        wish = update(WishRow).where(WishRow.seeker_id == turn.seeker)
        await session.execute(wish.values(found=turn.found, matched_at=at))


def _candidate(seeker: SeekerRow, wish: WishRow) -> Candidate:
    return Candidate(
        seeker=seeker.id,
        urn=seeker.urn,
        wish=wish_in(wish, seeker.age),
        county=seeker.county,
        town=seeker.town,
        category=seeker.category,
        age=seeker.age,
        pace=Pace(seeker.pace),
        due=seeker.next_push_at,
    )
