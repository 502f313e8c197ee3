"""Why an answer was given, read from what the turn noted: for whoever reviews it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Understood:
    """What was understood, and why it led to this answer; what was not noted is empty."""

    question: str
    reason: str
    views: tuple[str, ...]  # how the question was looked at
    candidates: tuple[tuple[str, float], ...]  # policies or subjects, each with its chance
    versions: tuple[tuple[str, str], ...]  # of each policy cited: what was in force then
    rest: tuple[tuple[str, str], ...]  # whatever else was noted

    def __bool__(self) -> bool:
        return bool(self.question or self.reason or self.candidates or self.rest)


_TOLD = frozenset({"question", "said", "reason", "views", "candidates", "versions", "staff"})


def understood(evidence: Mapping[str, object], show: Callable[[str], str]) -> Understood:
    """What the evidence says; texts as `show` lets them be seen."""
    return Understood(
        question=show(_text(evidence.get("question"))),
        reason=_text(evidence.get("reason")),
        views=tuple(_texts(evidence.get("views"))),
        candidates=tuple(_chances(evidence.get("candidates"))),
        versions=tuple(
            (str(key), _text(value)) for key, value in _mapping(evidence.get("versions")).items()
        ),
        rest=tuple(
            (str(key), show(_text(value))[:500])
            for key, value in evidence.items()
            if key not in _TOLD and value not in (None, "", [], {})
        ),
    )


def _mapping(value: object) -> Mapping[object, object]:
    return value if isinstance(value, Mapping) else {}


def _texts(value: object) -> list[str]:
    return [str(it) for it in value] if isinstance(value, list | tuple) else []


def _chances(value: object) -> list[tuple[str, float]]:
    told = [(str(key), it) for key, it in _mapping(value).items() if isinstance(it, int | float)]
    return sorted(((key, float(it)) for key, it in told), key=lambda it: -it[1])


def _text(value: object) -> str:
    return "" if value is None else str(value)
