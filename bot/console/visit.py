"""The vocabulary of the console: who visits which page, and what a page answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_hex

from multidict import MultiDict, MultiMapping

from bot.records.scope import Scope
from bot.records.staff import SUPERVISORS as SUPERVISORS
from bot.records.staff import Member, Role
from bot.records.staff_sessions import StaffSession

EVERYBODY = frozenset(Role)
ADMINS = frozenset({Role.ADMIN})

LONGEST_KEY = 40
SMALL_BODY = 64 * 1024  # bytes
FILE_BODY = 20 * 1024 * 1024  # bytes of a request with a file in it


@dataclass(frozen=True, slots=True)
class Upload:
    """A file somebody sent; its name is what their computer says, and means nothing."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Visit:
    """One request by somebody who may make it: the role and the CSRF token have been checked, the
    region has not."""

    member: Member
    session: StaffSession
    address: str
    now: datetime
    path: Mapping[str, str]  # the variable parts of the address
    query: MultiMapping[str]
    form: MultiMapping[str] = field(default_factory=MultiDict)
    files: Mapping[str, Upload] = field(default_factory=dict)
    here: str = ""  # the address of this page with its query
    detail: dict[str, object] = field(default_factory=dict)  # what the audit keeps beside it

    @property
    def scope(self) -> Scope:
        """The part of the region that the visit may see and change."""
        return self.member.scope

    def number(self, name: str = "number") -> int:
        """The number in the address. Raises NotThere."""
        text = self.path[name]
        if not text.isdecimal() or len(text) > 18:
            raise NotThere
        return int(text)

    def key(self) -> str:
        """The form's own key: sent twice, it does its work once. One that lost it is sent anew."""
        return self.form.get("key", "")[:LONGEST_KEY] or token_hex(8)


@dataclass(frozen=True, slots=True)
class Page:
    """A page to show: a template of bot/console/templates and its facts."""

    template: str
    facts: Mapping[str, object] = field(default_factory=dict)
    status: int = 200
    token: str | None = None  # of a new session that the browser holds from now on


@dataclass(frozen=True, slots=True)
class Redirect:
    """Go on to another page of the console; `notice` (a key of console.yaml) is shown there."""

    to: str
    notice: str = ""
    token: str | None = None  # of a new session that the browser holds from now on; "": of none


@dataclass(frozen=True, slots=True)
class Download:
    """A file to keep."""

    name: str
    content_type: str
    body: bytes


Answer = Page | Redirect | Download
Handler = Callable[[Visit], Awaitable[Answer]]


class NotThere(Exception):
    """There is nothing of that number that this visit may see."""


class Refused(Exception):
    """What was asked for cannot be done; `words` is a key of content/replies."""

    def __init__(self, words: str, **facts: object) -> None:
        super().__init__(words)
        self.words = words
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Route:
    """Who may make which request. What no route names, nobody may."""

    method: str
    path: str
    handler: Handler
    roles: frozenset[Role]
    title: str = ""  # a key of console.yaml: the page stands in the navigation under it
    largest_body: int = SMALL_BODY
    act: str = ""  # the audit's word for it; whatever has one, or changes something, is kept
    alone: bool = False  # part of signing in: reached before the session is whole
