"""What rules may ask of a person: the facts of content/facts.yaml, and how answers are read."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge.finding import Finding, UnusableContent, line_of
from bot.knowledge.values import Value, day_said, days_kept, number_kept, number_said

FACTS = "facts.yaml"
UNKNOWN = "unknown"
YES, NO = "yes", "no"


class Kind(StrEnum):
    """How a fact is answered."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    NUMBER = "number"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that rules ask of a person."""

    name: str
    kind: Kind
    choices: Mapping[str, str]  # value -> label of its button
    units: Mapping[str, float] = field(default_factory=dict)  # word -> how many of the fact's own
    after: str = ""  # the fact that is asked before this one
    is_aside: bool = False  # who fails by it was not meant: 给企业 is no news to a job seeker
    said: Mapping[str, str] = field(default_factory=dict)  # other words for a value -> the value

    def read(self, text: str) -> str | None:
        """The value that `text` means, as it is kept; None when it cannot be read."""
        said = _folded(text)
        if said == UNKNOWN or said in self.choices:
            return said
        if ".." in said:
            return None  # a button of ranges that are drawn otherwise by now
        said = said.strip("。.!?~")
        labels = {_folded(label): value for value, label in self.choices.items()}
        meant = labels.get(said) or self.said.get(said)
        if meant is not None:
            return meant
        match self.kind:
            case Kind.NUMBER:
                return number_said(said, self.units)
            case Kind.DATE:
                return day_said(said)
            case _:
                return None

    def value(self, kept: str) -> Value | None:
        """The value of what `read` gave; None when it is not known. Raises ValueError."""
        if kept == UNKNOWN:
            return None
        match self.kind:
            case Kind.NUMBER:
                return number_kept(kept)
            case Kind.DATE:
                return days_kept(kept)
        if kept not in self.choices:
            raise ValueError(kept)
        return kept


def read_facts(content: Path) -> dict[str, Fact]:
    """Every fact, in the order in which equal ones are asked; none without the file.

    Raises UnusableContent.
    """
    file = content / FACTS
    if not file.exists():
        return {}
    text = file.read_text(encoding="utf-8")
    try:
        raw = yaml.load(text, yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UnusableContent([Finding(FACTS, line, "check.not_yaml")]) from error
    facts, findings = {}, []
    for name, fields in raw["facts"].items():
        try:
            facts[name] = _fact(name, fields, raw["yes_no"], raw["said"])
        except (KeyError, TypeError, ValueError, AttributeError):
            line = line_of(text, f"\n  {name}:") + 1
            findings.append(Finding(FACTS, line, "check.wrong_fact", {"fact": name}))
    if findings:
        raise UnusableContent(findings)
    return facts


def as_kept(raw: object) -> str:
    """A value as an editor writes it (yes, 6, 2024-07-01), in the form that `Fact.value` takes."""
    if isinstance(raw, bool):
        return YES if raw else NO
    return str(raw)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()


def _fact(
    name: str, fields: Mapping[str, Any], yes_no: Mapping[object, str], said: Mapping[object, Any]
) -> Fact:
    kind = Kind(fields["kind"])
    labels = fields.get("choices", yes_no if kind is Kind.YES_NO else {})
    choices = {as_kept(value): str(label) for value, label in labels.items()}
    units = {str(word): float(each) for word, each in fields.get("units", {}).items()}
    if kind is Kind.NUMBER:
        _ = [number_kept(value) for value in choices]
    elif kind is not Kind.DATE and len(choices) < 2:
        raise ValueError(name)
    values = {as_kept(value): words for value, words in said.items()}
    known = {str(word): it for it in (*choices, UNKNOWN) for word in values.get(it, ())}
    after, is_aside = str(fields.get("after", "")), bool(fields.get("aside"))
    return Fact(name, kind, choices, units, after, is_aside, known)
