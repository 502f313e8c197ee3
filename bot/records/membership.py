"""An audience as a condition on the tables: the same that bot.jobs.profiles asks of one person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, assert_never

from sqlalchemy import (
    ColumnElement,
    TableValuedAlias,
    and_,
    case,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)

from bot.records.conditions import And, Audience, Compare, Everybody, Feature, Has, Not, Or
from bot.records.inserts import table_of
from bot.records.tables import (
    ApplicationRow,
    Fate,
    FeedbackRow,
    RecipientRow,
    SeekerRow,
    VisitorRow,
    WishRow,
)
from bot.records.wishes import WishState
from dialogs.work import PayUnit

_visitor, _seeker, _wish = table_of(VisitorRow), table_of(SeekerRow), table_of(WishRow)
_recipient, _feedback = table_of(RecipientRow), table_of(FeedbackRow)
_application = table_of(ApplicationRow)


def condition(audience: Audience, dialect: str, now: datetime) -> ColumnElement[bool]:
    """The audience as a condition that is true or false, and never unknown."""
    match audience:
        case Everybody():
            return true()
        case Has():
            return _has(audience, dialect, now)
        case Not(part=part):
            return not_(condition(part, dialect, now))
        case And(parts=parts):
            return and_(*(condition(part, dialect, now) for part in parts))
        case Or(parts=parts):
            return or_(*(condition(part, dialect, now) for part in parts))
        case _:
            assert_never(audience)


def _has(asked: Has, dialect: str, now: datetime) -> ColumnElement[bool]:
    values = asked.values
    match asked.feature:
        case Feature.COUNTY | Feature.TOWN | Feature.CATEGORY:
            return func.coalesce(_seeker.c[asked.feature.value], "").in_(values)
        case Feature.KIND:
            return func.coalesce(_wish.c.work_type, "").in_(values)
        case Feature.CHANNEL:
            return _visitor.c.channel.in_(values)
        case Feature.SEEN:
            longest = max(map(int, values))
            return _visitor.c.last_seen >= _days_before(now, longest)
        case Feature.TRADE:
            return holds(_wish.c.occupations, values, dialect)
        case Feature.PLACE:
            return holds(_wish.c.counties, values, dialect)
        case Feature.PAY:
            return or_(*(_pay(asked.compare, int(value)) for value in values))
        case Feature.REGISTERED:
            return _seeker.c.id.is_not(None)
        case Feature.WISHING:
            return func.coalesce(_wish.c.state, "") == WishState.ACTIVE.value
        case Feature.APPLIED | Feature.REACHED | Feature.RATED:
            return _did(asked)
        case _:
            assert_never(asked.feature)


def _did(asked: Has) -> ColumnElement[bool]:
    """What they did, or what was done with them: rows of another table."""
    if asked.feature is Feature.APPLIED:
        return exists().where(_application.c.seeker_id == _seeker.c.id)
    if asked.feature is Feature.REACHED:
        return exists().where(
            _recipient.c.urn == _visitor.c.urn,
            _recipient.c.campaign_id.in_([int(it) for it in asked.values]),
            _recipient.c.state == Fate.SENT.value,
        )
    verdicts = [it == "yes" for it in asked.values]
    return exists().where(
        _feedback.c.urn == _visitor.c.urn, _feedback.c.useful.in_(sorted(set(verdicts)))
    )


def _pay(compare: Compare, value: int) -> ColumnElement[bool]:
    monthly = and_(_wish.c.pay_unit == PayUnit.MONTH.value, _wish.c.pay_min.is_not(None))
    pay = case((monthly, _wish.c.pay_min), else_=-1)
    match compare:
        case Compare.IS:
            return pay == value
        case Compare.LEAST:
            return and_(pay >= 0, pay >= value)
        case Compare.MOST:
            return and_(pay >= 0, pay <= value)
        case _:
            assert_never(compare)


def holds(column: ColumnElement[Any], values: Sequence[str], dialect: str) -> ColumnElement[bool]:
    """Whether a list in the table has any of the values."""
    items = _items(column, dialect)
    return exists(select(literal(1)).select_from(items).where(items.c.value.in_(values)))


def has_any(column: ColumnElement[Any], values: Sequence[str], dialect: str) -> ColumnElement[bool]:
    """Whether a list in the table has any of the values, or nothing at all."""
    items = _items(column, dialect)
    is_empty = ~exists(select(literal(1)).select_from(items))
    return or_(is_empty, holds(column, values, dialect))


def _items(column: ColumnElement[Any], dialect: str) -> TableValuedAlias:
    if dialect == "sqlite":
        return func.json_each(column).table_valued("value")
    return func.jsonb_array_elements_text(column).table_valued("value")


def _days_before(now: datetime, days: int) -> datetime:
    return now - timedelta(days=min(days, 36_500))
