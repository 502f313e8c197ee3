"""What a sentence may be about: a policy, or something that no policy of ours answers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml

from bot.knowledge.finding import Finding, UnusableContent, line_of
from bot.knowledge.policies import Part, Policy

Kind = Literal["policy", "chat", "decline", "refuse"]


@dataclass(frozen=True, slots=True, eq=False)  # by identity: they are keys, and long
class Subject:
    """One thing to tell apart from the others, with the words people use for it."""

    id: str
    kind: Kind
    names: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    patterns: tuple[re.Pattern[str], ...] = ()
    script: str = ""  # the conversation that takes it up, instead of a passage

    @property
    def passage(self) -> str:
        """The key of content/replies that answers it, when it is no policy."""
        return f"elsewhere.{self.id}"


@lru_cache(1024)
def of_policy(policy: Policy) -> Subject:
    """The subject that `policy` is; the same one, as long as its file does not change."""
    sections = [words for part, words in policy.sections.items() if part != Part.SOURCE]
    figures = [" ".join((each.name, each.condition, each.per, each.amount))
               for each in policy.figures]  # fmt: skip
    mistakes = [" ".join((*each.wrong, each.right)) for each in policy.corrections]
    names = (policy.title, *policy.names)
    return Subject(policy.id, "policy", names, (*sections, *figures, *mistakes), policy.questions)


def read_elsewhere(content: Path) -> tuple[Subject, ...]:
    """The subjects of content/elsewhere.yaml. Raises UnusableContent for a bad pattern or kind."""
    file = content / "elsewhere.yaml"
    return _elsewhere(file.name, file.read_text(encoding="utf-8"))


@lru_cache(4)
def _elsewhere(name: str, text: str) -> tuple[Subject, ...]:
    raw = yaml.load(text, yaml.CSafeLoader)
    subjects, findings = [], []
    for key, fields in raw.items():
        line = line_of(text, f"\n{key}:") + 1
        try:
            patterns = _patterns(fields.get("patterns", ()))
        except re.error:
            findings.append(Finding(name, line, "check.bad_pattern", {"key": key}))
            continue
        if fields.get("kind") not in ("chat", "decline", "refuse"):
            findings.append(Finding(name, line, "check.wrong_field", {"field": "kind"}))
            continue
        examples = tuple(map(str, fields["examples"]))
        script = str(fields.get("script", ""))
        subjects.append(
            Subject(key, fields["kind"], examples=examples, patterns=patterns, script=script)
        )
    if findings:
        raise UnusableContent(findings)
    return tuple(subjects)


def _patterns(raw: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in raw)
