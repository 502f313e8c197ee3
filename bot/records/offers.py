"""Offers: which openings each seeker was told of, in which push, and what they said to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.inserts import keep_once
from bot.records.services import note
from bot.records.tables import (
    OfferRow,
    OpeningRow,
    PushRow,
    RecipientRow,
    SeekerRow,
    WishRow,
)
from dialogs.work import Match, OpeningState

# Kinds of a push that are said at once; the others are paces.
ASKED = "asked"  # the seeker asked for it
TOLD = "told"  # by staff, across the desk or on the phone
SPOKEN = (ASKED, TOLD)


class PushState(StrEnum):
    """How far a push has come."""

    PLANNED = "planned"
    SAID = "said"  # it is on its way, among the day's pushes
    WITHDRAWN = "withdrawn"  # it never went out, and counts for nothing


class Answer(StrEnum):
    """What came of an offer."""

    INTERESTED = "interested"
    UNSUITABLE = "unsuitable"
    FILLED = "filled"  # the place was taken before the seeker answered


@dataclass(frozen=True, slots=True)
class Offer:
    """One opening as it was offered."""

    opening: int
    digest: str
    reasons: tuple[str, ...]
    widened: tuple[str, ...]
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Push:
    """One message with openings; `is_new`: it was not there before."""

    number: int
    seeker: int
    at: datetime
    state: PushState
    offers: tuple[Offer, ...]
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be offered to one seeker."""

    seeker: int
    key: str  # the same key is one push
    kind: str
    matches: tuple[Match, ...]
    found: int  # openings there are, those seen before too
    staff: str | None = None  # who told of them


class Offers:
    """The pushes with their openings."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._clock = clock

    async def keep(self, drafts: Sequence[Draft]) -> list[Push]:
        """Keep what is to be offered, all in one transaction: one push a draft, in order. A key
        that was kept before gives the push as it was kept. An opening that the seeker was offered
        before, and that is the same, is left out, whoever else may be offering it just now."""
        async with self._sessions.begin() as session:
            return [await self._keep(session, draft) for draft in drafts]

    async def of(self, key: str) -> Push | None:
        """The push with that key, if it was kept."""
        async with self._sessions() as session:
            row = await _push_row(session, key)
            return None if row is None else await _push(session, row)

    async def seen(self, seekers: Iterable[int]) -> dict[int, list[tuple[int, str]]]:
        """What each was offered: (opening, digest), of openings that may still be offered."""
        row = OfferRow
        offered = (
            select(row.seeker_id, row.opening_id, row.digest)
            .join(OpeningRow, OpeningRow.id == row.opening_id)
            .where(row.seeker_id.in_(list(seekers)), OpeningRow.state == OpeningState.OPEN.value)
        )
        seen: dict[int, list[tuple[int, str]]] = {}
        async with self._sessions() as session:
            for seeker, opening, digest in await session.execute(offered):
                seen.setdefault(seeker, []).append((opening, digest))
        return seen

    async def accept(self, visitor: str, opening: int) -> bool:
        """The visitor is interested in the opening, whichever push told of it; False when none
        did."""
        now = self._clock()
        values = {"answer": Answer.INTERESTED.value, "answered_at": now}
        async with self._sessions.begin() as session:
            was_told = await _answer(session, visitor, values, OfferRow.opening_id == opening)
            await _interest(session, visitor, opening, now)
        return was_told

    async def decline(self, visitor: str, opening: int, why: str) -> bool:
        """That opening does not suit the visitor; False when nothing told of it."""
        async with self._sessions.begin() as session:
            return await _answer(
                session, visitor, self._unsuitable(why), OfferRow.opening_id == opening
            )

    async def refuse(self, visitor: str, push: int, why: str) -> None:
        """Nothing in that push (0: in the last one) suits the visitor; what they are interested in
        stays."""
        row = OfferRow
        theirs = select(SeekerRow.id).where(SeekerRow.urn == visitor).scalar_subquery()
        last = select(func.max(row.push_id)).where(row.seeker_id == theirs).scalar_subquery()
        is_open = row.answer.is_(None) | (row.answer == Answer.UNSUITABLE.value)
        async with self._sessions.begin() as session:
            values = self._unsuitable(why)
            await _answer(session, visitor, values, row.push_id == (push or last), is_open)

    async def end_filled(self) -> int:
        """Withdraw what was offered and not answered, and whose place is taken; how many."""
        row = OfferRow
        is_filled = exists().where(
            OpeningRow.id == row.opening_id, OpeningRow.state == OpeningState.FILLED.value
        )
        ended = update(row).where(row.answer.is_(None), is_filled)
        values = {"answer": Answer.FILLED.value, "answered_at": self._clock()}
        async with self._sessions.begin() as session:
            numbers = await session.scalars(
                ended.values(**values)
                .returning(row.id)
                .execution_options(synchronize_session=False)
            )
            return len(list(numbers))

    def _unsuitable(self, why: str) -> dict[str, object]:
        return {
            "answer": Answer.UNSUITABLE.value,
            "why": why,
            "answered_at": self._clock(),
        }

    async def _keep(self, session: AsyncSession, draft: Draft) -> Push:
        now, is_spoken = self._clock(), draft.kind in SPOKEN
        state = PushState.SAID if is_spoken else PushState.PLANNED
        is_new = await keep_once(
            session,
            PushRow,
            key=draft.key,
            seeker_id=draft.seeker,
            at=now,
            kind=draft.kind,
            state=state.value,
        )
        row = await _push_row(session, draft.key)
        assert row is not None
        if is_new:
            await _offer(session, row, draft.matches, now)
            await _matched(session, draft, now)
        push = await _push(session, row, is_new)
        if is_new and is_spoken and push.offers:
            await card(session, push, now, draft.staff)
        return push


async def _answer(
    session: AsyncSession, visitor: str, values: Mapping[str, object], *which: ColumnElement[bool]
) -> bool:
    """Put it into the visitor's offers; whether there are any of those."""
    seeker = select(SeekerRow.id).where(SeekerRow.urn == visitor).scalar_subquery()
    theirs = update(OfferRow).where(OfferRow.seeker_id == seeker, *which).returning(OfferRow.id)
    changed = theirs.values(**values).execution_options(synchronize_session=False)
    return bool(list(await session.scalars(changed)))


