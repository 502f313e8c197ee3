"""What may be wrong with a policy's dates: missing, against each other, against what it says, or
due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations

from bot.knowledge.finding import Finding, line_of
from bot.knowledge.policies import Figure, Policy


def check_dates(policy: Policy, policies: Mapping[str, Policy], day: date) -> Iterator[Finding]:
    """Every finding about the dates of `policy`; `policies`: those it may replace."""
    yield from _order(policy, day)
    yield from _standing(policy, day)
    yield from _replaced(policy, policies, day)
    yield from _figures(policy)


def _order(policy: Policy, day: date) -> Iterator[Finding]:
    begins, ends = policy.valid_from, policy.valid_until
    if begins and ends and ends < begins:
        yield _found(policy, "valid_until:", "check.ends_before_it_begins")
    if policy.recheck_by <= policy.verified_on:
        yield _found(policy, "recheck_by:", "check.recheck_before_verified")
    if policy.published is not None and policy.published > policy.verified_on:
        yield _found(policy, "verified_on:", "check.verified_before_published")
    if policy.verified_on > day:
        yield _found(policy, "verified_on:", "check.verified_in_future", day=policy.verified_on)
    if policy.recheck_by < day:
        yield _found(policy, "recheck_by:", "check.due", is_error=False, day=policy.recheck_by)


def _standing(policy: Policy, day: date) -> Iterator[Finding]:
    """The status against the dates. What ends by itself is no error: it is told as ended."""
    ends = policy.valid_until
    if policy.status == "in_force" and ends and ends < day:
        yield _found(policy, "status:", "check.ended", is_error=False, day=ends)
    if policy.status == "in_force" and policy.valid_from is None:
        yield _found(policy, "valid_from:", "check.in_force_since_when", is_error=False)
    if policy.status == "expired" and ends is None:
        yield _found(policy, "valid_until:", "check.expired_without_day")
    if policy.status == "expired" and ends and ends >= day:
        yield _found(policy, "status:", "check.expired_too_early", day=ends)


def _replaced(policy: Policy, policies: Mapping[str, Policy], day: date) -> Iterator[Finding]:
    """Two policies of which one replaces the other are not both in force."""
    for id_ in policy.supersedes:
        other = policies.get(id_)
        if other is None or other is policy:
            continue
        if policy.id in other.supersedes:
            yield _found(policy, "supersedes:", "check.replace_each_other", other=other.title)
        elif policy.holds_on(day) and other.holds_on(day):
            yield _found(policy, "supersedes:", "check.replaced_in_force", other=other.title)


def _figures(policy: Policy) -> Iterator[Finding]:
    for figure in policy.figures:
        since, until = figure.since, figure.until
        if since and until and until < since:
            yield _found(policy, figure.name, "check.figure_dates", name=figure.name)
        if since and policy.valid_until and since > policy.valid_until:
            told = {"name": figure.name, "day": policy.valid_until}
            yield _found(policy, figure.name, "check.figure_after_end", is_error=False, **told)
    for one, other in combinations(policy.figures, 2):
        if one.matter == other.matter and _contradict(one, other):
            yield _found(
                policy, other.name, "check.figures_overlap", name=one.name, other=other.name
            )


def _contradict(one: Figure, other: Figure) -> bool:
    """Whether both say what holds for the same people on the same day, and say different things."""
    if one.amount == other.amount:
        return False
    if (one.condition, one.per, one.source) != (other.condition, other.per, other.source):
        return False
    later = max(one.since or date.min, other.since or date.min)
    return later <= min(one.until or date.max, other.until or date.max)


def _found(
    policy: Policy, place: str, words: str, *, is_error: bool = True, **facts: object
) -> Finding:
    return Finding(policy.file, line_of(policy.text, place), words, facts, is_error)
