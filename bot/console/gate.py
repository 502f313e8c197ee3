"""Who somebody is: signing in, step by step, and the session that shows it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.console.brake import Brake
from bot.console.passwords import Passwords, weakness
from bot.console.safe import Safe
from bot.console.second_factor import (
    new_recovery_codes,
    new_secret,
    recovery_digest,
    step_of,
)
from bot.records.audit import Audit
from bot.records.staff import Member, Staff
from bot.records.staff_sessions import StaffSession, StaffSessions

Clock = Callable[[], datetime]


class NotYou(Exception):
    """The login, the password or the code is wrong; which one is not told."""


class SlowDown(Exception):
    """There were too many attempts; it can be tried again later."""


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a request comes from, as the audit and the list of sessions name it."""

    address: str
    name: str


class Gate:
    """Signs people in and out. Every attempt is in the audit."""

    def __init__(
        self,
        staff: Staff,
        sessions: StaffSessions,
        audit: Audit,
        brake: Brake,
        safe: Safe,
        clock: Clock,
        *,
        second_factor: bool,
        passwords: Passwords | None = None,
    ) -> None:
        """`second_factor`: whether everybody must have one."""
        self._staff = staff
        self._sessions = sessions
        self._audit = audit
        self._brake = brake
        self._safe = safe
        self._clock = clock
        self._second_factor = second_factor
        self._passwords = passwords or Passwords()

    async def who(self, token: str) -> tuple[Member, StaffSession] | None:
        """Whoever holds the token, if they are still signed in and still work here."""
        session = await self._sessions.find(token) if token else None
        member = await self._staff.get(session.staff) if session else None
        if session is None or member is None or not member.is_active:
            return None
        return member, session

    def step(self, member: Member, session: StaffSession) -> str | None:
        """What is still to do before the console opens: an address; None when it is open."""
        if not session.is_whole:
            return "/console/code" if member.has_second_factor else "/console/enrol"
        return "/console/password" if member.must_change else None

    async def sign_in(self, login: str, password: str, browser: Browser) -> str:
        """The token of a new session. Raises NotYou, SlowDown, StorageDown."""
        await self._try(login, browser)
        found = await self._staff.by_login(login)
        kept = found[1].password if found and found[0].is_active else None
        if not await self._passwords.fits(kept, password) or found is None:
            # Somebody may have typed their password where the login belongs.
            known = login if found else "-"
            await self._audit.note(known, "sign_in_failed", address=browser.address)
            raise NotYou
        member = found[0]
        is_whole = not (self._second_factor or member.has_second_factor)
        if is_whole:
            await self._brake.release(login, browser.address)
            await self._audit.note(login, "sign_in", address=browser.address)
        return await self._open(member, browser, is_whole=is_whole)

    async def give_code(
        self, member: Member, session: StaffSession, code: str, browser: Browser
    ) -> str:
        """The second factor; the token of a new, whole session. Raises NotYou, SlowDown."""
        await self._try(member.login, browser)
        if not await self._is_code(member, code):
            await self._audit.note(member.login, "code_failed", address=browser.address)
            raise NotYou
        return await self._whole(member, session, browser, "sign_in")

    async def enrol(
        self, member: Member, session: StaffSession, secret: str, code: str, browser: Browser
    ) -> tuple[str, list[str]]:
        """Take a second factor whose code proves that it works; the token of a new session and
        the recovery codes. Raises NotYou."""
        step = step_of(secret, code, self._clock())
        if member.has_second_factor or step is None:
            raise NotYou
        codes = new_recovery_codes()
        digests = [recovery_digest(each) for each in codes]
        await self._staff.set_second_factor(member.number, self._safe.seal(secret), digests)
        await self._staff.use_step(member.number, step)
        return await self._whole(member, session, browser, "second_factor_set"), codes

    async def change_password(
        self, member: Member, session: StaffSession, old: str, new: str, browser: Browser
    ) -> tuple[str | None, str]:
        """Why the new password will not do, or None and the token of a new session; every other
        session ends. Raises NotYou, SlowDown."""
        await self._try(member.login, browser)
        found = await self._staff.by_login(member.login)
        if found is None or not await self._passwords.fits(found[1].password, old):
            await self._audit.note(member.login, "password_failed", address=browser.address)
            raise NotYou
        why = "password_same" if old == new else weakness(new, member.login)
        if why is not None:
            return why, ""
        hashed = await self._passwords.hash(new)
        await self._staff.set_password(member.number, hashed, must_change=False)
        await self._sessions.end_all(member.number)
        await self._brake.release(member.login, browser.address)
        await self._audit.note(member.login, "password_changed", address=browser.address)
        return None, await self._open(member, browser, is_whole=session.is_whole)

    async def sign_out(self, member: Member, session: StaffSession) -> None:
        """The session ends, here and on the server."""
        await self._sessions.end(session.number, member.number)
        await self._audit.note(member.login, "sign_out", address=session.address)

    def secret_for(self) -> str:
        """A secret for somebody who is about to enrol."""
        return new_secret()

    async def _try(self, login: str, browser: Browser) -> None:
        if not await self._brake.may_try(login, browser.address):
            raise SlowDown

    async def _is_code(self, member: Member, code: str) -> bool:
        found = await self._staff.by_login(member.login)
        if found is None or found[1].totp_secret is None:
            return False
        secret = self._safe.open(found[1].totp_secret)
        step = None if secret is None else step_of(secret, code, self._clock())
        if step is not None:
            return await self._staff.use_step(member.number, step)
        return await self._staff.use_recovery(member.number, recovery_digest(code))

    async def _whole(
        self, member: Member, session: StaffSession, browser: Browser, what: str
    ) -> str:
        """A new token now that they are known: the old one may have been seen before."""
        await self._sessions.end(session.number, member.number)
        await self._brake.release(member.login, browser.address)
        await self._audit.note(member.login, what, address=browser.address)
        return await self._open(member, browser, is_whole=True)

    async def _open(self, member: Member, browser: Browser, *, is_whole: bool) -> str:
        return await self._sessions.open(
            member.number, is_whole=is_whole, address=browser.address, browser=browser.name
        )
