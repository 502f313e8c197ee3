"""Local days: whose day it is when something happens, when a day begins, and days in a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.clock import ZONE


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days here, the last one included."""

    begin: date
    end: date

    @property
    def days(self) -> list[date]:
        """Each of them."""
        return [self.begin + timedelta(days=it) for it in range((self.end - self.begin).days + 1)]


def day_of(at: datetime) -> date:
    """The day here on which it happens."""
    return at.astimezone(ZONE).date()


def begin_of(day: date) -> datetime:
    """Its first moment, in UTC."""
    return datetime.combine(day, time.min, ZONE).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first moment of the next day, in UTC."""
    return begin_of(day + timedelta(days=1))


def monday_of(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first day of the month after it."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
