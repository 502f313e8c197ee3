"""The console's main navigation: its pages by the work they belong to, for each role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.console.visit import Route
from bot.records.staff import Role

# The groups in their order, and the pages of each: keys of content/replies.
GROUPS = {
    "nav_desk": ("nav_home", "nav_tickets"),
    "nav_work": ("work.nav_openings", "work.nav_seekers", "work.nav_lists",
                 "work.nav_applications"),
    "nav_sending": ("nav_campaigns",),
    "nav_review": ("review.nav_talks", "review.nav_points", "review.nav_plans",
                   "review.nav_figures"),
    "nav_content": ("review.nav_unanswered", "review.nav_changes"),
    "nav_admin": ("nav_staff", "nav_switches", "nav_audit"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """Pages under one heading."""

    title: str
    pages: tuple[Route, ...]


def navigation(routes: Sequence[Route], role: Role) -> list[Group]:
    """What somebody of that role may go to; a group of which nothing is left is left out."""
    pages = {it.title: it for it in routes if it.title and role in it.roles}
    groups = [
        Group(title, tuple(pages[name] for name in names if name in pages))
        for title, names in GROUPS.items()
    ]
    return [it for it in groups if it.pages]
