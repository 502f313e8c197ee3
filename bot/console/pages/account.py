"""One's own account: the second factor, the password, where one is signed in."""

from __future__ import annotations

from bot.console.gate import Browser, Gate, NotYou, SlowDown
from bot.console.guard import HOME
from bot.console.second_factor import picture
from bot.console.visit import EVERYBODY, Answer, Page, Redirect, Route, Visit
from bot.records.staff_sessions import StaffSessions

ACCOUNT = "/console/account"


class AccountPages:
    """What everybody does for themselves."""

    def __init__(self, gate: Gate, sessions: StaffSessions, hotline: str) -> None:
        """`hotline`: the name under which an app keeps the second factor."""
        self._gate = gate
        self._sessions = sessions
        self._hotline = hotline

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents."""
        end = f"{ACCOUNT}/sessions/{{number}}/end"
        return (
            Route("GET", "/console/code", self.ask_code, EVERYBODY, alone=True),
            Route("POST", "/console/code", self.take_code, EVERYBODY, alone=True),
            Route("GET", "/console/enrol", self.show_secret, EVERYBODY, alone=True),
            Route("POST", "/console/enrol", self.enrol, EVERYBODY, alone=True),
            Route("GET", "/console/password", self.ask_password, EVERYBODY, alone=True),
            Route("POST", "/console/password", self.take_password, EVERYBODY, alone=True),
            Route("POST", "/console/sign-out", self.sign_out, EVERYBODY, alone=True),
            Route("GET", ACCOUNT, self.show, EVERYBODY),
            Route("POST", end, self.end_session, EVERYBODY, act="session_ended"),
        )

    async def ask_code(self, visit: Visit) -> Answer:
        """The code of the second factor is asked for."""
        return Page("code.html.j2", {"why": ""})

    async def take_code(self, visit: Visit) -> Answer:
        """The code is checked."""
        code = visit.form.get("code", "")
        try:
            token = await self._gate.give_code(visit.member, visit.session, code, _browser(visit))
        except NotYou:
            return Page("code.html.j2", {"why": "wrong_code"}, 403)
        except SlowDown:
            return Page("code.html.j2", {"why": "slow_down"}, 429)
        return Redirect(HOME, token=token)

    async def show_secret(self, visit: Visit) -> Answer:
        """The second factor is set up, by those who have none."""
        if visit.member.has_second_factor:
            return Redirect(HOME)
        return self._enrolling(visit, self._gate.secret_for(), "", 200)

    async def enrol(self, visit: Visit) -> Answer:
        """The app's first code proves that it works; the recovery codes are shown once."""
        secret, code = visit.form.get("secret", ""), visit.form.get("code", "")
        given = (visit.member, visit.session, secret, code, _browser(visit))
        try:
            token, codes = await self._gate.enrol(*given)
        except (NotYou, ValueError):
            return self._enrolling(visit, self._gate.secret_for(), "wrong_code", 403)
        return Page("recovery.html.j2", {"codes": codes}, token=token)

    async def ask_password(self, visit: Visit) -> Answer:
        """Another password is asked for."""
        return Page("password.html.j2", {"why": ""})

    async def take_password(self, visit: Visit) -> Answer:
        """The password is changed, and every other session ends."""
        old, new = visit.form.get("old", ""), visit.form.get("new", "")
        if new != visit.form.get("again", ""):
            return Page("password.html.j2", {"why": "password_differs"}, 409)
        given = (visit.member, visit.session, old, new, _browser(visit))
        try:
            why, token = await self._gate.change_password(*given)
        except NotYou:
            return Page("password.html.j2", {"why": "password_wrong"}, 403)
        except SlowDown:
            return Page("password.html.j2", {"why": "slow_down"}, 429)
        if why is not None:
            return Page("password.html.j2", {"why": why}, 409)
        return Redirect(HOME, "password_changed", token)

    async def sign_out(self, visit: Visit) -> Answer:
        """The session ends."""
        await self._gate.sign_out(visit.member, visit.session)
        return Redirect("/console/sign-in", token="")

    async def show(self, visit: Visit) -> Answer:
        """Where one is signed in."""
        return Page("account.html.j2", {"sessions": await self._sessions.of(visit.member.number)})

    async def end_session(self, visit: Visit) -> Answer:
        """One of one's own sessions ends; another's is not touched."""
        await self._sessions.end(visit.number(), visit.member.number)
        return Redirect(ACCOUNT, "session_ended")

    def _enrolling(self, visit: Visit, secret: str, why: str, status: int) -> Page:
        code = picture(secret, visit.member.login, self._hotline)
        return Page("enrol.html.j2", {"secret": secret, "picture": code, "why": why}, status)


def _browser(visit: Visit) -> Browser:
    return Browser(visit.address, visit.session.browser)
