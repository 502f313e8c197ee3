"""Score a file of questions whose right policy is known: what `hotline eval` prints.

A line of the file is {"q", "policy", "must_contain", "kind"} and, where several policies are asked
for at once, "also"; where the talk began earlier, "after": what was asked before. Policy "none"
means that it must not be answered.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.knowledge.normalise import fold

NONE = "none"
_MONEY = re.compile(r"\d\s*(?:万|千|百)?元")
_PHONE = re.compile(r"(?<!\d)(?:1\d{10}|0\d{2,3}-?\d{7,8}|12\d{3}|[48]00-?\d{3}-?\d{4})(?!\d)")
_NOT_COUNTED = re.compile(r"[\s-]+")


@dataclass(frozen=True, slots=True)
class Case:
    """A question and what a right answer has."""

    question: str
    policy: str
    must_contain: tuple[str, ...]
    kind: str
    also: tuple[str, ...] = ()
    after: tuple[str, ...] = ()  # what the visitor had asked before, in the same talk


@dataclass(frozen=True, slots=True)
class Said:
    """What the hotline said to a question."""

    outcome: str  # answered | choices | declined | handoff | chat
    policies: tuple[str, ...]
    text: str


@dataclass(slots=True)
class Score:
    """How one kind of question went."""

    asked: int = 0
    right: int = 0
    wrong: int = 0  # answered, with the wrong policy or though nothing should be: the worst bug
    offered: int = 0  # the right title was among those to choose from
    missing: int = 0  # the right policy, but a fact is not in the text


@dataclass(slots=True)
class Report:
    """Scores by kind, pairs of policies taken for each other, and every case that failed."""

    kinds: dict[str, Score] = field(default_factory=dict)
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)
    failed: list[tuple[Case, Said]] = field(default_factory=list)

    @property
    def total(self) -> Score:
        """All kinds together."""
        scores = self.kinds.values()
        return Score(*(sum(getattr(score, name) for score in scores)
                       for name in ("asked", "right", "wrong", "offered", "missing")))  # fmt: skip


def read_cases(file: Path) -> list[Case]:
    """The questions of `file`, one JSON object a line."""
    lines = filter(str.strip, file.read_text("utf-8").splitlines())
    return [_case(json.loads(line)) for line in lines]


def score(pairs: Iterable[tuple[Case, Said]]) -> Report:
    """Judge what was said to each case."""
    report = Report()
    for case, said in pairs:
        kind = report.kinds.setdefault(case.kind, Score())
        kind.asked += 1
        if is_right(case, said):
            kind.right += 1
            continue
        report.failed.append((case, said))
        told = said.outcome == "answered"
        kind.offered += said.outcome == "choices" and case.policy in said.policies
        if told and said.policies[:1] == (case.policy,):
            kind.missing += 1
        elif told:
            kind.wrong += 1
            report.confused[case.policy, said.policies[0]] += 1
    return report


def is_right(case: Case, said: Said) -> bool:
    """Whether `said` has the right policy first and every fact; or, for none, tells nothing."""
    if case.policy == NONE:
        quiet = not _MONEY.search(said.text) and not _PHONE.search(said.text)
        return said.outcome != "answered" and quiet
    if said.outcome != "answered" or said.policies[:1] != (case.policy,):
        return False
    return set(case.also) <= set(said.policies) and has_all(said.text, case.must_contain)


def has_all(text: str, facts: Sequence[str]) -> bool:
    """Whether every fact is in `text`, whatever the dashes, widths and spaces."""
    body = _even(text)
    return all(_even(fact) in body for fact in facts)


def _even(text: str) -> str:
    return _NOT_COUNTED.sub("", fold(text))


def _case(raw: dict[str, object]) -> Case:
    def several(name: str) -> tuple[str, ...]:
        value = raw.get(name, [])
        return tuple(map(str, value)) if isinstance(value, list) else ()

    return Case(
        str(raw["q"]), str(raw["policy"]), several("must_contain"),
        str(raw.get("kind", "")), several("also"), several("after"),
    )  # fmt: skip
