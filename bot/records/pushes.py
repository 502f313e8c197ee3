"""Pushes: whose turn it is to hear of openings, and when they heard of some last."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.inserts import table_of
from bot.records.limits import rows_at_once
from bot.records.membership import has_any
from bot.records.offers import SPOKEN, PushState
from bot.records.seekers import State
from bot.records.tables import (
    OpeningRow,
    Presence,
    PushRow,
    RecipientRow,
    SeekerRow,
    VisitorRow,
    WishRow,
)
from bot.records.wishes import WishState, wish_in
from dialogs.work import OpeningState, Pace, Wish

LATEST = timedelta(days=1)  # from its planning until a push is sent


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
        found = await self._found(seeking().where(SeekerRow.urn == visitor))
        return found[0] if found else None

    async def due(self, channels: Collection[str], limit: int) -> list[Candidate]:
        """Whose turn it is and whom a channel reaches, who waits longest first."""
        reached = or_(*(SeekerRow.urn.startswith(f"{it}:", autoescape=True) for it in channels))
        waiting = (
            pushable()
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

    async def at_once(
        self, trades: Collection[str], after: int, unaware: datetime, limit: int
    ) -> list[Candidate]:
        """Who wishes for one of those trades or for any, wants to hear of new openings at once, and
        was not matched at that time or later: by number, those after that number."""
        is_unaware = or_(WishRow.matched_at.is_(None), WishRow.matched_at < unaware)
        eager = (
            pushable()
            .where(SeekerRow.pace == Pace.AT_ONCE.value, SeekerRow.id > after, is_unaware)
            .order_by(SeekerRow.id)
            .limit(rows_at_once(limit))
        )
        async with self._sessions() as session:
            wished = table_of(WishRow).c.occupations
            fits = has_any(wished, tuple(trades), session.get_bind().dialect.name)
            return await candidates(session, eager.where(fits))

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
        told_at = func.coalesce(RecipientRow.fed_at, row.at)
        is_telling = and_(row.kind.not_in(SPOKEN), row.state != PushState.WITHDRAWN.value)
        told = (
            select(row.seeker_id, told_at)
            .outerjoin(RecipientRow, RecipientRow.push_id == row.id)
            .where(row.seeker_id.in_(list(seekers)), row.at > since - LATEST, told_at > since)
            .where(is_telling)
            .order_by(told_at)
        )
        times: dict[int, list[datetime]] = {}
        async with self._sessions() as session:
            for seeker, at in await session.execute(told):
                times.setdefault(seeker, []).append(at)
        return times

    async def end(self, turns: Sequence[Turn]) -> None:
        """Those turns are over: all in one transaction. Whoever has changed their pace meanwhile
        keeps what they chose. Twice is as good as once."""
        async with self._sessions.begin() as session:
            await end_turns(session, turns, self._clock())

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
            return await candidates(session, wanted)


async def candidates(session: AsyncSession, wanted: Select[SeekerRow, WishRow]) -> list[Candidate]:
    """Those seekers with their wishes."""
    return [_candidate(seeker, wish) for seeker, wish in await session.execute(wanted)]


def seeking() -> Select[SeekerRow, WishRow]:
    """Seekers who want work, with their wishes."""
    return (
        select(SeekerRow, WishRow)
        .join(WishRow, WishRow.seeker_id == SeekerRow.id)
        .where(SeekerRow.state == State.ACTIVE.value, WishRow.state == WishState.ACTIVE.value)
    )


def pushable() -> Select[SeekerRow, WishRow]:
    """Seekers who want to hear of openings and have not shut the door."""
    has_stopped = exists().where(
        VisitorRow.urn == SeekerRow.urn, VisitorRow.state == Presence.STOPPED.value
    )
    return seeking().where(SeekerRow.pace != Pace.NEVER.value, ~has_stopped)


async def end_turns(session: AsyncSession, turns: Iterable[Turn], at: datetime) -> None:
    """The same as Pushes.end inside the caller's transaction."""
    for turn in turns:
        await _end(session, turn, at)


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
