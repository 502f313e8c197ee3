"""One ledger, four lists (一台账、四清单): who wants which work, who looks after whom, and what came
of it; the openings on offer are the fourth."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.records.seekers import Seeker, seeker_in
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
    is_short: bool = False  # fewer openings were found than everybody should get


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


class Lists:
    """The lists as they stand now."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def seekers(self, which: Filter) -> list[LedgerLine]:
        """Everybody who is meant, by county, town and number."""
        seeker, wish = SeekerRow, WishRow
        people = (
            select(seeker, wish)
            .outerjoin(wish, wish.seeker_id == seeker.id)
            .where(*_conditions(which))
            .order_by(seeker.county, seeker.town, seeker.id)
        )
        async with self._sessions() as session:
            rows = [(it[0], it[1]) for it in await session.execute(people)]
            done = await _Done.of(session)
        lines = [done.line(person, wanted) for person, wanted in rows]
        if which.trade is None:
            return lines
        return [it for it in lines if it.wish and which.trade in it.wish.occupations]

    async def short(self) -> int:
        """How many people who want work have fewer openings than everybody should get."""
        short = select(func.count()).where(WishRow.state == WishState.ACTIVE, _is_short())
        async with self._sessions() as session:
            return await session.scalar(short) or 0


class _Done:
    """What was done for whom, by the seeker's number."""

    def __init__(self) -> None:
        self.offered: Counter[int] = Counter()
        self.applied: Counter[int] = Counter()
        self.served: dict[int, datetime] = {}
        self.placed: dict[int, Placed] = {}
        self.stayed: defaultdict[int, dict[int, str]] = defaultdict(dict)

    @classmethod
    async def of(cls, session: AsyncSession) -> _Done:
        done = cls()
        offered = select(OfferRow.seeker_id, func.count()).group_by(OfferRow.seeker_id)
        done.offered.update(dict(_pairs(await session.execute(offered))))
        number = ApplicationRow.seeker_id
        applied = select(number, func.count()).group_by(number)
        done.applied.update(dict(_pairs(await session.execute(applied))))
        served = select(ServiceRow.seeker_id, func.max(ServiceRow.at))
        done.served = dict(_pairs(await session.execute(served.group_by(ServiceRow.seeker_id))))
        for who, title, employer, at in await session.execute(_hired()):
            done.placed[who] = Placed(title, employer, at)
        row = FollowUpRow
        answers = select(row.seeker_id, row.months, row.answer).where(row.answer.is_not(None))
        for who, months, answer in await session.execute(answers.order_by(row.since)):
            done.stayed[who][months] = str(answer)
        return done

    def line(self, person: SeekerRow, wish: WishRow | None) -> LedgerLine:
        number = person.id
        return LedgerLine(
            seeker=seeker_in(person),
            wish=None if wish is None else wish_in(wish, person.age),
            wish_state=None if wish is None else WishState(wish.state),
            found=None if wish is None else wish.found,
            offered=self.offered[number],
            applied=self.applied[number],
            placed=self.placed.get(number),
            last_service=self.served.get(number),
            stayed=dict(self.stayed.get(number, {})),
        )


def _pairs[T](found: Sequence[tuple[int, T]]) -> list[tuple[int, T]]:
    return [(who, what) for who, what in found]


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
    if which.is_short:
        conditions += [WishRow.state == WishState.ACTIVE.value, _is_short()]
    return conditions


def _is_short() -> ColumnElement[bool]:
    return WishRow.found < ENOUGH
