"""What a visitor takes to be true, 听说补贴一万二是不是, held against the policy's own figures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.knowledge.bm25 import grams
from bot.knowledge.glossary import Glossary
from bot.knowledge.normalise import fold, plain
from bot.knowledge.phrases import Phrases
from bot.knowledge.policies import Figure, Policy
from bot.knowledge.quantities import (
    Quantity,
    in_digits,
    periods,
    quantities,
    without_periods,
)

_MONEY = "元"
_LONGEST = 60  # characters; a longer message tells of much that is no claim
_CLAUSE = re.compile(r"[,。?!;\n]")
_EACH = re.compile("每|按[月年天]|一次性|一次给|年年|月月|天天")  # 一年 alone may be a while
_DONE = re.compile("[了过]$")  # 干了六年: what stands behind is about the visitor


@dataclass(frozen=True, slots=True)
class _Told:
    """A figure, and what can be compared in it."""

    figure: Figure
    unit: str
    least: float
    most: float
    often: frozenset[str]
    pairs: frozenset[str]


class Claims:
    """Judges claims, and says nothing where it cannot be sure."""

    def __init__(
        self, policies: Mapping[str, Policy], glossary: Glossary, phrases: Phrases
    ) -> None:
        """`glossary` holds the words by which people ask whether something is so."""
        self._glossary = glossary
        self._phrases = phrases
        self._told = {key: self._readable(policy) for key, policy in policies.items()}

    def judge(self, policy: Policy, question: str, today: date) -> str:
        """One sentence on the number or the time that `question` claims; empty when unsure.

        A claim is right or wrong only beside the one figure of the same unit that is in force on
        `today` and meant by the question's words. The claimed number itself is never repeated.
        """
        if not self._asks_whether(question):
            return ""
        said = self._said(in_digits(without_periods(question)))
        unit = said[0].unit if said else _MONEY
        told = [each for each in self._told[policy.id] if each.unit == unit]
        meant = _meant([each for each in told if each.figure.holds_on(today)], question)
        if meant is None or len(said) > 1:
            return ""
        often = periods(question) if said or _EACH.search(question) else frozenset()
        return self._verdict(said[0] if said else None, often, meant, told)

    def _asks_whether(self, question: str) -> bool:
        claims = any(word in question for word in self._glossary.claiming)
        counts = any(word in question for word in self._glossary.counting)
        return claims and not counts and len(question) <= _LONGEST

    def _verdict(
        self, said: Quantity | None, often: frozenset[str], meant: _Told, told: Sequence[_Told]
    ) -> str:
        """What to say when `said`, so `often`, is claimed of the figure `meant` among `told`."""
        is_told = said is not None and (said.least, said.most) == (meant.least, meant.most)
        if said and not is_told and not any(_near(said, each) for each in told):
            return self._say("claim_wrong", meant)
        if len(often) == 1 and meant.often and not often & meant.often:
            return self._say(f"claim_not_{min(often)}", meant)
        return self._say("claim_right", meant) if is_told else ""

    def _said(self, question: str) -> list[Quantity]:
        """The numbers that `question` claims of the policy, not those about the visitor."""
        found: list[Quantity] = []
        for clause in _CLAUSE.split(question):
            gives = any(word in clause for word in self._glossary.giving)
            for each in quantities(clause):
                is_own = _DONE.search(clause[: each.begins])
                if not is_own and (gives or each.unit != _MONEY):
                    found.append(each)
        return [each for each in found if each.unit == _MONEY] or found

    def _readable(self, policy: Policy) -> list[_Told]:
        told = [self._read(figure) for figure in policy.figures]
        return [each for each in told if each]

    def _read(self, figure: Figure) -> _Told | None:
        amount = without_periods(in_digits(figure.amount))
        found = quantities(amount)
        if not found or (found[0].unit == _MONEY and figure.kind == "result"):
            return None
        of_unit = [each for each in found if each.unit == found[0].unit]
        is_known = self._glossary.silent not in figure.per
        often = periods(figure.per + fold(figure.amount)) if is_known else frozenset()
        return _Told(
            figure=figure,
            unit=found[0].unit,
            least=min(each.least for each in of_unit),
            most=max(each.most for each in of_unit),
            often=often,
            pairs=frozenset(grams(plain(f"{figure.name}{figure.condition}{figure.per}"))),
        )

    def _say(self, key: str, told: _Told) -> str:
        figure = told.figure
        return self._phrases.say(
            key, amount=figure.amount, per=figure.per, condition=figure.condition
        )


def _meant(told: Sequence[_Told], question: str) -> _Told | None:
    """The one that the words of `question` name, when there are several different ones."""
    if len({(each.least, each.most, each.often) for each in told}) <= 1:
        return told[0] if told else None
    said = frozenset(grams(plain(question)))
    common = frozenset.intersection(*(each.pairs for each in told))
    worth = [len((each.pairs - common) & said) for each in told]
    best = max(worth)
    return told[worth.index(best)] if best and worth.count(best) == 1 else None


def _near(said: Quantity, told: _Told) -> bool:
    """Whether `said` may be taken from the figure `told`."""
    return told.least <= said.most and said.least <= told.most
