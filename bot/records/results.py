"""What a delivery means for the recipient of a campaign, whose message bears their number."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from bot.pipeline.messages import DeliveryLine
from bot.records.campaign_rows import BLOCKED
from bot.records.columns import moment
from bot.records.tables import Fate

Values = dict[str, Any]  # column -> value, as it goes to the driver

_REF = re.compile(r"c(\d{1,18})\.(\d{1,18})(?:\.(\d{1,9}))?")


@lru_cache(4096)  # each is asked about several times on its way
def recipient_of(ref: str) -> tuple[int, int, int] | None:
    """The campaign, the recipient and the attempt that a message belongs to; None: to none."""
    found = _REF.fullmatch(ref)
    return found and (int(found[1]), int(found[2]), int(found[3] or 1))


def results_of(line: DeliveryLine) -> list[Values]:
    """The row that a delivery changes; none if it is of no campaign."""
    whose = recipient_of(line.ref)
    if whose is None:
        return []
    fate, reason = _fate(line)
    return [
        {
            "recipient": whose[1],
            "in_attempt": whose[2],
            "fate": fate.value,
            "why": reason or None,
            "at": moment(line.at),
        }
    ]


def _fate(line: DeliveryLine) -> tuple[Fate, str]:
    match line.state:
        case "sent":
            return Fate.SENT, ""
        case "unknown":
            return Fate.UNKNOWN, line.detail
        case "withheld":
            return Fate.STOPPED, line.detail
        case "gone" if line.detail == "stopped":  # before they were sent to
            return Fate.STOPPED, "left"
        case "gone":
            return Fate.FAILED, BLOCKED
        case _:
            return Fate.FAILED, line.detail
