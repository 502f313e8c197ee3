"""When a campaign will be through: by the rate, the quiet hours and the most a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import ZONE
from bot.records.audiences import Quiet

MOST_DAYS = 400


def finish(
    now: datetime, many: int, rate: float, quiet: Quiet, per_day: int | None = None
) -> datetime | None:
    """When the last of so many is sent, beginning now; None: not within a year."""
    at, left = now.astimezone(ZONE), float(many)
    for _ in range(MOST_DAYS):
        at = _awake(at, quiet)
        ends = min(_asleep(at, quiet), _midnight(at))
        may = min(left, (ends - at).total_seconds() * rate, per_day or left)
        left -= may
        if left <= 0.5:
            return at + timedelta(seconds=may / rate)
        at = _midnight(at) if per_day is not None and may >= per_day else ends
    return None


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _minute(at: datetime, minute: int) -> datetime:
    """That minute of the same day."""
    return _midnight(at) - timedelta(days=1) + timedelta(minutes=minute)


def _awake(at: datetime, quiet: Quiet) -> datetime:
    """The first moment from then on at which something may be sent."""
    begin, end = _minute(at, quiet.begin), _minute(at, quiet.end)
    if quiet.begin < quiet.end:
        return end if begin <= at < end else at
    if quiet.begin > quiet.end and at < end:
        return end
    if quiet.begin > quiet.end and at >= begin:
        return end + timedelta(days=1)
    return at


def _asleep(at: datetime, quiet: Quiet) -> datetime:
    """When the quiet hours next begin."""
    if quiet.begin == quiet.end:
        return _midnight(at)
    begin = _minute(at, quiet.begin)
    return begin if begin > at else begin + timedelta(days=1)
