"""Whose key a request shows: a member of staff, in whose name it acts."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from bot.api.calls import Kind, Refusal
from bot.console.brake import Brake
from bot.network import Network
from bot.records.audit import Audit
from bot.records.staff import Member, Staff
from bot.records.tokens import Key, Tokens

_LONGEST = 200  # characters of a key
NOBODY = "-"


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody whose key is good."""

    member: Member
    key: str  # its name
    address: str


class Keys:
    """Looks keys up. Who shows wrong ones again and again is slowed down; a good key always
    opens."""

    def __init__(
        self, tokens: Tokens, staff: Staff, brake: Brake, audit: Audit, network: Network
    ) -> None:
        self._tokens = tokens
        self._staff = staff
        self._brake = brake
        self._audit = audit
        self._network = network

    async def holder(self, request: web.Request) -> Holder:
        """Who asks. Raises Refusal, StorageDown."""
        address = self._network.address(request)
        shown = _bearer(request.headers.get("Authorization", ""))
        key = await self._tokens.use(shown) if shown else None
        member = await self._staff.get(key.staff) if key else None
        if key is None or member is None or not member.is_active:
            raise await self._refused(key, member, address)
        return Holder(member, key.name, address)

    async def _refused(self, key: Key | None, member: Member | None, address: str) -> Refusal:
        whose = f"api\n{address}"  # apart from who signs in from there
        if not await self._brake.may_try(whose, whose):
            left = await self._brake.seconds_left(whose, whose)
            return Refusal(Kind.TOO_MANY, Retry_After=str(left))
        login = member.login if member else NOBODY
        detail = {"key": key.name} if key else {}
        await self._audit.note(login, "key_refused", "/api/", detail, address)
        return Refusal(Kind.UNKNOWN, WWW_Authenticate='Bearer realm="hotline"')


def _bearer(header: str) -> str:
    scheme, _, key = header.partition(" ")
    key = key.strip()
    is_key = key.isascii() and key.isprintable() and len(key) <= _LONGEST
    return key if scheme.lower() == "bearer" and is_key else ""
