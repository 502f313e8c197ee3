"""The different people there are, as far as rules tell them apart."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import date

from bot.knowledge.facts import Fact, Kind
from bot.knowledge.rules import Leaf, Rule, borders, leaves
from bot.knowledge.values import Range, Value


def samples(fact: Fact, rules: Iterable[Rule], today: date) -> list[Value]:
    """A value of every sort that `rules` tell apart."""
    if fact.kind in (Kind.YES_NO, Kind.CHOICE):
        return list(fact.choices)
    found = {
        border
        for rule in rules
        for leaf in leaves(rule)
        if isinstance(leaf, Leaf) and leaf.fact == fact.name
        for border in borders(leaf, today)
    }
    if fact.kind is Kind.DATE:
        days = sorted({day for border in found for day in (border - 1, border)})
        return [Range(day, day + 1) for day in days]
    around = ((border - 0.5, border, border + 0.5) for border in found)
    numbers = sorted(set(itertools.chain.from_iterable(around)))
    return [Range(number, number) for number in numbers]
