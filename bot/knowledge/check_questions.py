"""What may be wrong with the questions of the policies: caught by somebody else's pattern, nearly
the same as another, or finding another policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np

from bot.knowledge.bm25 import grams
from bot.knowledge.decide import Calibration, chances
from bot.knowledge.finding import Finding, line_of
from bot.knowledge.glossary import Glossary
from bot.knowledge.normalise import plain, spoken
from bot.knowledge.policies import Policy
from bot.knowledge.search import Search
from bot.knowledge.subjects import Subject

_ALIKE = 0.85  # share of two questions' pairs from which they are taken for the same


def check_patterns(policies: Sequence[Policy], elsewhere: Sequence[Subject]) -> Iterator[Finding]:
    """A pattern wins over everything, so it must not match what a policy is asked."""
    for policy in policies:
        yield from _caught(policy, tuple(elsewhere))


@lru_cache(1024)  # few policies differ from one check to the next
def _caught(policy: Policy, elsewhere: tuple[Subject, ...]) -> tuple[Finding, ...]:
    patterns = [(pattern, subject.id) for subject in elsewhere for pattern in subject.patterns]
    found = dict.fromkeys(
        (question, key)
        for question, said in ((each, plain(each)) for each in policy.questions)
        for pattern, key in patterns
        if pattern.search(said)
    )
    return tuple(
        _at(policy, question, "check.pattern_hits", {"question": question, "key": key}, True)
        for question, key in found
    )


def check_alike(policies: Sequence[Policy]) -> Iterator[Finding]:
    """Questions of different policies, or of one, that are nearly the same."""
    holders: dict[str, list[int]] = {}
    seen: list[tuple[Policy, str, frozenset[str]]] = []
    for policy in policies:
        for question in policy.questions:
            pairs = frozenset(grams(plain(question)))
            rare = sorted(pairs, key=lambda pair: (len(pair) < 2, len(holders.get(pair, ()))))[:6]
            near = {at for pair in rare for at in holders.get(pair, ())}
            for at in sorted(near):
                other, asked, others = seen[at]
                if len(pairs & others) >= _ALIKE * len(pairs | others) and asked != question:
                    facts = {"question": question, "other": other.title, "asked": asked}
                    yield _at(policy, question, "check.alike", facts, False)
                elif asked == question and other is not policy:
                    facts = {"question": question, "other": other.title}
                    yield _at(policy, question, "check.asked_of_both", facts, False)
            for pair in pairs:
                holders.setdefault(pair, []).append(len(seen))
            seen.append((policy, question, pairs))


def check_strays(
    policies: Sequence[Policy],
    elsewhere: Sequence[Subject],
    subjects: Sequence[Subject],
    glossary: Glossary,
    calibration: Calibration,
) -> Iterator[Finding]:
    """Questions of one policy that find another subject. `subjects`: the policies', in order."""
    search = Search([*subjects, *elsewhere])
    is_policy = np.array([subject.kind == "policy" for subject in search.subjects])
    titles: Mapping[str, str] = {policy.id: policy.title for policy in policies}
    for own, policy in enumerate(policies):
        for question in policy.questions:
            sight = search.see(spoken(question, glossary))
            found = int(chances(sight, is_policy, calibration).argmax())
            if found != own:
                other = search.subjects[found].id
                facts = {"question": question, "other": titles.get(other, other)}
                yield _at(policy, question, "check.finds_another", facts, False)


def _at(
    policy: Policy, question: str, words: str, facts: Mapping[str, object], is_error: bool
) -> Finding:
    line = max(line_of(policy.text, f"- {quote}{question}") for quote in ("", '"', "'"))
    return Finding(policy.file, line, words, facts, is_error)
