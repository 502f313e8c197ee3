"""Quiet hours in the tables: minutes of the day in which somebody is left alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_

from bot.clock import ZONE


def minute_of(at: datetime) -> int:
    """Minutes after midnight, here."""
    local = at.astimezone(ZONE)
    return local.hour * 60 + local.minute


def rests(begin: ColumnElement[int], end: ColumnElement[int], minute: int) -> ColumnElement[bool]:
    """Whether that minute lies in the hours from `begin` to `end`; the same twice: none."""
    return or_(
        and_(begin < end, begin <= minute, minute < end),
        and_(begin > end, or_(minute >= begin, minute < end)),
    )
