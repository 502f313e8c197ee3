"""One ledger, four lists (一台账、四清单): who wants which work, who looks after whom, and what
came of it; the openings on offer are the fourth."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from sqlalchemy import ColumnElement, Select, exists, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import InstrumentedAttribute

from bot.records.followups import StillThere
from bot.records.inserts import table_of
from bot.records.leaves import Leaf, leaf
from bot.records.membership import holds
from bot.records.scope import EVERYWHERE, Scope
from bot.records.seekers import Seeker, State, seeker_in
from bot.records.tables import (
    ApplicationRow,
    FollowUpRow,
    OfferRow,
    OpeningRow,
    SeekerRow,
    ServiceRow,
    WishRow,
)
from bot.records.wishes import WishState, wish_in
from dialogs.work import Step, Wish

ENOUGH = 3  # openings for each who wants work (不少于3个工作岗位)
STABLE = 6  # months in work that count as stable (稳定就业)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which seekers are meant; what is None or False does not matter."""

    county: str | None = None
    town: str | None = None
    category: str | None = None
    station: str | None = None
    officer: str | None = None
    state: str | None = None  # bot.records.seekers.State
    trade: str | None = None  # one of the wish
    since: datetime | None = None  # registered then or later
    until: datetime | None = None  # registered before
    is_wishing: bool = False  # wants work
    is_short: bool = False  # fewer openings were found than everybody should get
    due_by: date | None = None  # is to be asked about their work by that day


@dataclass(frozen=True, slots=True)
class Placed:
    """The work somebody found."""

    title: str
    employer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One person's line: who they are, what they want, what was done and what came of it."""

    seeker: Seeker
    wish: Wish | None
    wish_state: WishState | None
    confirmed_at: datetime | None
    found: int | None  # openings, when last looked for
    offered: int
    applied: int
    placed: Placed | None
    last_service: datetime | None
    stayed: dict[int, str] = field(default_factory=dict)  # months in work -> StillThere

    @property
    def wants_work(self) -> bool:
        """Whether openings are to be found for them."""
        return self.wish_state is WishState.ACTIVE

    @property
    def is_stable(self) -> bool | None:
        """Whether they were still in work after six months; None when it is not known yet."""
        if StillThere.OUT_OF_WORK in self.stayed.values():
            return False
        return True if STABLE in self.stayed else None


class Lists:
    """The lists as they stand now."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def seekers(self, which: Filter, scope: Scope = EVERYWHERE) -> list[LedgerLine]:
        """Everybody who is meant, by county, town and number."""
        async with self._sessions() as session:
            people = _people(which, scope, session.get_bind().dialect.name)
            rows = [(it[0], it[1]) for it in await session.execute(people)]
            done = await _Done.of(session)
        return [done.line(person, wanted) for person, wanted in rows]

    async def page(self, which: Filter, scope: Scope, number: int, size: int) -> Leaf[LedgerLine]:
        """One page of them; `number` counts from 1."""
        async with self._sessions() as session:
            people = _people(which, scope, session.get_bind().dialect.name)
            found = await leaf(session, people, number, size)
            done = await _Done.of(session, [person.id for person, _ in found.rows])
        return found.of([done.line(person, wanted) for person, wanted in found.rows])

    async def count(self, which: Filter, scope: Scope = EVERYWHERE) -> int:
        """How many are meant."""
        async with self._sessions() as session:
            people = _people(which, scope, session.get_bind().dialect.name).order_by(None)
            counted = people.with_only_columns(SeekerRow.id).subquery()
            return await session.scalar(select(func.count()).select_from(counted)) or 0

    async def short(self) -> int:
        """How many people who want work have fewer openings than everybody should get."""
        return await self.count(Filter(is_short=True))


class _Done:
    """What was done for whom, by the seeker's number."""

    def __init__(self) -> None:
        self.offered: Counter[int] = Counter()
        self.applied: Counter[int] = Counter()
        self.served: dict[int, datetime] = {}
        self.placed: dict[int, Placed] = {}
        self.stayed: defaultdict[int, dict[int, str]] = defaultdict(dict)

    @classmethod
    async def of(cls, session: AsyncSession, whose: Sequence[int] | None = None) -> _Done:
        """`whose`: only these seekers."""
        done = cls()
        mine = partial(_of_these, whose)
        for who, offers in await session.execute(_count(OfferRow.seeker_id, mine)):
            done.offered[who] = offers
        for who, applications in await session.execute(_count(ApplicationRow.seeker_id, mine)):
            done.applied[who] = applications
        row = ServiceRow
        served = select(row.seeker_id, func.max(row.at)).group_by(row.seeker_id)
        for who, at in await session.execute(served.where(mine(row.seeker_id))):
            done.served[who] = at
        hired = _hired().where(mine(ApplicationRow.seeker_id))
        for who, title, employer, at in await session.execute(hired):
            done.placed[who] = Placed(title, employer, at)
        asked = FollowUpRow
        answers = select(asked.seeker_id, asked.months, asked.answer).order_by(asked.since)
        known = answers.where(asked.answer.is_not(None), mine(asked.seeker_id))
        for who, months, answer in await session.execute(known):
            done.stayed[who][months] = str(answer)
        return done

    def line(self, person: SeekerRow, wish: WishRow | None) -> LedgerLine:
        number = person.id
        return LedgerLine(
            seeker=seeker_in(person),
            wish=None if wish is None else wish_in(wish, person.age),
            wish_state=None if wish is None else WishState(wish.state),
            confirmed_at=None if wish is None else wish.confirmed_at,
            found=None if wish is None else wish.found,
            offered=self.offered[number],
            applied=self.applied[number],
            placed=self.placed.get(number),
            last_service=self.served.get(number),
            stayed=dict(self.stayed.get(number, {})),
        )


