"""A member of staff makes an account of the chat their own, by a code from the console."""

from __future__ import annotations

from typing import Protocol

from dialogs.menu import menu
from dialogs.talk import NotForThem, Option, Reply, Talk


class TooManyTries(Exception):
    """Whoever tries so many codes has to wait."""


class Bindings(Protocol):
    """Whose account is whose."""

    async def bind(self, visitor: str, code: str, key: str) -> str | None:
        """The name of the member whose code it is: the account is theirs from now on; None, if it
        is no code or was used. The same `key` uses a code once. Raises TooManyTries."""
        ...

    async def unbind(self, visitor: str, key: str) -> bool:
        """The account is nobody's any more; False when it was nobody's before, and the same `key`
        did not make it so."""
        ...


async def bind_account(talk: Talk, bindings: Bindings) -> Reply:
    """The code is used up; whoever sent it is known from now on."""
    try:
        name = await bindings.bind(talk.visitor, talk.given("code") or "", talk.event)
    except TooManyTries:
        return Reply("bind.too_many", options=(menu(),))
    if name is None:
        return Reply("bind.refused", options=(menu(),))
    write = Option.start("post.new_button", "post")
    return Reply("bind.bound", {"name": name}, (write, menu()))


async def unbind_account(talk: Talk, bindings: Bindings) -> Reply:
    """/unbind: the account belongs to no member of staff any more."""
    if not await bindings.unbind(talk.visitor, talk.event):
        raise NotForThem
    return Reply("bind.unbound", options=(menu(),))
