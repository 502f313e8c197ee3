"""Who gets what: the rules of all policies over what is known of a person, and what to ask next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from bot.knowledge.asking import Asking
from bot.knowledge.facts import Fact, Kind, read_facts
from bot.knowledge.finding import UnusableContent
from bot.knowledge.judging import Judge, Person
from bot.knowledge.offers import Offer, Reader, all_offers
from bot.knowledge.recent import Recent
from bot.knowledge.rules import Truth
from bot.knowledge.samples import samples
from bot.knowledge.texts import Texts
from dialogs.benefits import Advice, Asked

_KEPT = 4000  # what to ask next, by what is known


class Eligibility:
    """The rules of one content folder. Implements `dialogs.benefits.Adviser`."""

    def __init__(
        self,
        offers: Sequence[Offer],
        facts: Mapping[str, Fact],
        judge: Judge,
        years: Mapping[str, int],
        today: Callable[[], date],
    ) -> None:
        """`years`: words for years, counted from this one."""
        self.offers = tuple(offers)
        self.facts = facts
        self._judge = judge
        self._years = years
        self._today = today
        self._titles = {offer.policy.id: offer.policy.title for offer in offers}
        self._asked: Recent[tuple[object, ...], tuple[str, ...]] = Recent(_KEPT)

    @classmethod
    def open(cls, content: Path, texts: Texts, today: Callable[[], date]) -> Eligibility:
        """The rules of the folder `content`, whose `texts` these are. Raises UnusableContent with
        all that is wrong."""
        facts = read_facts(content)
        reader = Reader(facts)
        offers = all_offers(texts.policies, reader)
        if reader.findings:
            raise UnusableContent(reader.findings)
        judge = Judge(texts.publications, texts.phrases, texts.glossary)
        return cls(offers, facts, judge, texts.glossary.years, today)

    def title(self, policy: str) -> str | None:
        """The title of a policy that has rules."""
        return self._titles.get(policy)

    def read(self, fact: str, text: str) -> str | None:
        """The value that `text` means; None when it cannot be read."""
        said = text
        if self.facts[fact].kind is Kind.DATE:
            for word, years in sorted(self._years.items(), key=lambda it: -len(it[0])):
                said = said.replace(word, f"{self._today().year + years}年")
        return self.facts[fact].read(said)

    def next_question(self, known: Mapping[str, str], policy: str | None) -> Asked | None:
        """The fact that settles most, of those that can still change a verdict."""
        key = (policy, self._today(), *sorted(known.items()))
        best = self._asked.get(key)
        if best is None:
            best = self._asked.keep(key, self._best(known, policy))
        return next((Asked(it, tuple(self.facts[it].choices.items())) for it in best), None)

    def advise(self, known: Mapping[str, str], policy: str | None) -> Advice:
        """The verdicts on one policy, or on all."""
        return self._judge.advise(self._of(policy), self.facts, self.person(known), policy)

    def verdict(self, policy: str, known: Mapping[str, str]) -> Truth:
        """Whether a person gets anything by `policy`."""
        someone = self.person(known)
        truths = [someone.fits(offer.rule) for offer in self._of(policy)]
        return True if True in truths else None if None in truths else False

    def person(self, known: Mapping[str, str]) -> Person:
        """Somebody of whom this is `known`, today."""
        read = {name: self.facts[name].value(kept) for name, kept in known.items()}
        values = {name: value for name, value in read.items() if value is not None}
        return Person(known, values, self._today())

    def _of(self, policy: str | None) -> list[Offer]:
        return [offer for offer in self.offers if policy in (None, offer.policy.id)]

    def _best(self, known: Mapping[str, str], policy: str | None) -> tuple[str, ...]:
        """The one fact to ask next, or none."""
        someone = self.person(known)
        offers = self._of(policy)
        if policy is None:
            offers = [it for it in offers if self._judge.may_hold(it.policy, someone.today)]
        touched: dict[str, list[Offer]] = {}
        asking = Asking(someone.values, frozenset(known), someone.today)
        for offer in offers:
            for name in dict.fromkeys(asking.open_facts(offer.rule)):
                touched.setdefault(name, []).append(offer)
        due = [it for it in self.facts if it in touched and self.facts[it].after not in touched]
        first = [it for it in due if self.facts[it].is_aside] or due
        worth = {it: self._settled(it, touched[it], asking) for it in first}
        return (max(first, key=lambda it: worth[it]),) if first else ()

    def _settled(self, name: str, offers: Sequence[Offer], asking: Asking) -> float:
        """How many of the verdicts on `offers` an answer to `name` settles, on average."""
        possible = samples(self.facts[name], [offer.rule for offer in offers], asking.today)
        asked = asking.asked | {name}
        settled = 0
        for value in possible:
            then = replace(asking, known={**asking.known, name: value}, asked=asked)
            settled += sum(not any(then.open_facts(offer.rule)) for offer in offers)
        return settled / len(possible)