def _hired() -> Select[int, str, str, datetime]:
    application, opening = ApplicationRow, OpeningRow
    columns = (application.seeker_id, opening.title, opening.employer, application.updated_at)
    return (
        select(*columns)
        .join(opening, opening.id == application.opening_id)
        .where(application.state == Step.HIRED.value)
        .order_by(application.updated_at)
    )


def _count(
    column: InstrumentedAttribute[int],
    mine: Callable[[InstrumentedAttribute[int]], ColumnElement[bool]],
) -> Select[int, int]:
    return select(column, func.count()).where(mine(column)).group_by(column)


def _of_these(
    whose: Sequence[int] | None, column: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    return true() if whose is None else column.in_(whose)


def _people(which: Filter, scope: Scope, dialect: str) -> Select[SeekerRow, WishRow]:
    seeker, wish = SeekerRow, WishRow
    people = (
        select(seeker, wish)
        .outerjoin(wish, wish.seeker_id == seeker.id)
        .where(*_conditions(which), scope.within(seeker.county, seeker.town))
        .order_by(seeker.county, seeker.town, seeker.id)
    )
    if which.trade is None:
        return people
    return people.where(holds(table_of(wish).c.occupations, [which.trade], dialect))


def _conditions(which: Filter) -> list[ColumnElement[bool]]:
    row = SeekerRow
    wanted = {
        row.county: which.county,
        row.town: which.town,
        row.category: which.category,
        row.station: which.station,
        row.officer: which.officer,
        row.state: which.state,
    }
    conditions = [column == value for column, value in wanted.items() if value is not None]
    if which.since is not None:
        conditions.append(row.registered_at >= which.since)
    if which.until is not None:
        conditions.append(row.registered_at < which.until)
    if which.is_wishing:
        conditions.append(WishRow.state == WishState.ACTIVE.value)
    if which.is_short:
        conditions += [WishRow.state == WishState.ACTIVE.value, _is_short()]
    if which.due_by is not None:
        conditions += [row.state == State.WORKING.value, _is_due(which.due_by)]
    return conditions


def _is_due(day: date) -> ColumnElement[bool]:
    asked = FollowUpRow
    return exists().where(asked.seeker_id == SeekerRow.id, asked.due <= day, asked.answer.is_(None))


def _is_short() -> ColumnElement[bool]:
    return WishRow.found < ENOUGH
