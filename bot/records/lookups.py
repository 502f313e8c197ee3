"""Which conversations are looked for, where each stands in a list, and the queries that find
them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, Select, and_, func, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from bot.records.crowds import Crowd, urns
from bot.records.days import begin_of, end_of
from bot.records.scope import Scope
from bot.records.tables import (
    ConversationRow,
    ConversationTagRow,
    MessageRow,
    ReadingRow,
    SampleRow,
    SeekerRow,
    Tag,
)

_Urn = InstrumentedAttribute[str] | ColumnElement[str]

UNKNOWN = "-"  # instead of a county: the ledger knows none
# The rarest first: the list is read along the index of the first kind that is asked for.
_RAREST = (Tag.LABEL, Tag.SCORE, Tag.MARK, Tag.STAFF, Tag.POLICY, Tag.OUTCOME, Tag.SCRIPT,
           Tag.CHANNEL)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sought:
    """Which conversations; what is not said does not matter."""

    begin: date | None = None
    end: date | None = None  # the last day
    county: str = ""
    tags: tuple[tuple[Tag, str], ...] = ()
    is_unread: bool = False
    at_least: int = 0  # seconds that it went on
    plan: int = 0  # drawn by that sampling plan
    second: str = ""  # judged by one person, who is not that one
    crowd: Crowd | None = None  # of whom


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list a conversation stands."""

    at: datetime
    number: int

    def __str__(self) -> str:
        return f"{self.at.timestamp():.6f}_{self.number}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """What `str` wrote; None for anything else."""
        at, _, number = text.partition("_")
        if not number.isdecimal() or len(number) > 18 or len(at) > 20:
            return None
        try:
            return cls(datetime.fromtimestamp(float(at), UTC), int(number))
        except (ValueError, OverflowError, OSError):
            return None


def seen(scope: Scope) -> Select[ConversationRow, str | None]:
    """Conversations that may be seen, each with the county of its visitor."""
    county = select(SeekerRow.county).where(SeekerRow.urn == ConversationRow.urn).scalar_subquery()
    return select(ConversationRow, county).where(seen_by(scope, ConversationRow.urn))


def seen_by(scope: Scope, urn: _Urn) -> ColumnElement[bool]:
    """Whose visitors somebody of the scope may see: those whom the ledger knows there."""
    if scope.is_whole:
        return true()
    return urn.in_(select(SeekerRow.urn).where(scope.within(SeekerRow.county, SeekerRow.town)))


def listed(
    sought: Sought, scope: Scope, place: Place | None, *, newer: bool
) -> Select[ConversationRow, str | None]:
    """Those that are sought, the newest first, before `place`; or, `newer`, those after it, the
    oldest first."""
    row, tag = ConversationRow, ConversationTagRow
    wanted = seen(scope).where(row.is_talk, *_conditions(sought, row.urn))
    at, number, is_there = _along(sought)
    if number is tag.conversation_id:
        wanted = wanted.join(tag, tag.conversation_id == row.id)
    for kind, value in _by_rarity(sought)[1:]:
        wanted = wanted.where(_has_tag(kind, value))
    wanted = wanted.where(is_there, *_days(sought, at))
    if place is not None:
        key, here = tuple_(at, number), tuple_(place.at, place.number)
        wanted = wanted.where(key > here if newer else key < here)
    if newer:
        return wanted.order_by(at, number)
    return wanted.order_by(at.desc(), number.desc())


def edge(sought: Sought, reach: int) -> Select[datetime, int]:
    """The place of the one after the `reach` newest, of all that the index alone finds; none when
    there are not so many."""
    at, number, is_there = _along(sought)
    wanted = select(at, number).where(is_there, *_days(sought, at))
    return wanted.order_by(at.desc(), number.desc()).offset(reach).limit(1)


def _along(
    sought: Sought,
) -> tuple[InstrumentedAttribute[datetime], InstrumentedAttribute[int], ColumnElement[bool]]:
    """The columns of the index that a list is read along, and what holds in it."""
    row, tag = ConversationRow, ConversationTagRow
    if not sought.tags:
        return row.at, row.id, row.is_talk.is_(True)
    kind, value = _by_rarity(sought)[0]
    return tag.at, tag.conversation_id, and_(tag.kind == kind.value, tag.value == value)


def _by_rarity(sought: Sought) -> list[tuple[Tag, str]]:
    return sorted(sought.tags, key=lambda it: _RAREST.index(it[0]))


def fitting(sought: Sought, scope: Scope, messages: Sequence[int]) -> Select[int, int]:
    """Those of the messages that were said in a conversation that is sought, each with its."""
    row, said = ConversationRow, MessageRow
    tags = (_has_tag(kind, value) for kind, value in sought.tags)
    # Not the column itself: SQLite would begin with all that visitors of a county ever said.
    urn = said.urn.concat("")
    bounds = (*_conditions(sought, urn), *_days(sought, row.at), *tags)
    during = and_(row.urn == said.urn, row.at <= said.at, row.until >= said.at)
    wanted = select(said.id, row.id).join(row, during).where(said.id.in_(messages))
    return wanted.where(row.is_talk, seen_by(scope, urn), *bounds)


def _has_tag(kind: Tag, value: str) -> ColumnElement[bool]:
    tag = ConversationTagRow.__table__.alias()
    mine = select(tag.c.id).where(
        tag.c.conversation_id == ConversationRow.id, tag.c.kind == kind.value, tag.c.value == value
    )
    return mine.exists()


def _days(sought: Sought, at: InstrumentedAttribute[datetime]) -> list[ColumnElement[bool]]:
    bounds = []
    if sought.begin is not None:
        bounds.append(at >= begin_of(sought.begin))
    if sought.end is not None:
        bounds.append(at < end_of(sought.end))
    return bounds


def _conditions(sought: Sought, urn: _Urn) -> list[ColumnElement[bool]]:
    row = ConversationRow
    conditions: list[ColumnElement[bool]] = []
    if sought.county == UNKNOWN:
        known = select(SeekerRow.urn).where(SeekerRow.county.is_not(None))
        conditions.append(urn.not_in(known))
    elif sought.county:
        conditions.append(seen_by(Scope(frozenset({sought.county})), urn))
    if sought.is_unread:
        conditions.append(row.read_at.is_(None))
    if sought.at_least:
        conditions.append(row.seconds >= sought.at_least)
    if sought.plan:
        conditions.append(row.id.in_(_drawn_by(sought.plan)))
    if sought.second:
        conditions.append(row.id.in_(_judged_once(sought.second)))
    if sought.crowd is not None:
        conditions.append(urn.in_(urns(sought.crowd)))
    return conditions


def _judged_once(but_not_by: str) -> Select[int]:
    row = ReadingRow
    once = select(row.conversation_id).group_by(row.conversation_id)
    return once.having(func.count() == 1, func.max(row.staff) != but_not_by)


def _drawn_by(plan: int) -> Select[int]:
    return select(SampleRow.conversation_id).where(SampleRow.plan_id == plan)
