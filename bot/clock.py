"""The time, and what clocks and calendars show where the hotline's people are."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


def local_now() -> datetime:
    """The moment, as clocks here show it."""
    return datetime.now(ZONE)


def today() -> date:
    """The day it is here."""
    return local_now().date()
