"""Ways in which the Bot API refuses, stalls and breaks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Fault:
    """How the next calls go wrong: `times` calls of `method`, only to `chat` if one is given."""

    status: int = 200
    description: str = ""
    parameters: dict[str, int] = field(default_factory=dict)
    body: str | None = None  # the whole answer, instead of the Bot API's JSON
    delay: float = 0.0  # seconds before it is answered
    hang_up: bool = False  # no answer at all
    is_taken: bool = False  # the call is carried out nevertheless
    method: str = "sendMessage"
    chat: int | None = None
    times: int = 1


def flood(retry_after: int | None, **where: Any) -> Fault:
    """429; with None as some of them come: without parameters."""
    if retry_after is None:
        return Fault(429, "Too Many Requests", **where)
    said = f"Too Many Requests: retry after {retry_after}"
    return Fault(429, said, {"retry_after": retry_after}, **where)


def blocked(**where: Any) -> Fault:
    return Fault(403, "Forbidden: bot was blocked by the user", **where)


def chat_not_found(**where: Any) -> Fault:
    return Fault(400, "Bad Request: chat not found", **where)


def migrated(to: int, **where: Any) -> Fault:
    said = "Bad Request: group chat was upgraded to a supergroup chat"
    return Fault(400, said, {"migrate_to_chat_id": to}, **where)


def unauthorized(**where: Any) -> Fault:
    return Fault(401, "Unauthorized", **where)


def conflict(**where: Any) -> Fault:
    said = "Conflict: terminated by other getUpdates request"
    return Fault(409, said, **{"method": "getUpdates", **where})


def bad_gateway(**where: Any) -> Fault:
    return Fault(502, body="<html><h1>502 Bad Gateway</h1></html>", **where)


def late(seconds: float, **where: Any) -> Fault:
    """Carried out, but answered only after so many seconds."""
    return Fault(delay=seconds, is_taken=True, **where)


def hung_up(is_taken: bool, **where: Any) -> Fault:
    """The connection ends before an answer."""
    return Fault(hang_up=True, is_taken=is_taken, **where)
