"""Openings looked for: what may be offered, narrowed by what somebody wants, page by page."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.records.opening_rows import opening_of
from bot.records.tables import OpeningRow
from dialogs.jobs import Page, Search, pay_a_month
from dialogs.work import ANYWHERE, OpeningState, PayUnit

MOST_WORDS = 5
LARGEST_PAGE = 100


def may_be_offered(today: date) -> tuple[ColumnElement[bool], ...]:
    """As `Opening.may_be_offered` says it of one."""
    is_alive = or_(OpeningRow.expires.is_(None), OpeningRow.expires >= today)
    return OpeningRow.state == OpeningState.OPEN, is_alive


async def found(session: AsyncSession, search: Search, today: date, page: int, size: int) -> Page:
    """A page of what fits, newest first, with how many there are in all."""
    size = max(1, min(size, LARGEST_PAGE))
    page = max(1, min(page, 10_000))
    wanted = select(OpeningRow).where(*may_be_offered(today), *narrowed(search))
    total = await session.scalar(select(func.count()).select_from(wanted.subquery()))
    newest = wanted.order_by(OpeningRow.published.desc(), OpeningRow.id.desc())
    rows = await session.scalars(newest.offset((page - 1) * size).limit(size))
    return Page(tuple(opening_of(row) for row in rows), total or 0, page, size)


def narrowed(search: Search) -> list[ColumnElement[bool]]:
    """What the search asks of an opening."""
    narrowed = [*_where(search), *(_says(word) for word in search.words[:MOST_WORDS])]
    if search.occupations:
        narrowed.append(OpeningRow.occupation.in_(search.occupations))
    if search.work_type is not None:
        narrowed.append(OpeningRow.work_type == search.work_type)
    if search.housing:
        narrowed.append(OpeningRow.housing.is_(True))
    if search.meals:
        narrowed.append(OpeningRow.meals.is_(True))
    if search.pay_min is not None:
        narrowed.append(_monthly() >= search.pay_min)
    return narrowed


def _where(search: Search) -> list[ColumnElement[bool]]:
    """Any of the places that are named; a town narrows its county."""
    places: list[ColumnElement[bool]] = []
    if search.counties:
        inside = OpeningRow.county.in_(search.counties)
        places.append(and_(inside, OpeningRow.town.in_(search.towns)) if search.towns else inside)
    if ANYWHERE in search.away:
        places.append(OpeningRow.away.is_not(None))
    else:
        places += [OpeningRow.away.contains(place, autoescape=True) for place in search.away]
    return [or_(*places)] if places else []


def _says(word: str) -> ColumnElement[bool]:
    texts = (
        OpeningRow.title,
        OpeningRow.occupation,
        OpeningRow.employer,
        OpeningRow.county,
        OpeningRow.town,
        OpeningRow.away,
        OpeningRow.description,
    )
    return or_(*(text.icontains(word, autoescape=True) for text in texts))


def _monthly() -> ColumnElement[int]:
    """The most that is paid, in yuan a month; pay by the piece compares with nothing."""
    most = func.coalesce(OpeningRow.pay_max, OpeningRow.pay_min)
    factors = {unit: pay_a_month(1, unit) for unit in PayUnit if unit is not PayUnit.PIECE}
    return case(*((OpeningRow.pay_unit == it, most * factor) for it, factor in factors.items()))