async def _interest(session: AsyncSession, visitor: str, opening: int, at: datetime) -> None:
    """The day's pushes that told of it count it as theirs."""
    row = RecipientRow
    told_of = row.push_id.in_(select(OfferRow.push_id).where(OfferRow.opening_id == opening))
    was_sent = update(row).where(row.urn == visitor, told_of, row.fed_at.is_not(None))
    values = was_sent.values(interested_at=at)
    await session.execute(values.execution_options(synchronize_session=False))


async def card(session: AsyncSession, push: Push, at: datetime, staff: str | None = None) -> None:
    """Enter on the service card that openings were offered; `staff`: who told of them."""
    kind, facts = "told" if staff else "offered", {"count": len(push.offers)}
    await note(session, push.seeker, kind, facts, card_key(push.number), at, staff)


def card_key(push: int) -> str:
    """The key of that entry."""
    return f"offered:{push}"


async def _offer(
    session: AsyncSession, push: PushRow, matches: Sequence[Match], at: datetime
) -> None:
    for match in matches:
        await keep_once(
            session,
            OfferRow,
            push_id=push.id,
            seeker_id=push.seeker_id,
            opening_id=match.opening.number,
            digest=match.opening.digest,
            offered_at=at,
            reasons=list(match.reasons),
            widened=list(match.widened),
        )


async def _matched(session: AsyncSession, draft: Draft, at: datetime) -> None:
    theirs = update(WishRow).where(WishRow.seeker_id == draft.seeker)
    await session.execute(theirs.values(found=draft.found, matched_at=at))


async def _push_row(session: AsyncSession, key: str) -> PushRow | None:
    return (await session.scalars(select(PushRow).where(PushRow.key == key))).one_or_none()


async def _push(session: AsyncSession, row: PushRow, is_new: bool = False) -> Push:
    offers = await offers_of(session, [row.id])
    return Push(row.id, row.seeker_id, row.at, PushState(row.state), offers.get(row.id, ()), is_new)


async def offers_of(session: AsyncSession, pushes: Sequence[int]) -> dict[int, tuple[Offer, ...]]:
    """The offers of each push, in their order."""
    row = OfferRow
    found: dict[int, tuple[Offer, ...]] = {}
    for it in await session.scalars(select(row).where(row.push_id.in_(pushes)).order_by(row.id)):
        answer = None if it.answer is None else Answer(it.answer)
        offer = Offer(it.opening_id, it.digest, tuple(it.reasons), tuple(it.widened), answer)
        found[it.push_id] = (*found.get(it.push_id, ()), offer)
    return found
