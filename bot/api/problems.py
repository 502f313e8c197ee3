"""What a program is told when a call goes no further: problem details as RFC 9457 has them, in
words."""

from __future__ import annotations

from pydantic import Field

from bot.api.calls import Kind, Refusal, Wrong
from bot.api.models import Told
from bot.words import Words

PROBLEM_JSON = "application/problem+json"
STATUS = {
    Kind.UNREADABLE: 400,
    Kind.UNKNOWN: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_THERE: 404,
    Kind.METHOD: 405,
    Kind.CONFLICT: 409,
    Kind.TOO_LARGE: 413,
    Kind.MEDIA: 415,
    Kind.INVALID: 422,
    Kind.TOO_MANY: 429,
    Kind.BROKEN: 500,
    Kind.UNAVAILABLE: 503,
}
_OTHER = "api.wrong_other"


class FieldProblem(Told):
    """A field that is wrong."""

    field: str
    detail: str


class Problem(Told):
    """What stands in the way."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = Field(default_factory=list)


def problem(refusal: Refusal, words: Words) -> Problem:
    """The refusal in words."""
    title = words.say(f"api.problem_{refusal.kind}")
    return Problem(
        type=f"urn:problem-type:hotline:{refusal.kind}",
        title=title,
        status=STATUS[refusal.kind],
        detail=title if refusal.why is None else _told(refusal.why, words),
        errors=[FieldProblem(field=it.where, detail=_told(it, words)) for it in refusal.wrong],
    )


def _told(wrong: Wrong, words: Words) -> str:
    key = wrong.words if wrong.words in words.texts else _OTHER
    return words.say(key, **wrong.facts)
