"""The audit, for admins: who did what, and whether the chain holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.console.visit import ADMINS, Answer, Page, Route, Visit
from bot.records.audit import Audit

_A_PAGE = 100


class AuditPages:
    """Reading the audit."""

    def __init__(self, audit: Audit, acts: Callable[[], Mapping[str, str]]) -> None:
        """`acts`: what each act is called."""
        self._audit = audit
        self._acts = acts

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents."""
        return (
            Route("GET", "/console/audit", self.show_all, ADMINS, title="nav_audit"),
            Route("GET", "/console/audit/verify", self.verify, ADMINS),
        )

    async def show_all(self, visit: Visit) -> Answer:
        """The newest entries, a page at a time."""
        staff, action = visit.query.get("staff", ""), visit.query.get("action", "")
        before = visit.query.get("before", "")
        start = int(before) if before.isdecimal() and len(before) < 18 else None
        entries = await self._audit.latest(_A_PAGE, start, staff, action)
        more = entries[-1].number if len(entries) == _A_PAGE else None
        facts = {"entries": entries, "more": more, "staff": staff, "action": action}
        return Page("audit.html.j2", {**facts, "acts": self._acts()})

    async def verify(self, visit: Visit) -> Answer:
        """Whether the chain holds."""
        return Page("audit_verified.html.j2", {"verdict": await self._audit.verify()})
