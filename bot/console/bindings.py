"""Which chat account belongs to which member of staff: a code from the console, sent to the bot,
says so."""

from __future__ import annotations

from collections.abc import Callable
from secrets import choice

from bot.console.brake import Brake
from bot.pipeline.line import Line
from bot.pipeline.messages import channel_of
from bot.records.audit import Audit
from bot.records.digests import digest
from bot.records.staff import Member, Staff
from dialogs.bind import TooManyTries

CHANNEL = "telegram"  # the one where the network itself says who somebody is
VALID = 600  # seconds that a code may be used
SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"  # those that nobody takes for each other
LENGTH = 12  # of a code: 59 bits
_REMEMBERED = 3600  # seconds that a turn may be run again after a crash


def new_code() -> str:
    """A code drawn at random."""
    return "".join(choice(SIGNS) for _ in range(LENGTH))


class Bindings:
    """One account to one member. Only the digest of a code is kept, and a member's newest code is
    the only one that counts."""

    def __init__(
        self,
        line: Line,
        staff: Staff,
        audit: Audit,
        draw: Callable[[], str] = new_code,
    ) -> None:
        self._line = line
        self._staff = staff
        self._audit = audit
        self._brake = Brake(line)
        self._draw = draw

    async def code_for(self, member: Member) -> str:
        """A new code for an account that is to be theirs; it can be read only now. Raises
        StorageDown."""
        code = self._draw()
        kept = digest(code)
        await self._line.call("SET", _key("code", kept), member.number, "EX", VALID)
        await self._line.call("SET", _key("newest", str(member.number)), kept, "EX", VALID)
        return code

    async def bind(self, visitor: str, code: str, key: str) -> str | None:
        """The name of the member whose code it is: the account is theirs from now on; None, if it
        is no code or was used. The same `key` uses a code once. Raises TooManyTries,
        StorageDown."""
        if channel_of(visitor) != CHANNEL:
            return None
        if not await self._brake.may_try(visitor, visitor):
            raise TooManyTries
        member = await self._whose(code.lower(), key)
        if member is None:
            await self._audit.note("-", "telegram_refused", address=visitor)
            return None
        await self._staff.bind_telegram(member.number, visitor)
        await self._brake.release(visitor, visitor)
        await self._noted(member, "telegram_bound", visitor)
        return member.name

    async def unbind(self, visitor: str, key: str) -> bool:
        """The account is nobody's any more; False when it was nobody's before, and the same `key`
        did not make it so. Raises StorageDown."""
        done = _key("unbound", key)
        member = await self._staff.by_telegram(visitor)
        if member is None:
            return await self._line.call("GET", done) is not None
        await self._line.call("SET", done, 1, "EX", _REMEMBERED)
        await self.drop(member)
        return True

    async def drop(self, member: Member) -> None:
        """Their account is nobody's any more."""
        await self._staff.bind_telegram(member.number, None)
        await self._noted(member, "telegram_unbound", member.telegram or "")

    async def _whose(self, code: str, key: str) -> Member | None:
        kept = digest(code)
        number = await self._line.call("GET", _key("code", kept))
        if number is None:
            return None
        if await self._line.call("GET", _key("newest", str(int(number)))) != kept.encode():
            return None
        if not await self._is_first(kept, key):
            return None
        member = await self._staff.get(int(number))
        return member if member is not None and member.is_active else None

    async def _is_first(self, kept: str, key: str) -> bool:
        """Whether the code is used for the first time, or by the same turn run again. What says so
        outlives the code."""
        used = _key("used", kept)
        if await self._line.call("SET", used, key, "NX", "EX", VALID) is not None:
            return True
        return bool(await self._line.call("GET", used) == key.encode())

    async def _noted(self, member: Member, act: str, visitor: str) -> None:
        await self._audit.note(member.login, act, f"staff:{member.login}", address=visitor)


def _key(kind: str, of: str) -> str:
    return f"hotline:binding:{kind}:{of}"
