"""What is said about one policy: the section that was asked for first, then what else matters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.knowledge.aspects import Asked
from bot.knowledge.bm25 import grams
from bot.knowledge.glossary import Glossary
from bot.knowledge.normalise import plain
from bot.knowledge.phrases import Phrases
from bot.knowledge.policies import Part, Policy, Publication
from bot.knowledge.sentences import Fit, Sentence, fresh, lines, sentences
from dialogs.policy import PolicyAnswer, Source

ROOM = 320  # characters of a single answer before its note and source: a phone's screen
ROOM_BESIDE = 200  # of each of several answers in one reply
_LEAD_ROOM = 180  # of the section that was asked for

_ASKED = 3.0  # a section that is asked for plainly, beside one that merely shares words
_FITS = 2.0  # the sentence that shares most with the question
_NUMBER = 1.0  # a sentence with a number, when a number is asked for
_SILENT = 2.0  # taken off a sentence that only tells that nothing is told
_LATER = 0.2  # taken off for each sentence before it in its section
_MAIN = {Part.AMOUNT: 1.0, Part.CONDITIONS: 0.8, Part.WHAT: 0.8, Part.WHO: 0.3}

Worth = Mapping[Sentence, float]


class Answers:
    """Composes answers from the policies' own sentences; nothing else is ever told as fact."""

    def __init__(
        self,
        policies: Mapping[str, Policy],
        publications: Mapping[str, Publication],
        glossary: Glossary,
        phrases: Phrases,
    ) -> None:
        """The policies by id, and the documents they cite by key."""
        self._publications = publications
        self._glossary = glossary
        self._phrases = phrases
        self._sentences = {key: sentences(each, glossary.silent) for key, each in policies.items()}
        self._fit = Fit(self._sentences)

    def answer(
        self, policy: Policy, asked: Asked, question: str, today: date, room: int = ROOM
    ) -> PolicyAnswer:
        """Answer `question` (folded), which asks for the sections `asked`, within `room`."""
        first = [*self._corrections(policy, question), *self._holding(policy, question, today)]
        if next(iter(asked), None) == Part.SOURCE:
            return self._answer(policy, Part.SOURCE, policy.sections[Part.SOURCE], (), today)
        worth = self._worth(policy, asked, question)
        part = max(worth, key=lambda sentence: worth[sentence]).part
        section = {each: value for each, value in worth.items() if each.part == part}
        lead = _best(section, [], _LEAD_ROOM)
        rest = {each: value for each, value in worth.items() if each.part != part and value > 0}
        used = sum(map(len, first)) + sum(len(each.words) for each in lead)
        also = _best(rest, lead, room - used)
        words = "".join((*first, *(each.words for each in sorted(lead, key=_place))))
        return self._answer(policy, part, words, lines(also), today)

    def show(self, policy: Policy, part: str, today: date) -> PolicyAnswer:
        """The section `part` of `policy`; "lead" stands for the one that matters most."""
        if part == "lead":
            return self.answer(policy, {}, "", today)
        section = Part(part)
        return self._answer(policy, section, policy.sections[section], (), today)

    def _answer(
        self, policy: Policy, lead: Part, words: str, also: tuple[str, ...], today: date
    ) -> PolicyAnswer:
        telling = {each.part for each in self._sentences[policy.id] if not each.is_silent}
        parts = tuple(
            part.value for part in Part if part != lead and part in telling | {Part.SOURCE}
        )
        return PolicyAnswer(
            policy=policy.id,
            title=policy.title,
            version=policy.version,
            lead=words,
            also=also,
            note=self._note(policy, today),
            source=_cited(self._publications[policy.sources[0]]),
            parts=parts,
        )

    def _worth(self, policy: Policy, asked: Asked, question: str) -> Worth:
        """What each sentence of `policy` is worth as an answer to `question`."""
        pairs = frozenset(grams(plain(question)))
        fits = {each: self._fit.of(each, pairs) for each in self._sentences[policy.id]}
        best = max(fits.values()) or 1.0

        def worth(sentence: Sentence) -> float:
            wanted = asked.get(sentence.part, 0)
            number = _NUMBER if sentence.has_number and Part.AMOUNT in asked else 0
            silent = _SILENT * (1 - 0.7 * wanted) if sentence.is_silent else 0
            main = _MAIN.get(sentence.part, 0) - _LATER * sentence.rank
            return _ASKED * wanted + _FITS * fits[sentence] / best + number + main - silent

        return {sentence: worth(sentence) for sentence in fits}

    def _corrections(self, policy: Policy, question: str) -> list[str]:
        """The sentence that puts a wrong idea in `question` right: the most specific one."""
        said = self._core(question)
        found = [
            (len(wrong), each.right)
            for each in policy.corrections
            for wrong in map(self._core, each.wrong)
            if len(wrong) > 1 and wrong in said
        ]
        return [max(found)[1]] if found else []

    def _core(self, text: str) -> str:
        """`text` without the small words that people put in or leave out."""
        core = plain(text)
        for word in self._glossary.light:
            core = core.replace(word, "")
        return core

    def _holding(self, policy: Policy, question: str, today: date) -> list[str]:
        if not any(word in question for word in self._glossary.holding):
            return []
        return [self._phrases.say(f"holding_{_standing(policy, today)}")]

    def _note(self, policy: Policy, today: date) -> str:
        standing = _standing(policy, today)
        key = "unchecked" if standing == "in_force" and today > policy.recheck_by else standing
        return self._phrases.say(
            f"note_{key}",
            year=(policy.valid_from or policy.published).year,
            published=policy.published,
            verified_on=policy.verified_on,
            valid_from=policy.valid_from,
            valid_until=policy.valid_until,
        )


def _standing(policy: Policy, today: date) -> str:
    if policy.status == "historical":
        return "historical"
    if policy.valid_from is not None and today < policy.valid_from:
        return "not_yet"
    return "in_force" if policy.holds_on(today) else "expired"


def _best(worth: Worth, said: Sequence[Sentence], room: int) -> list[Sentence]:
    """The sentences worth most that fit into `room` and are news; one at least to begin with."""
    chosen: list[Sentence] = []
    for sentence in sorted(worth, key=lambda each: -worth[each]):
        must = not said and not chosen
        if must or (len(sentence.words) <= room and fresh(sentence, [*said, *chosen])):
            chosen.append(sentence)
            room -= len(sentence.words)
    return chosen


def _place(sentence: Sentence) -> int:
    return sentence.at


def _cited(publication: Publication) -> Source:
    return Source(
        title=publication.title,
        issuer=publication.issuer,
        document=publication.document,
        published=publication.published.isoformat(),
        url=publication.url,
    )
