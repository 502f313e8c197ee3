"""The members of staff, for admins."""

from __future__ import annotations

from collections.abc import Mapping

from multidict import MultiMapping

from bot.console.passwords import Passwords, one_time_password
from bot.console.visit import ADMINS, Answer, NotThere, Page, Redirect, Refused, Route, Visit
from bot.records.scope import Scope
from bot.records.staff import LoginTaken, Member, Role, Staff
from bot.records.staff_sessions import StaffSessions

STAFF = "/console/staff"
_LONGEST = 40  # characters of a login or a name


class StaffPages:
    """Who may sign in, and what they may see."""

    def __init__(
        self,
        staff: Staff,
        sessions: StaffSessions,
        passwords: Passwords,
        places: Mapping[str, tuple[str, ...]],
    ) -> None:
        """`places`: the region's counties with their towns."""
        self._staff = staff
        self._sessions = sessions
        self._passwords = passwords
        self._places = places

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents."""
        one = f"{STAFF}/{{number}}"
        return (
            Route("GET", STAFF, self.show_all, ADMINS, title="nav_staff"),
            Route("POST", STAFF, self.add, ADMINS, act="staff_added"),
            Route("GET", one, self.show, ADMINS),
            Route("POST", one, self.change, ADMINS, act="staff_changed"),
            Route("POST", f"{one}/reset", self.reset, ADMINS, act="staff_reset"),
        )

    async def show_all(self, visit: Visit) -> Answer:
        """Everybody."""
        facts = {"everybody": await self._staff.all(), "roles": list(Role), "places": self._places}
        return Page("staff.html.j2", facts)

    async def add(self, visit: Visit) -> Answer:
        """A new member; their one-time password is shown once."""
        login, name = _short(visit.form, "login").lower(), _short(visit.form, "name")
        if not login.isascii() or not login.isidentifier() or not name:
            raise Refused("console.staff_needs")
        role, password = _role(visit.form), one_time_password()
        hashed = await self._passwords.hash(password)
        try:
            member = await self._staff.add(login, name, role, hashed, self._scope(visit.form, role))
        except LoginTaken:
            raise Refused("console.staff_taken", login=login) from None
        return Page("staff_password.html.j2", {"member": member, "password": password})

    async def show(self, visit: Visit) -> Answer:
        """One member, with where they are signed in."""
        member = await self._member(visit)
        sessions = await self._sessions.of(member.number)
        facts = {"member": member, "sessions": sessions}
        return Page("staff_member.html.j2", {**facts, "roles": list(Role), "places": self._places})

    async def change(self, visit: Visit) -> Answer:
        """Name, role, region, and whether they work here. Nobody changes their own role."""
        member = await self._member(visit)
        role, is_active = _role(visit.form), visit.form.get("is_active") == "yes"
        if member.number == visit.member.number and (role is not member.role or not is_active):
            raise Refused("console.staff_not_oneself")
        name = _short(visit.form, "name") or member.name
        scope = self._scope(visit.form, role)
        await self._staff.change(
            member.number, name=name, role=role, scope=scope, is_active=is_active
        )
        if not is_active:
            await self._sessions.end_all(member.number)
        return Redirect(f"{STAFF}/{member.number}", "saved")

    async def reset(self, visit: Visit) -> Answer:
        """A new one-time password, and the second factor anew: for who has lost both."""
        member = await self._member(visit)
        password = one_time_password()
        hashed = await self._passwords.hash(password)
        await self._staff.set_password(member.number, hashed, must_change=True)
        await self._staff.drop_second_factor(member.number)
        await self._sessions.end_all(member.number)
        return Page("staff_password.html.j2", {"member": member, "password": password})

    async def _member(self, visit: Visit) -> Member:
        member = await self._staff.get(visit.number())
        if member is None:
            raise NotThere
        return member

    def _scope(self, form: MultiMapping[str], role: Role) -> Scope:
        """What was ticked. An admin's is the whole region: whoever gives rights to others could
        take more than a part."""
        if role is Role.ADMIN:
            return Scope()
        counties = frozenset(form.getall("county", [])) & self._places.keys()
        known = {town for county in counties for town in self._places[county]}
        return Scope(counties, frozenset(form.getall("town", [])) & known)


def _role(form: MultiMapping[str]) -> Role:
    try:
        return Role(form.get("role", ""))
    except ValueError:
        raise Refused("console.staff_needs") from None


def _short(form: MultiMapping[str], name: str) -> str:
    return form.get(name, "").strip()[:_LONGEST]
