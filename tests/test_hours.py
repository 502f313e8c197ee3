"""Office hours know the holidays of China and the weekends that are worked instead."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.clock import ZONE
from bot.hours import OfficeHours


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


# Spring Festival 2026: 15 to 23 February are holidays, and the Saturdays 14 and 28 are worked.
@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("2026-03-02 08:00", True),
        ("2026-03-02 07:59", False),
        ("2026-03-02 17:59", True),
        ("2026-03-02 18:00", False),
        ("2026-03-07 10:00", False),  # a Saturday
        ("2026-02-14 10:00", True),  # a Saturday that is worked
        ("2026-02-17 10:00", False),  # Spring Festival
        ("2031-03-03 10:00", True),  # a Monday of a year nobody has arranged yet
    ],
)
def test_somebody_is_there(when: str, is_open: bool) -> None:
    assert OfficeHours("8:00-18:00").is_open(at(when)) is is_open


@pytest.mark.parametrize(
    ("asked", "opens"),
    [
        ("2026-03-02 03:00", "2026-03-02 08:00"),
        ("2026-03-02 12:00", "2026-03-02 12:00"),
        ("2026-03-06 20:00", "2026-03-09 08:00"),
        ("2026-02-14 18:30", "2026-02-24 08:00"),
    ],
)
def test_the_next_opening(asked: str, opens: str) -> None:
    assert OfficeHours("8:00-18:00").next_opening(at(asked)) == at(opens)


def test_the_clock_of_a_promise_stands_at_night() -> None:
    hours = OfficeHours("8:00-18:00")
    assert hours.after(at("2026-03-02 17:30"), timedelta(hours=1)) == at("2026-03-03 08:30")
    assert hours.after(at("2026-03-06 17:30"), timedelta(hours=11)) == at("2026-03-10 08:30")


def test_day_and_night_is_always() -> None:
    hours = OfficeHours("0:00-24:00")
    assert hours.is_open(at("2026-02-17 03:00"))
    assert hours.after(at("2026-02-17 03:00"), timedelta(hours=1)) == at("2026-02-17 04:00")
