"""The vocabulary of the API: what can be done, who asks for it, and what stands in the way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from bot.api.models import Nothing
from bot.records.staff import Member, Role

LARGEST_BODY = 64 * 1024  # bytes

Q = TypeVar("Q", bound=BaseModel)
B = TypeVar("B", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)


class Kind(StrEnum):
    """What stands in the way; its words are `api.problem_...`."""

    UNREADABLE = "unreadable"  # the body is no JSON
    UNKNOWN = "unknown"  # whose key it is
    FORBIDDEN = "forbidden"
    NOT_THERE = "not_there"
    METHOD = "method"
    CONFLICT = "conflict"
    TOO_LARGE = "too_large"
    MEDIA = "media"
    INVALID = "invalid"
    TOO_MANY = "too_many"
    BROKEN = "broken"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Wrong:
    """A field that is wrong and why; `words` is a key of content/replies."""

    where: str
    words: str
    facts: Mapping[str, object] = field(default_factory=dict)


class Refusal(Exception):
    """The call goes no further."""

    def __init__(self, kind: Kind, *wrong: Wrong, why: Wrong | None = None, **headers: str) -> None:
        """`why`: a sentence about the whole call. `headers`: with _ for -."""
        super().__init__(kind.value)
        self.kind = kind
        self.wrong = wrong
        self.why = why
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def conflict(words: str, **facts: object) -> Refusal:
    """What is asked for does not go with how things stand."""
    return Refusal(Kind.CONFLICT, why=Wrong("", words, facts))


@dataclass(frozen=True, slots=True)
class Call(Generic[Q, B]):
    """One call by somebody who may make it: the role has been checked and what is given has been
    read, the region has not."""

    member: Member
    key: str  # its name
    now: datetime
    path: Mapping[str, str]  # the variable parts of the address
    query: Q
    body: B
    once: str  # the same twice does it once
    detail: dict[str, object] = field(default_factory=dict)  # what the audit keeps beside it

    def number(self) -> int:
        """The number in the address. Raises Refusal."""
        text = self.path["number"]
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise Refusal(Kind.NOT_THERE)
        return int(text)

    def once_for(self, what: str) -> str:
        """The key under which `what` is done once in the name of this member of staff."""
        return f"api:{self.member.login}:{what}:{self.once}"


@dataclass(frozen=True, slots=True)
class Operation(Generic[Q, B, A]):
    """What can be done: routing, reading, rights, the audit and the description follow from it.

    Whatever no operation names cannot be done.
    """

    name: str  # the audit's word for it, and `api.do_...`
    method: str
    path: str
    roles: frozenset[Role]
    handler: Callable[[Call[Q, B]], Awaitable[A]]
    answer: type[A]
    query: type[Q]
    body: type[B]
    status: int = 200
    is_kept: bool = False  # in the audit, though it changes nothing

    @property
    def changes(self) -> bool:
        """Whether anything is different afterwards."""
        return self.method != "GET"


AnyOperation = Operation[Any, Any, Any]


def look(
    name: str,
    path: str,
    roles: frozenset[Role],
    handler: Callable[[Call[Q, Nothing]], Awaitable[A]],
    answer: type[A],
    query: type[Q],
    *,
    is_kept: bool = False,
) -> AnyOperation:
    """An operation that changes nothing."""
    return Operation(name, "GET", path, roles, handler, answer, query, Nothing, is_kept=is_kept)


def change(
    name: str,
    path: str,
    roles: frozenset[Role],
    handler: Callable[[Call[Nothing, B]], Awaitable[A]],
    answer: type[A],
    body: type[B],
    *,
    method: str = "POST",
    status: int = 200,
) -> AnyOperation:
    """An operation that changes something."""
    return Operation(name, method, path, roles, handler, answer, Nothing, body, status)
