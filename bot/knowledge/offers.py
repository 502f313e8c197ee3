"""What a policy gives to whom: its `rules:` and `examples:`, read and validated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.knowledge.facts import NO, UNKNOWN, YES, Fact, Kind, as_kept
from bot.knowledge.finding import Finding, line_of
from bot.knowledge.policies import Policy
from bot.knowledge.rules import DATES, NUMBERS, AllOf, AnyOf, Leaf, Not, Rule, Truth, Unstated

VERDICTS: Mapping[str, Truth] = {YES: True, NO: False, UNKNOWN: None}
VERDICT_NAMES: Mapping[Truth, str] = {verdict: name for name, verdict in VERDICTS.items()}

_COMPARISONS = {
    Kind.YES_NO: ("is",),
    Kind.CHOICE: ("is", "one_of"),
    Kind.NUMBER: NUMBERS,
    Kind.DATE: DATES,
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that a policy gives, and the rule that says to whom."""

    policy: Policy
    name: str  # empty where the policy gives but one thing
    amount: str  # the sentence of the policy that says how much
    rule: Rule

    @property
    def title(self) -> str:
        """What visitors call it."""
        return f"{self.policy.title}：{self.name}" if self.name else self.policy.title


@dataclass(frozen=True, slots=True)
class Example:
    """A person, and whether they get something by the policy (or by one offer of it)."""

    given: Mapping[str, str]  # fact -> value as it is kept
    verdict: Truth
    offer: str = ""


class _Wrong(Exception):
    """Something that cannot be read; `finding` says what."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.words)
        self.finding = finding


class Reader:
    """Reads the rules and examples of policies."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        """`facts`: what rules may ask; what is wrong is gathered in `findings`."""
        self._facts = facts
        self.findings: list[Finding] = []

    def offers(self, policy: Policy) -> list[Offer]:
        """What `policy` gives; an offer that cannot be read is a finding."""
        found = []
        for raw in policy.rules:
            try:
                found.append(self._offer(policy, raw))
            except _Wrong as wrong:
                self.findings.append(wrong.finding)
        return found

    def examples(self, policy: Policy) -> list[Example]:
        """The people that `policy` names as examples; one that cannot be read is a finding."""
        found = []
        for raw in policy.examples:
            try:
                found.append(self._example(policy, raw))
            except _Wrong as wrong:
                self.findings.append(wrong.finding)
        return found

    def _offer(self, policy: Policy, raw: Mapping[str, object]) -> Offer:
        rest = dict(raw)
        name, amount = str(rest.pop("offer", "")), str(rest.pop("amount", ""))
        if not amount:
            raise _wrong(policy, "rules:", "check.rule_amount_missing")
        return Offer(policy, name, amount, self._rule(policy, rest))

    def _rule(self, policy: Policy, raw: object) -> Rule:
        match raw:
            case {"all": [_, *_] as rules, **rest} if not rest:
                return AllOf(tuple(self._rule(policy, each) for each in rules))
            case {"any": [_, *_] as rules, **rest} if not rest:
                return AnyOf(tuple(self._rule(policy, each) for each in rules))
            case {"not": rule, **rest} if not rest:
                return Not(self._rule(policy, rule))
            case {"unstated": str(cite), **rest} if not rest:
                return Unstated(cite)
            case {"fact": str(name), **rest}:
                return self._leaf(policy, name, {str(key): it for key, it in rest.items()})
            case _:
                raise _wrong(policy, _first_words(raw), "check.rule_shape", rule=str(raw))

    def _leaf(self, policy: Policy, name: str, raw: Mapping[str, object]) -> Leaf:
        fact, cite = self._facts.get(name), str(raw.get("cite", ""))
        if fact is None:
            raise _wrong(policy, f"fact: {name}", "check.rule_fact", fact=name)
        if not cite:
            raise _wrong(policy, f"fact: {name}", "check.rule_cite_missing", fact=name)
        compared = {key: value for key, value in raw.items() if key != "cite"}
        if len(compared) != 1 or not compared.keys() <= set(_COMPARISONS[fact.kind]):
            allowed = "、".join(_COMPARISONS[fact.kind])
            raise _wrong(policy, cite, "check.rule_comparison", fact=name, allowed=allowed)
        [(comparison, raw_target)] = compared.items()
        target = _target(fact, comparison, raw_target)
        if target is None:
            raise _wrong(policy, cite, "check.rule_value", fact=name, value=as_kept(raw_target))
        return Leaf(name, comparison, target, cite)

    def _example(self, policy: Policy, raw: Mapping[str, object]) -> Example:
        given, verdict = raw.get("given"), as_kept(raw.get("verdict"))
        if not isinstance(given, dict) or verdict not in VERDICTS or not raw.keys() <= _FIELDS:
            raise _wrong(policy, "examples:", "check.example_shape", example=str(raw))
        kept = {str(name): as_kept(value) for name, value in given.items()}
        for name, value in kept.items():
            if name not in self._facts or not _is_value(self._facts[name], value):
                raise _wrong(policy, "examples:", "check.example_fact", fact=name, value=value)
        return Example(kept, VERDICTS[verdict], str(raw.get("offer", "")))


_FIELDS = {"given", "verdict", "offer"}


def _target(fact: Fact, comparison: str, raw: object) -> tuple[str, ...] | float | None:
    """What a leaf compares with; None when it is nothing that the fact can be."""
    match comparison, raw:
        case "is" | "one_of", _:
            values = tuple(map(as_kept, raw if isinstance(raw, list) else [raw]))
            return values if values and set(values) <= set(fact.choices) else None
        case "since" | "before", date():
            return float(raw.toordinal())
        case "since" | "before", _:
            return None
        case _, bool():
            return None
        case _, int() | float():
            return float(raw)
        case _:
            return None


def _is_value(fact: Fact, kept: str) -> bool:
    try:
        fact.value(kept)
    except ValueError:
        return False
    return True


def _first_words(raw: object) -> str:
    match raw:
        case {"cite": str(cite)}:
            return cite
        case dict():
            return f"{next(iter(raw), 'rules')}:"
        case _:
            return "rules:"


def _wrong(policy: Policy, place: str, words: str, **facts: object) -> _Wrong:
    line = line_of(policy.text, place)
    return _Wrong(Finding(policy.file, line, words, facts | {"title": policy.title}))


def all_offers(policies: Sequence[Policy], reader: Reader) -> list[Offer]:
    """What all `policies` give, in their order."""
    return [offer for policy in policies for offer in reader.offers(policy)]
