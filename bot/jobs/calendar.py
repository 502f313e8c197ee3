"""When openings may be pushed: by the seeker's pace, by day, and not too often.

All times are aware; the hours are those of Xingtai. China keeps one time all year.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from bot.clock import ZONE
from dialogs.work import Pace

MORNING, NIGHT = time(8), time(21)  # nothing is pushed from NIGHT to MORNING
LAST_CALL = time(20, 30)  # nothing is begun after it, so that what is queued is gone by NIGHT
FIRST_PUSH = time(9)  # of those who hear daily or weekly
SPREAD = 150  # minutes over which they are spread, so that not all phones ring at nine
WEEK = timedelta(days=7)
_EVERY = {Pace.DAILY: timedelta(days=1), Pace.WEEKLY: WEEK}


def is_day(now: datetime) -> bool:
    """Whether a push may reach somebody."""
    return MORNING <= now.astimezone(ZONE).time() < NIGHT


def may_begin(now: datetime) -> bool:
    """Whether a push may be begun."""
    return MORNING <= now.astimezone(ZONE).time() < LAST_CALL


def next_turn(pace: Pace, now: datetime, seeker: int) -> datetime | None:
    """When somebody is to hear of openings next, having heard of some now; None: when there are new
    ones, or never."""
    if pace not in _EVERY:
        return None
    day = (now.astimezone(ZONE) + _EVERY[pace]).date()
    return datetime.combine(day, FIRST_PUSH, ZONE) + timedelta(minutes=seeker % SPREAD)


def may_hear_again(told: Sequence[datetime], most: int) -> datetime | None:
    """From when on somebody may be told again who was told at those times of the last week (the
    first first); None: now."""
    return None if len(told) < most else told[-most] + WEEK
