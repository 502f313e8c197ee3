"""What may be wrong with the rules: words that do not stand in the policy, examples that come out
otherwise, conditions that nobody can meet, facts that nobody asks."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import yaml

from bot.knowledge.facts import FACTS, Fact, Kind, as_kept, read_facts
from bot.knowledge.finding import Finding, UnusableContent, line_of
from bot.knowledge.offers import VERDICT_NAMES, Example, Offer, Reader
from bot.knowledge.policies import Part, Policy
from bot.knowledge.rules import (
    AllOf,
    AnyOf,
    Leaf,
    Not,
    Rule,
    Truth,
    Unstated,
    leaves,
    truth,
)
from bot.knowledge.samples import samples
from bot.knowledge.standing import even
from bot.knowledge.values import Value

_FEWEST_EXAMPLES = 4
_MOST_PEOPLE = 50_000  # how many different people are tried on one offer
_QUESTIONS = "replies/benefits.yaml"


def check_rules(content: Path, policies: Sequence[Policy]) -> Iterator[Finding]:
    """Every finding about `rules:`, `examples:` and facts.yaml."""
    try:
        facts = read_facts(content)
    except UnusableContent as unusable:
        yield from unusable.findings
        return
    reader = Reader(facts)
    used: set[str] = set()
    for policy in policies:
        offers, examples = reader.offers(policy), reader.examples(policy)
        for offer in offers:
            used |= {leaf.fact for leaf in leaves(offer.rule) if isinstance(leaf, Leaf)}
            yield from _words(offer)
            yield from _borders(offer, facts)
            yield from _reach(offer, facts)
        yield from _examples(policy, offers, examples, facts)
    yield from reader.findings
    yield from _facts(content, facts, used)


def _words(offer: Offer) -> Iterator[Finding]:
    """What is told of an offer must be the policy's own words."""
    policy = offer.policy
    body = even("\n".join(words for part, words in policy.sections.items() if part != Part.SOURCE))
    for told in dict.fromkeys((offer.amount, *(leaf.cite for leaf in leaves(offer.rule)))):
        if even(told) not in body:
            yield _found(policy, told, "check.rule_not_in_text", cite=told)


def _borders(offer: Offer, facts: Mapping[str, Fact]) -> Iterator[Finding]:
    """The buttons of a number must part where the rule does."""
    for leaf in leaves(offer.rule):
        if not isinstance(leaf, Leaf) or facts[leaf.fact].kind is not Kind.NUMBER:
            continue
        for kept, label in facts[leaf.fact].choices.items():
            value = facts[leaf.fact].value(kept)
            if value is not None and truth(leaf, {leaf.fact: value}, date.today()) is None:
                yield _found(
                    offer.policy, leaf.cite, "check.rule_between", fact=leaf.fact, label=label
                )


def _reach(offer: Offer, facts: Mapping[str, Fact]) -> Iterator[Finding]:
    """Whether somebody can get it, and whether every fact matters to somebody."""
    policy, day = offer.policy, offer.policy.verified_on
    asked = list(dict.fromkeys(it.fact for it in leaves(offer.rule) if isinstance(it, Leaf)))
    possible = [samples(facts[name], [offer.rule], day) for name in asked]
    if math.prod(map(len, possible)) > _MOST_PEOPLE:
        yield _found(policy, offer.amount, "check.rule_too_wide", amount=offer.amount)
        return
    verdicts: dict[tuple[Value, ...], Truth] = {
        person: truth(offer.rule, dict(zip(asked, person, strict=True)), day)
        for person in itertools.product(*possible)
    }
    best = _with_unstated(offer.rule)
    if not any(truth(best, dict(zip(asked, person, strict=True)), day) for person in verdicts):
        yield _found(policy, offer.amount, "check.rule_never_met", amount=offer.amount)
    for at, name in enumerate(asked):
        others: dict[tuple[Value, ...], Truth] = {}
        if all(
            others.setdefault(person[:at] + person[at + 1 :], verdict) is verdict
            for person, verdict in verdicts.items()
        ):
            yield _found(policy, f"fact: {name}", "check.rule_never_asked", fact=name)


def _with_unstated(rule: Rule) -> Rule:
    """`rule` as if all that the text leaves open were met."""
    match rule:
        case Unstated():
            return AllOf(())
        case AllOf():
            return AllOf(tuple(map(_with_unstated, rule.rules)))
        case AnyOf():
            return AnyOf(tuple(map(_with_unstated, rule.rules)))
        case Not():
            return Not(_with_unstated(rule.rule))
        case Leaf():
            return rule


def _examples(
    policy: Policy,
    offers: Sequence[Offer],
    examples: Sequence[Example],
    facts: Mapping[str, Fact],
) -> Iterator[Finding]:
    """Every example must come out as it says, on the day the policy was verified."""
    if offers and len(examples) < _FEWEST_EXAMPLES:
        yield _found(policy, "examples:", "check.few_examples", fewest=_FEWEST_EXAMPLES)
    names = {offer.name for offer in offers}
    for example in examples:
        meant = [offer for offer in offers if example.offer in ("", offer.name)]
        read = {name: facts[name].value(kept) for name, kept in example.given.items()}
        values = {name: value for name, value in read.items() if value is not None}
        truths = [truth(offer.rule, values, policy.verified_on) for offer in meant]
        verdict = True if True in truths else None if None in truths else False
        given = "，".join(f"{name} {kept}" for name, kept in example.given.items())
        if example.offer and example.offer not in names:
            yield _found(policy, "examples:", "check.example_offer", offer=example.offer)
        elif verdict is not example.verdict:
            found, said = VERDICT_NAMES[verdict], VERDICT_NAMES[example.verdict]
            yield _found(
                policy, "examples:", "check.example_wrong", given=given, found=found, said=said
            )


def _facts(content: Path, facts: Mapping[str, Fact], used: set[str]) -> Iterator[Finding]:
    """Every fact needs its question, and a rule that asks it."""
    if not facts:
        return
    text = (content / FACTS).read_text(encoding="utf-8")
    replies = yaml.load((content / _QUESTIONS).read_text(encoding="utf-8"), yaml.CSafeLoader)
    asked = {as_kept(key) for key in replies}
    for name, fact in facts.items():
        line = line_of(text, f"\n  {name}:") + 1
        if name not in asked:
            yield Finding(FACTS, line, "check.fact_without_words", {"fact": name})
        if name not in used:
            yield Finding(FACTS, line, "check.idle_fact", {"fact": name}, is_error=False)
        if fact.after and fact.after not in facts:
            yield Finding(FACTS, line, "check.rule_fact", {"fact": fact.after})


def _found(policy: Policy, place: str, words: str, **facts: object) -> Finding:
    return Finding(policy.file, line_of(policy.text, place), words, facts)
