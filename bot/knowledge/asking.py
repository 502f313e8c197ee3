"""Which facts can still change a verdict.

Of every part of a rule it is known what it can still come out as, and which differences in it show
in the verdict: beside a part that stays open, met and open are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce

from bot.knowledge.rules import AllOf, AnyOf, Known, Leaf, Not, Rule, Unstated, truth

_NOT_MET, _OPEN, _MET = range(3)
_Possible = frozenset[int]


@dataclass(frozen=True, slots=True)
class Asking:
    """What was asked, what came of it, and what shows of a part of a rule in the verdict."""

    known: Known
    asked: frozenset[str]  # facts answered, be it with 不清楚
    today: date
    shows_failure: bool = True  # whether it is told apart from being open
    shows_success: bool = True

    def open_facts(self, rule: Rule) -> Iterator[str]:
        """The facts whose answers can still change what `rule` comes out as."""
        if not (self.shows_failure or self.shows_success):
            return
        match rule:
            case Leaf():
                if len(self._possible(rule)) > 1:
                    yield rule.fact
            case Not():
                turned = replace(self, shows_failure=self.shows_success,
                                 shows_success=self.shows_failure)  # fmt: skip
                yield from turned.open_facts(rule.rule)
            case AllOf() | AnyOf():
                for at, each in enumerate(rule.rules):
                    yield from self._beside(rule, at).open_facts(each)

    def _beside(self, rule: AllOf | AnyOf, at: int) -> Asking:
        """What shows of one part of `rule`, as the others are."""
        others = self._combined(type(rule), (*rule.rules[:at], *rule.rules[at + 1 :]))
        if isinstance(rule, AllOf):
            failure, success = max(others) >= _OPEN, _MET in others
        else:
            failure, success = _NOT_MET in others, min(others) <= _OPEN
        return replace(self, shows_failure=self.shows_failure and failure,
                       shows_success=self.shows_success and success)  # fmt: skip

    def _possible(self, rule: Rule) -> _Possible:
        match rule:
            case Leaf():
                if rule.fact not in self.asked:
                    return frozenset((_NOT_MET, _MET))
                is_met = truth(rule, self.known, self.today)
                return frozenset((_OPEN if is_met is None else _MET if is_met else _NOT_MET,))
            case Unstated():
                return frozenset((_OPEN,))
            case Not():
                return frozenset(_MET - it for it in self._possible(rule.rule))
            case AllOf() | AnyOf():
                return self._combined(type(rule), rule.rules)

    def _combined(self, kind: type[AllOf] | type[AnyOf], rules: Sequence[Rule]) -> _Possible:
        pick: Callable[[int, int], int] = min if kind is AllOf else max
        begin = frozenset((_MET if kind is AllOf else _NOT_MET,))
        return reduce(
            lambda one, two: frozenset(pick(a, b) for a in one for b in two),
            map(self._possible, rules),
            begin,
        )
