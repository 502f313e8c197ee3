"""What an editor should mend: everything `hotline check` looks for in the content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import yaml

from bot.knowledge.bm25 import grams
from bot.knowledge.check_policy import check_policy
from bot.knowledge.decide import Calibration, chances, read_calibration
from bot.knowledge.finding import Finding, UnusableContent, line_of
from bot.knowledge.glossary import read_glossary
from bot.knowledge.normalise import plain, spoken
from bot.knowledge.policies import Policy, read_policies, read_publications
from bot.knowledge.search import Search
from bot.knowledge.subjects import Subject, of_policy, read_elsewhere

_ALIKE = 0.85  # share of two questions' pairs from which they are taken for the same
_ELSEWHERE = "elsewhere.yaml"


def check(content: Path, today: date | None = None) -> list[Finding]:
    """Every finding, errors first, then by file and line. Reads only the folder `content`."""
    day = today or date.today()
    try:
        glossary = read_glossary(content)
        publications = read_publications(content)
        policies = read_policies(content, glossary.headings)
        elsewhere = read_elsewhere(content)
    except UnusableContent as unusable:
        return unusable.findings
    subjects = [*map(of_policy, policies), *elsewhere]
    said = [tuple(spoken(text, glossary) for text in subject.examples) for subject in subjects]
    findings = [
        *_policies(policies, set(publications), day),
        *_passages(content, elsewhere),
        *_patterns(policies, elsewhere),
        *_duplicates(policies),
        *_strays(policies, subjects, said, read_calibration(content)),
    ]
    return sorted(findings, key=lambda each: (not each.is_error, each.file, each.line))


def _policies(policies: Sequence[Policy], sources: set[str], day: date) -> Iterator[Finding]:
    ids = {policy.id for policy in policies}
    for policy in policies:
        yield from check_policy(policy, ids, sources, day)


def _passages(content: Path, elsewhere: Sequence[Subject]) -> Iterator[Finding]:
    """Every subject needs its kind words, and the other way round."""
    replies = yaml.safe_load((content / "replies" / _ELSEWHERE).read_text(encoding="utf-8"))
    keys = {subject.id for subject in elsewhere}
    for key in sorted(keys - set(replies)):
        yield Finding(_ELSEWHERE, 1, "check.no_passage", {"key": key})
    for key in sorted(set(replies) - keys):
        yield Finding(f"replies/{_ELSEWHERE}", 1, "check.idle_passage", {"key": key}, False)


def _patterns(policies: Sequence[Policy], elsewhere: Sequence[Subject]) -> Iterator[Finding]:
    """A pattern wins over everything, so it must not match what a policy is asked."""
    for policy in policies:
        for question, said in ((each, plain(each)) for each in policy.questions):
            for subject in elsewhere:
                if any(pattern.search(said) for pattern in subject.patterns):
                    facts = {"question": question, "key": subject.id}
                    yield _at(policy, question, "check.pattern_hits", facts, True)


def _duplicates(policies: Sequence[Policy]) -> Iterator[Finding]:
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
                if len(pairs & others) >= _ALIKE * len(pairs | others):
                    facts = {"question": question, "other": other.title, "asked": asked}
                    yield _at(policy, question, "check.alike", facts, False)
            for pair in pairs:
                holders.setdefault(pair, []).append(len(seen))
            seen.append((policy, question, pairs))


def _strays(
    policies: Sequence[Policy],
    subjects: Sequence[Subject],
    said: Sequence[Sequence[str]],
    calibration: Calibration,
) -> Iterator[Finding]:
    """Questions of one policy that find another subject."""
    search = Search(subjects)
    is_policy = np.array([subject.kind == "policy" for subject in subjects])
    titles: Mapping[str, str] = {policy.id: policy.title for policy in policies}
    for policy, own, questions in zip(policies, range(len(policies)), said, strict=False):
        for question, text in zip(policy.questions, questions, strict=True):
            found = int(chances(search.see(text), is_policy, calibration).argmax())
            if found != own:
                other = subjects[found].id
                facts = {"question": question, "other": titles.get(other, other)}
                yield _at(policy, question, "check.finds_another", facts, False)


def _at(
    policy: Policy, question: str, words: str, facts: Mapping[str, object], is_error: bool
) -> Finding:
    line = max(line_of(policy.text, f"- {quote}{question}") for quote in ("", '"', "'"))
    return Finding(policy.file, line, words, facts, is_error)
