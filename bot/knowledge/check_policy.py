"""What may be wrong within one policy: its links, and its figures both ways."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache

from bot.knowledge.check_dates import check_dates
from bot.knowledge.finding import Finding, line_of
from bot.knowledge.normalise import fold
from bot.knowledge.policies import Part, Policy
from bot.knowledge.sentences import parted
from bot.knowledge.standing import even

_FEWEST_QUESTIONS = 25
_LINK = re.compile(r"(?<![A-Za-z0-9_-])policy:([a-z0-9][a-z0-9-]*)")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")


def check_policy(
    policy: Policy, policies: Mapping[str, Policy], sources: set[str], day: date
) -> Iterator[Finding]:
    """Every finding in `policy`; `policies` and `sources`: what it may refer to."""
    yield from check_dates(policy, policies, day)
    yield from _links(policy, policies, sources)
    yield from _within(policy)


@lru_cache(1024)  # few policies differ from one check to the next
def _within(policy: Policy) -> tuple[Finding, ...]:
    return tuple(_of_itself(policy))


def _of_itself(policy: Policy) -> Iterator[Finding]:
    """What can be found in its file alone, whatever the day."""
    yield from _figures_in_text(policy)
    yield from _figures_of_their_source(policy)
    yield from _text_in_figures(policy)
    if len(policy.questions) < _FEWEST_QUESTIONS:
        facts = {"count": len(policy.questions), "fewest": _FEWEST_QUESTIONS}
        yield _found(policy, "questions:", "check.few_questions", facts, is_error=False)
    for twice in sorted({each for each in policy.questions if policy.questions.count(each) > 1}):
        yield _found(policy, twice, "check.twice", {"question": twice}, is_error=False)


def _links(policy: Policy, policies: Mapping[str, Policy], sources: set[str]) -> Iterator[Finding]:
    for other in (*policy.related, *policy.supersedes):
        if other not in policies:
            yield _found(policy, other, "check.dead_link", {"id": other})
        if other == policy.id:
            yield _found(policy, "related:", "check.link_to_itself")
    for link, line in links(policy.text):
        if link not in policies:
            yield Finding(policy.file, line, "check.dead_link", {"id": link})
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


def links(text: str) -> Iterator[tuple[str, int]]:
    """The policies that `policy:…` in a text leads to, and the line of each."""
    for found in _LINK.finditer(text):
        yield found[1], text.count("\n", 0, found.start()) + 1


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
