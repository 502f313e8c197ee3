"""The language of rules: conditions that are met, not met, or not known to be either.

A rule is a leaf, {fact, one comparison, cite}, or {unstated: what the text leaves open}, or
{all: [...]}, {any: [...]}, {not: ...} of rules. Truth has three values, as Kleene has them: what is
not known stays unknown until the rest decides without it.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.knowledge.values import Range, Value

Truth = bool | None  # None: not known
Known = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One fact compared with what the text asks for."""

    fact: str
    comparison: str  # a key of NUMBERS, of DATES, or is, one_of
    target: tuple[str, ...] | float
    cite: str  # the words of the policy that say so

    def __str__(self) -> str:
        if isinstance(self.target, tuple):
            target = " ".join(self.target)
        elif self.comparison in ("since", "before"):
            target = date.fromordinal(int(self.target)).isoformat()
        else:
            target = f"{self.target:g}"
        return f"{self.fact} {self.comparison} {target}"


@dataclass(frozen=True, slots=True)
class Unstated:
    """A condition that the text leaves open: nobody can tell whether it is met."""

    cite: str

    def __str__(self) -> str:
        return "unstated"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of the rules must hold."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of the rules is enough."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The rule must not hold."""

    rule: Rule


Rule = Leaf | Unstated | AllOf | AnyOf | Not

NUMBERS = ("at_least", "at_most", "above", "below")
DATES = ("since", "before", "within_months")


def truth(rule: Rule, known: Known, today: date) -> Truth:
    """Whether `rule` holds for a person of whom these facts are `known`."""
    match rule:
        case Leaf():
            value = known.get(rule.fact)
            return None if value is None else _compared(rule, value, today)
        case Unstated():
            return None
        case Not():
            inner = truth(rule.rule, known, today)
            return None if inner is None else not inner
        case AllOf():
            return _decided([truth(each, known, today) for each in rule.rules], False)
        case AnyOf():
            return _decided([truth(each, known, today) for each in rule.rules], True)


def reasons(rule: Rule, known: Known, today: date) -> Iterator[Leaf | Unstated]:
    """The leaves that make `rule` what it is; of an unknown one, those still to be found out."""
    match rule:
        case Leaf() | Unstated():
            yield rule
        case Not():
            yield from reasons(rule.rule, known, today)
        case AllOf() | AnyOf():
            is_so = truth(rule, known, today)
            for each in rule.rules:
                if truth(each, known, today) is is_so:
                    yield from reasons(each, known, today)


def leaves(rule: Rule) -> Iterator[Leaf | Unstated]:
    """Every leaf of `rule`."""
    match rule:
        case Leaf() | Unstated():
            yield rule
        case Not():
            yield from leaves(rule.rule)
        case AllOf() | AnyOf():
            for each in rule.rules:
                yield from leaves(each)


def borders(leaf: Leaf, today: date) -> tuple[float, ...]:
    """The numbers (of days: ordinals) from which on `leaf` turns."""
    if isinstance(leaf.target, tuple):
        return ()
    if leaf.comparison == "within_months":
        begin = _months_before(today, int(leaf.target)).toordinal()
        return (begin, today.toordinal() + 1)
    return (leaf.target,)


def _decided(truths: list[Truth], decider: bool) -> Truth:
    if decider in truths:
        return decider
    return None if None in truths else not decider


def _compared(leaf: Leaf, value: Value, today: date) -> Truth:
    if isinstance(leaf.target, tuple) or isinstance(value, str):
        return isinstance(leaf.target, tuple) and value in leaf.target
    match leaf.comparison:
        case "at_least" | "since":
            return _reaches(value, leaf.target)
        case "below" | "before":
            return _reversed(_reaches(value, leaf.target))
        case "above":
            return _exceeds(value, leaf.target)
        case "at_most":
            return _reversed(_exceeds(value, leaf.target))
        case _:
            begin, end = borders(leaf, today)
            return _decided([_reaches(value, begin), _reversed(_reaches(value, end))], False)


def _reaches(value: Range, border: float) -> Truth:
    if value.low >= border:
        return True
    return None if value.high > border else False


def _exceeds(value: Range, border: float) -> Truth:
    if value.low > border:
        return True
    return None if value.high > border else False


def _reversed(it: Truth) -> Truth:
    return None if it is None else not it


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
