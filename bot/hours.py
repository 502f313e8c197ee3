"""When the hotline's people are at their desks: office hours on the working days of China, with the
public holidays and the weekends that are worked instead (调休)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import chinese_calendar

from bot.clock import ZONE

_MOST_DAYS = 30  # no holiday is longer


def is_workday(day: date) -> bool:
    """Whether offices are open that day; Monday to Friday in years whose holidays the State Council
    has not announced yet."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


class OfficeHours:
    """From when to when, on which days."""

    def __init__(self, hours: str, works: Callable[[date], bool] = is_workday) -> None:
        """`hours`: "8:00-18:00", local time; "0:00-24:00" is day and night, every day."""
        begins, _, ends = hours.partition("-")
        self._begins, self._ends = _minutes(begins), _minutes(ends)
        self._is_always = (self._begins, self._ends) == (0, 24 * 60)
        self._works = works

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is there."""
        if self._is_always:
            return True
        local = at.astimezone(ZONE)
        minute = local.hour * 60 + local.minute
        return self._works(local.date()) and self._begins <= minute < self._ends

    def after(self, at: datetime, work: timedelta) -> datetime:
        """The moment at which so much office time will have passed since `at`."""
        if self._is_always:
            return at + work
        for begins, ends in self._shifts(at):
            begins = max(begins, at)
            if begins + work <= ends:
                return begins + work
            work -= max(timedelta(0), ends - begins)
        return at + timedelta(days=_MOST_DAYS)

    def next_opening(self, at: datetime) -> datetime:
        """When somebody will be there: `at` itself while somebody is."""
        return self.after(at, timedelta(0))

    def _shifts(self, at: datetime) -> list[tuple[datetime, datetime]]:
        """The shifts that have not ended at `at`, for a month."""
        first = at.astimezone(ZONE).date()
        days = (first + timedelta(days=number) for number in range(_MOST_DAYS))
        shifts = [
            (_on(day, self._begins), _on(day, self._ends)) for day in days if self._works(day)
        ]
        return [shift for shift in shifts if shift[1] > at]


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def _on(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(), ZONE) + timedelta(minutes=minute)


class DeskHours:
    """The office hours as a conversation needs them. Implements `dialogs.handoff.Hours`."""

    def __init__(self, hours: OfficeHours, clock: Callable[[], datetime]) -> None:
        self._hours = hours
        self._clock = clock

    def are_on(self) -> bool:
        """Whether somebody is there now."""
        return self._hours.is_open(self._clock())

    def next_opening(self) -> str:
        """When somebody will be, as people say it."""
        opens = self._hours.next_opening(self._clock()).astimezone(ZONE)
        return f"{opens.month}月{opens.day}日{opens.hour}:{opens.minute:02}"
