"""What may be wrong within one policy: its dates, its links, and its figures both ways."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from bot.knowledge.finding import Finding, line_of
from bot.knowledge.normalise import fold
from bot.knowledge.policies import Part, Policy
from bot.knowledge.sentences import parted
from bot.knowledge.standing import even

_FEWEST_QUESTIONS = 25
_DIGITS = re.compile(r"\d+(?:\.\d+)?")


def check_policy(policy: Policy, ids: set[str], sources: set[str], day: date) -> Iterator[Finding]:
    """Every finding in `policy`; `ids` and `sources`: what it may refer to."""
    yield from _dates(policy, day)
    yield from _links(policy, ids, sources)
    yield from _figures_in_text(policy)
    yield from _figures_of_their_source(policy)
    yield from _text_in_figures(policy)
    if len(policy.questions) < _FEWEST_QUESTIONS:
        facts = {"count": len(policy.questions), "fewest": _FEWEST_QUESTIONS}
        yield _found(policy, "questions:", "check.few_questions", facts, is_error=False)
    for twice in sorted({each for each in policy.questions if policy.questions.count(each) > 1}):
        yield _found(policy, twice, "check.twice", {"question": twice}, is_error=False)


def _dates(policy: Policy, day: date) -> Iterator[Finding]:
    begins, ends = policy.valid_from, policy.valid_until
    if begins and ends and ends < begins:
        yield _found(policy, "valid_until:", "check.ends_before_it_begins")
    if policy.recheck_by <= policy.verified_on:
        yield _found(policy, "recheck_by:", "check.recheck_before_verified")
    if policy.published is not None and policy.published > policy.verified_on:
        yield _found(policy, "verified_on:", "check.verified_before_published")
    if policy.status == "in_force" and ends and ends < day:
        yield _found(policy, "status:", "check.ended", {"day": ends})
    if policy.status == "expired" and ends is None:
        yield _found(policy, "valid_until:", "check.expired_without_day")
    if policy.recheck_by < day:
        yield _found(policy, "recheck_by:", "check.due", {"day": policy.recheck_by}, False)
    for figure in policy.figures:
        if figure.since and figure.until and figure.until < figure.since:
            yield _found(policy, figure.name, "check.figure_dates", {"name": figure.name})


def _links(policy: Policy, ids: set[str], sources: set[str]) -> Iterator[Finding]:
    for other in (*policy.related, *policy.supersedes):
        if other not in ids:
            yield _found(policy, other, "check.dead_link", {"id": other})
    for source in {*policy.sources, *(figure.source for figure in policy.figures)} - sources:
        yield _found(policy, source, "check.unknown_source", {"source": source})
    for source in {*policy.quoted, *(each.source for each in policy.figures)} - {*policy.sources}:
        yield _found(policy, source, "check.source_not_listed", {"source": source})


def _figures_in_text(policy: Policy) -> Iterator[Finding]:
    body = even(_body(policy))
    for figure in policy.figures:
        if even(figure.amount) not in body:
            facts = {"name": figure.name, "amount": figure.amount}
            yield _found(policy, figure.name, "check.figure_not_in_text", facts)


def _figures_of_their_source(policy: Policy) -> Iterator[Finding]:
    """A figure must be told in a sentence that counts as its source's, or it is not cited."""
    told = [(even(words), policy.told_by(words)) for words in parted(_body(policy))]
    for figure in policy.figures:
        amount = even(figure.amount)
        by = {key for words, keys in told if amount in words for key in keys}
        if by and figure.source not in by:
            facts = {"name": figure.name, "amount": figure.amount, "source": figure.source}
            yield _found(policy, figure.name, "check.figure_of_other_source", facts)


def _text_in_figures(policy: Policy) -> Iterator[Finding]:
    known = " ".join(
        f"{each.name} {each.amount} {each.per} {each.condition} {each.since} {each.until}"
        for each in policy.figures
    )
    numbers = set(_DIGITS.findall(fold(f"{known} {policy.title} {' '.join(policy.names)}")))
    numbers |= {number.lstrip("0") for number in numbers}
    texts = [(Part(part), words) for part, words in policy.sections.items() if part != Part.SOURCE]
    for _, words in texts:
        for number in dict.fromkeys(_DIGITS.findall(fold(words))):
            if number not in numbers:
                facts = {"number": number}
                yield _found(policy, words.split("\n")[0], "check.number_not_in_figures", facts)
    for correction in policy.corrections:
        for number in dict.fromkeys(_DIGITS.findall(fold(correction.right))):
            if number not in numbers:
                facts = {"number": number}
                yield _found(policy, correction.right, "check.number_not_in_figures", facts)


def _body(policy: Policy) -> str:
    return "\n".join(words for part, words in policy.sections.items() if part != Part.SOURCE)


def _found(
    policy: Policy,
    place: str,
    words: str,
    facts: Mapping[str, object] | None = None,
    is_error: bool = True,
) -> Finding:
    return Finding(policy.file, line_of(policy.text, place), words, facts or {}, is_error)
