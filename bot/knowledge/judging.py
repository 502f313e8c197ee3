"""What is told of the verdicts: what can be had, what not, what is open, each with its reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.knowledge.answers import as_source
from bot.knowledge.facts import Fact
from bot.knowledge.glossary import Glossary
from bot.knowledge.offers import VERDICT_NAMES, Offer
from bot.knowledge.phrases import Phrases
from bot.knowledge.policies import Part, Policy, Publication
from bot.knowledge.rules import Leaf, Rule, Truth, Unstated, leaves, reasons, truth
from bot.knowledge.sentences import parted
from bot.knowledge.standing import Notes, standing
from bot.knowledge.values import Value
from dialogs.benefits import Advice, Judged

_HOLDS = ("in_force", "historical")


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of somebody, on one day."""

    known: Mapping[str, str]  # fact -> what they said, as it is kept
    values: Mapping[str, Value]  # the same, without what they did not know
    today: date

    def fits(self, rule: Rule) -> Truth:
        """Whether `rule` holds for them."""
        return truth(rule, self.values, self.today)

    def why(self, rule: Rule) -> list[Leaf | Unstated]:
        """The conditions that make it so."""
        return list(reasons(rule, self.values, self.today))


@dataclass(frozen=True, slots=True)
class _Case:
    """One offer and how it stands for one person."""

    offer: Offer
    verdict: Truth
    judged: Judged
    met: int  # conditions
    is_aside: bool  # it was never meant for this person


class Judge:
    """Puts the verdicts in the words of the policies."""

    def __init__(
        self, publications: Mapping[str, Publication], phrases: Phrases, glossary: Glossary
    ) -> None:
        """`publications`: the documents that policies cite, by key."""
        self._publications = publications
        self._notes = Notes(publications, phrases)
        self._silent = glossary.silent

    def may_hold(self, policy: Policy, today: date) -> bool:
        """Whether what `policy` gives may still be had, as far as its dates tell."""
        return standing(policy, today) in _HOLDS

    def advise(
        self,
        offers: Sequence[Offer],
        facts: Mapping[str, Fact],
        someone: Person,
        policy: str | None,
    ) -> Advice:
        """The verdicts on `offers`; `policy`: the only one asked about."""
        cases = [self._case(offer, facts, someone) for offer in offers]
        is_one = policy is not None
        holding = [it for it in cases if it.judged.standing in _HOLDS]
        others = [it for it in cases if it not in holding]
        likely = [it for it in holding if it.verdict is True]
        still_open = [it for it in holding if it.verdict is None]
        hopeful = {it.offer.policy.id for it in (*likely, *still_open)}
        meant = cases if is_one else [it for it in holding if not it.is_aside]
        missed = [it for it in meant if it.verdict is False]
        unlikely = [it for it in missed if it.offer.policy.id not in hopeful]
        over = [it for it in others if it.verdict or (is_one and it.verdict is None)]
        trace = [_trace(it, someone) for it in (meant if is_one else (*meant, *over))]
        evidence = {"reason": "rules", "known": dict(someone.known), "rules": trace}
        return Advice(_told(likely), _told(still_open), _told(unlikely), _told(over), evidence)

    def _case(self, offer: Offer, facts: Mapping[str, Fact], someone: Person) -> _Case:
        verdict, why = someone.fits(offer.rule), someone.why(offer.rule)
        aside = [it for it in why if isinstance(it, Leaf) and facts[it.fact].is_aside]
        met = sum(someone.fits(it) is True for it in leaves(offer.rule))
        plain = [it for it in why if it not in aside] or why
        words = tuple(dict.fromkeys(it.cite for it in plain))
        judged = self._judged(offer, words, someone.today)
        return _Case(offer, verdict, judged, met, bool(aside) and verdict is False)

    def _judged(self, offer: Offer, words: tuple[str, ...], today: date) -> Judged:
        policy = offer.policy
        papers = [it for it in parted(policy.sections[Part.PAPERS]) if self._silent not in it]
        key = policy.told_by(offer.amount)[0]
        return Judged(
            policy=policy.id,
            title=policy.title,
            offer=offer.name,
            amount=offer.amount,
            reasons=words,
            papers="".join(papers),
            standing=standing(policy, today),
            note=self._notes.note(policy, [key], offer.amount, today),
            begun=policy.valid_from or policy.published,
            ended=policy.valid_until,
            source=as_source(self._publications[key]),
        )


def _told(cases: Sequence[_Case]) -> tuple[Judged, ...]:
    """What is in force first, then what needs fewest conditions more."""

    def order(case: _Case) -> tuple[int, int, int]:
        lacking = 0 if case.verdict else len(case.judged.reasons)
        return (lacking, -case.met, case.judged.standing != "in_force")

    return tuple(case.judged for case in sorted(cases, key=order))


def _trace(case: _Case, someone: Person) -> dict[str, object]:
    """Every condition with its rule, what the person said, what came of it and where it stands."""
    rules = [
        {
            "rule": str(leaf),
            "said": someone.known.get(leaf.fact) if isinstance(leaf, Leaf) else None,
            "met": VERDICT_NAMES[someone.fits(leaf)],
            "cite": leaf.cite,
        }
        for leaf in leaves(case.offer.rule)
    ]
    policy = case.offer.policy
    verdict = {"policy": policy.id, "offer": case.offer.name, "version": policy.version}
    return {**verdict, "verdict": VERDICT_NAMES[case.verdict], "rules": rules}
