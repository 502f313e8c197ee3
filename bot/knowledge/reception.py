"""What is done with a message that was understood: answer, offer a choice, decline or chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from bot.knowledge.answers import ROOM, ROOM_BESIDE, Answers
from bot.knowledge.aspects import Aspects
from bot.knowledge.decide import Calibration, Chances
from bot.knowledge.glossary import Glossary
from bot.knowledge.groups import Groups
from bot.knowledge.leaning import Leaning, says_nothing
from bot.knowledge.normalise import amounts, plain, without_amounts
from bot.knowledge.parts import ALONE, Parts, Wanted, bar_of, is_aided
from bot.knowledge.policies import Policy
from bot.knowledge.quantities import in_digits, quantities
from bot.knowledge.regions import holds_in
from bot.knowledge.subjects import Subject
from bot.knowledge.understanding import BARE, Hearing
from dialogs.policy import Answered, Chatted, Choices, Declined, Found, Started

_MOST_OFFERED = 3
_NAMED_OUTRIGHT = 0.85  # the same for a sentence that hardly says anything
_LITTLE = 14  # characters of a message that says for whom it asks, and hardly what
_TOO_CLOSE = 0.6  # something else this likely beside the best policy: rather ask
_NOT_HERE = "elsewhere.elsewhere_place"
_IN_FULL = 0.6  # of the longest name that counts: four characters
_REFUSED = 0.45  # nobody is refused as a cheat on less: 外地户口能领专岗吗


class Reception:
    """Decides, by the chances and the calibration."""

    def __init__(
        self,
        subjects: Sequence[Subject],
        policies: Mapping[str, Policy],
        answers: Answers,
        glossary: Glossary,
        calibration: Calibration,
        leaning: Leaning,
        aspects: Aspects,
        groups: Groups,
    ) -> None:
        """`subjects` in the order of the chances."""
        self._subjects = tuple(subjects)
        self._is_policy = np.array([subject.kind == "policy" for subject in subjects])
        self._policies = policies
        self._amounts = [_promised(policies.get(subject.id)) for subject in subjects]
        self._answers = answers
        self._glossary = glossary
        self._calibration = calibration
        self._leaning = leaning
        self._aspects = aspects
        self._groups = groups
        self._cued = {it.id for it in policies.values() if aspects.stand_in(it.title)}
        self._places = {subject.id: at for at, subject in enumerate(subjects)}
        self._parts = Parts(subjects, glossary, calibration)

    def receive(self, hearing: Hearing, about: tuple[str, ...], today: date) -> Found:
        """What to say to the message `hearing`."""
        found = self._found(hearing, about, today)
        match found:
            case Answered(answers=answers):
                named = [answer.policy for answer in answers]
            case Choices(titles=titles):
                named = [policy for policy, _ in titles]
            case _:
                return found
        if all(holds_in(self._policies[policy], hearing.places) for policy in named):
            return found
        return Declined(_NOT_HERE, {**found.evidence, "reason": "not_here"})

    def leant_on(self, hearing: Hearing, about: tuple[str, ...]) -> tuple[str, ...]:
        """What of `about` the answer depends on: nothing, when the message speaks for itself."""
        if not about or hearing.passage is not None:
            return ()
        known = tuple(policy for policy in about if policy in self._policies)
        return known if known and self._leaning.leans(hearing, self._places[known[0]]) else ()

    def _found(self, hearing: Hearing, about: tuple[str, ...], today: date) -> Found:
        evidence = self._evidence(hearing)
        if hearing.passage is not None:
            return _elsewhere(hearing.passage, evidence | {"reason": "pattern"})
        known = self.leant_on(hearing, about)
        if known:
            wanted = [Wanted(known[0], hearing.asked[0], hearing.said)]
            return self._told(wanted, today, evidence | {"reason": "follow_up"})
        if self._is_only_a_sum(hearing):
            return self._by_amount(hearing, today, {**evidence, "reason": "amount"})
        several = self._parts.wanted(hearing)
        if len(several) > 1:
            return self._told(several, today, evidence | {"reason": "several"})
        found = self._one(hearing, today, evidence)
        is_told = isinstance(found, Answered) or not several
        if not is_told and self._parts.is_mixed(hearing, several[0]):
            return self._told(several, today, evidence | {"reason": "part"})
        return found

    def _is_only_a_sum(self, hearing: Hearing) -> bool:
        """Whether a sum of money is all there is to go by: "那五千啥时候给"."""
        if not hearing.amounts or len(without_amounts(hearing.bare)) >= BARE:
            return False
        is_named = hearing.sights[0].views["names"].any()
        return not is_named and float(hearing.chances[0].max()) < ALONE

    def _by_amount(self, hearing: Hearing, today: date, evidence: Mapping[str, object]) -> Found:
        """The policy that promises the sum, or those that do to choose from."""
        chances = hearing.chances[0]
        holders = [at for at, sums in enumerate(self._amounts) if sums & hearing.amounts]
        likely = sorted(holders, key=lambda at: -chances[at])[:_MOST_OFFERED]
        if not likely:
            return Declined("policy.of_what", evidence)
        share = chances[likely[0]] / sum(chances[at] for at in holders)
        is_plain = share >= ALONE and chances[likely[0]] >= bar_of(hearing, self._calibration)
        if len(holders) == 1 or is_plain:
            wanted = [Wanted(self._subjects[likely[0]].id, hearing.asked[0], hearing.said)]
            return self._told(wanted, today, evidence)
        return Choices(tuple(self._title(at) for at in likely), evidence)

    def _title(self, at: int) -> tuple[str, str]:
        policy = self._policies[self._subjects[at].id]
        return policy.id, policy.title

    def _one(self, hearing: Hearing, today: date, evidence: Mapping[str, object]) -> Found:
        chances = hearing.chances[0]
        policies = np.where(self._is_policy, chances, 0)
        best = int(policies.argmax())
        offered = self._offered(hearing)
        says_little = says_nothing(hearing) or (offered and len(hearing.said) <= _LITTLE)
        bar = _NAMED_OUTRIGHT if says_little else bar_of(hearing, self._calibration)
        if policies[best] >= bar and not self._is_doubtful(hearing, policies):
            return self._about(best, hearing, today, {**evidence, "reason": "sure"})
        if offered:
            return Choices(offered, {**evidence, "reason": "group"})
        return self._doubted(hearing, policies, today, evidence)

    def _doubted(
        self, hearing: Hearing, policies: Chances, today: date, evidence: Mapping[str, object]
    ) -> Found:
        """What to say where no policy is likely enough to be told of outright."""
        chances = hearing.chances[0]
        best, other = int(policies.argmax()), int(np.where(self._is_policy, 0, chances).argmax())
        is_bare = self._is_bare(hearing) and chances[other] < ALONE
        if is_bare and (says_nothing(hearing) or not self._is_likely(policies)):
            return Declined("policy.of_what", {**evidence, "reason": "no_matter"})
        if chances[other] > policies[best] and self._is_claimed(hearing, best):
            return self._about(best, hearing, today, {**evidence, "reason": "claimed"})
        unsure = {**evidence, "reason": "unsure"}
        if chances[other] > policies[best]:
            return _elsewhere(self._subjects[other], unsure, float(chances[other]))
        if not self._is_likely(policies):
            return Declined(evidence=unsure)
        likely = [int(at) for at in np.argsort(-policies)[:_MOST_OFFERED]]
        titles = tuple(self._title(at) for at in likely if policies[at] > policies[best] / 10)
        return Choices(titles, unsure)

    def _about(
        self, at: int, hearing: Hearing, today: date, evidence: Mapping[str, object]
    ) -> Answered:
        """What the policy at `at` says to all that the message asks."""
        wanted = Wanted(self._subjects[at].id, hearing.asked[0], hearing.question)
        return self._told([wanted], today, evidence)

    def _offered(self, hearing: Hearing) -> tuple[tuple[str, str], ...]:
        """What there is for people like whom the message speaks of."""
        named = self._groups.offered(plain(hearing.question))
        return tuple(self._title(self._places[each]) for each in named if each in self._policies)

    def _is_likely(self, policies: Chances) -> bool:
        return bool(policies.max() >= self._calibration.offer)

    def _is_doubtful(self, hearing: Hearing, policies: Chances) -> bool:
        """Whether another policy is near as likely as the best, or all that is not ours together;
        of that the letters alone cannot judge."""
        best, second = (*np.sort(policies)[:-3:-1], 0.0)[:2]
        strange = 1 - float(policies.sum()) if is_aided(hearing) else 0.0
        return bool(max(second, strange) >= _TOO_CLOSE * best)

    def _is_claimed(self, hearing: Hearing, best: int) -> bool:
        """Whether a sum is said to be given by the policy at `best`, which is named in full: that
        can be put right, however strange the sum."""
        names = hearing.sights[0].views["names"]
        is_named = names[best] >= _IN_FULL and names[best] == names.max()
        claims = any(word in hearing.said for word in self._glossary.claiming)
        has_sum = any(each.unit == "元" for each in quantities(in_digits(hearing.said)))
        return bool(is_named and claims and has_sum and not hearing.is_story)

    def _is_bare(self, hearing: Hearing) -> bool:
        return len(hearing.bare) < BARE and bool(hearing.asked[0])

    def _told(
        self, wanted: Sequence[Wanted], today: date, evidence: Mapping[str, object]
    ) -> Answered:
        room = ROOM if len(wanted) == 1 else ROOM_BESIDE
        wanted = [self._of_its_matter(it) for it in wanted]
        answers = tuple(
            self._answers.answer(self._policies[it.policy], it.asked, it.text, today, room)
            for it in wanted
        )
        asked = {it.policy: [part.value for part in it.asked] for it in wanted}
        versions = {answer.policy: answer.version for answer in answers}
        return Answered(answers, {**evidence, "asked": asked, "versions": versions})

    def _of_its_matter(self, wanted: Wanted) -> Wanted:
        """`wanted` without the sections that only the policy's own title seemed to ask for."""
        if wanted.policy not in self._cued:
            return wanted
        title = self._policies[wanted.policy].title
        return replace(wanted, asked=self._aspects.asked(wanted.text, title))

    def _evidence(self, hearing: Hearing) -> dict[str, object]:
        return {
            "said": hearing.said,
            "question": hearing.question,
            "views": sorted(hearing.sights[0].views),
            "candidates": self._candidates(hearing.chances[0]),
        }

    def _candidates(self, chances: Chances) -> dict[str, float]:
        best = np.argsort(-chances)[:4]
        return {self._subjects[at].id: round(float(chances[at]), 3) for at in best}


def _promised(policy: Policy | None) -> frozenset[float]:
    """The sums of money that `policy` promises, in yuan."""
    figures = policy.figures if policy else ()
    told = [
        plain(each.amount.replace("—", "元"))
        for each in figures
        if each.kind == "entitlement" and "元" in each.amount
    ]
    return frozenset().union(*map(amounts, told))


def _elsewhere(subject: Subject, evidence: Mapping[str, object], chance: float = 1) -> Found:
    if subject.kind == "refuse" and chance < _REFUSED:
        return Declined(evidence=evidence)
    if subject.script:
        return Started(subject.script, evidence)
    if subject.kind == "chat":
        return Chatted(subject.passage, evidence)
    return Declined(subject.passage, evidence)
