"""What is said about one policy: the section that was asked for first, then what else matters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from datetime import date

from bot.knowledge.aspects import Asked
from bot.knowledge.bm25 import grams
from bot.knowledge.claims import Claims
from bot.knowledge.glossary import Glossary
from bot.knowledge.normalise import plain
from bot.knowledge.periods import Periods
from bot.knowledge.phrases import Phrases
from bot.knowledge.policies import Part, Policy, Publication
from bot.knowledge.quantities import counted
from bot.knowledge.sentences import Fit, Sentence, is_fresh, is_news, lines, parted, sentences
from bot.knowledge.series import Dated, Series
from bot.knowledge.standing import Notes, standing
from dialogs.policy import PolicyAnswer, Source

ROOM = 264  # characters of a single answer before its note and source: a phone's screen
ROOM_BESIDE = 192  # of each of several answers in one reply
_LEAST = 0.4  # worth of a sentence that is told beside the section that was asked for
_PLAINLY = 0.6  # how plainly a section is asked for that may nearly stand alone
_LEAST_BESIDE = 0.9  # worth of a sentence that is told beside such a section
_LEAD_ROOM = 180  # of the section that was asked for

_ASKED = 3.0  # a section that is asked for plainly, beside one that merely shares words
_FITS = 2.0  # the sentence that shares most with the question
_NUMBER = 1.0  # a sentence with a number, when a number is asked for
_COUNTED = 1.0  # a sentence that counts just what is to be counted: times, months, people
_SILENT = 2.0  # taken off a sentence that only tells that nothing is told
_LATER = 0.2  # taken off for each sentence before it in its section
_DATED = frozenset((Part.AMOUNT, Part.RESULTS, Part.WHEN))  # what changes from year to year
_MAIN = {Part.AMOUNT: 1.25, Part.CONDITIONS: 0.8, Part.WHAT: 0.8, Part.WHO: 0.3}

_UNDATED = Dated((), True, frozenset())

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
        self._periods = Periods(glossary)
        self._claims = Claims(policies, glossary, phrases)
        self._series = Series(publications, phrases)
        self._notes = Notes(publications, phrases)
        self._sentences = {key: sentences(each, glossary.silent) for key, each in policies.items()}
        self._fit = Fit(self._sentences)
        self._mistakes = {key: self._wrong(each) for key, each in policies.items()}

    def answer(
        self, policy: Policy, asked: Asked, question: str, today: date, room: int = ROOM
    ) -> PolicyAnswer:
        """Answer `question` (folded), which asks for the sections `asked`, within `room`."""
        if next(iter(asked), None) == Part.SOURCE:
            return self.section(policy, Part.SOURCE, today)
        dated = self._dated(policy, asked, question, today)
        if not dated.is_known:
            return self._unknown_period(policy, dated, asked, question, today)
        first = self._corrections(policy, question) or self._judged(policy, question, dated, today)
        first += self._holding(policy, question, dated, today)
        worth = self._worth(policy, asked, question)
        part = self._lead(worth, asked)
        section = {each: value for each, value in worth.items() if each.part == part}
        lead = _best(section, frozenset(grams(plain("".join(first)))), _LEAD_ROOM)
        rest = {
            each: value for each, value in worth.items() if self._adds(each, value, part, asked)
        }
        used = sum(map(len, (*dated.words, *first))) + sum(len(each.words) for each in lead)
        said = {pair for sentence in lead for pair in sentence.pairs}
        also = lines(_best(rest, said, room - used, least=0))
        first = [words for words in first if is_news(words, said)]
        told = [each.words for each in sorted(lead, key=_last_if_silent(lead[:1]))]
        if dated.words:
            return self._answer(policy, part, first, ("".join(told), *also), today, dated)
        return self._answer(policy, part, (*first, *told), also, today)

    def _lead(self, worth: Worth, asked: Asked) -> Part:
        """The section that is told first: the only one asked for, or that of the best sentence."""
        part, plainly = next(iter(asked.items()), (Part.WHAT, 0.0))
        if len(asked) == 1 and part != Part.WHAT and plainly >= _PLAINLY:
            return part
        return max(worth, key=lambda sentence: worth[sentence]).part

    def _adds(self, sentence: Sentence, value: float, lead: Part, asked: Asked) -> bool:
        """Whether `sentence` is worth a line beside the section `lead`."""
        if sentence.part == lead or (sentence.is_silent and sentence.part not in asked):
            return False
        if asked.get(lead, 0) >= _PLAINLY and sentence.part not in asked:
            return value > _LEAST_BESIDE
        return value > (0 if sentence.has_number else _LEAST)

    def _dated(self, policy: Policy, asked: Asked, question: str, today: date) -> Dated:
        """What is said first when a question about a figure names its time."""
        if asked and not _DATED & asked.keys():
            return _UNDATED
        periods = self._periods.asked(question, today)
        if not periods:
            return _UNDATED
        if next(iter(asked), None) == Part.RESULTS:
            return Dated(self._series.results(policy, periods), True, frozenset())
        return self._series.tell(policy, periods, question) or _UNDATED

    def _unknown_period(
        self, policy: Policy, dated: Dated, asked: Asked, question: str, today: date
    ) -> PolicyAnswer:
        """No figure of another time is told as if it held then."""
        worth = self._worth(policy, asked, question)
        timeless = {each: value for each, value in worth.items()
                    if value > 0 and not each.has_number and not each.is_silent}  # fmt: skip
        also = lines(_best(timeless, frozenset(), _LEAD_ROOM))
        return self._answer(policy, Part.AMOUNT, (), also, today, dated)

    def section(self, policy: Policy, part: Part, today: date) -> PolicyAnswer:
        """All that `policy` says in its section `part`."""
        return self._answer(policy, part, (policy.sections[part],), (), today)

    def _answer(
        self,
        policy: Policy,
        lead: Part,
        words: Sequence[str],
        also: tuple[str, ...],
        today: date,
        dated: Dated = _UNDATED,
    ) -> PolicyAnswer:
        told = [sentence for text in (*words, *also) for sentence in parted(text)]
        by = {key for sentence in told for key in policy.told_by(sentence)} | dated.sources
        cited = [key for key in policy.sources if key in by or lead == Part.SOURCE]
        main, *further = [as_source(self._publications[key]) for key in cited]
        return PolicyAnswer(
            policy=policy.id,
            title=policy.title,
            version=policy.version,
            lead="".join((*words, *dated.words)),
            also=also,
            note=self._notes.note(policy, cited, "".join((*told, *dated.words)), today),
            source=main,
            further=tuple(further),
            has_rules=bool(policy.rules),
        )

    def _worth(self, policy: Policy, asked: Asked, question: str) -> Worth:
        """What each sentence of `policy` is worth as an answer to `question`."""
        pairs = frozenset(grams(plain(question)))
        fits = {each: self._fit.of(each, pairs) for each in self._sentences[policy.id]}
        best = max(fits.values()) or 1.0
        counts = Part.AMOUNT in asked or any(word in question for word in self._glossary.counting)
        told = counted(question)

        def worth(sentence: Sentence) -> float:
            wanted = asked.get(sentence.part, 0)
            number = _NUMBER if sentence.has_number and counts else 0
            number += _COUNTED if any(it.search(sentence.words) for it in told) else 0
            silent = _SILENT * (1 - 0.7 * wanted) if sentence.is_silent else 0
            main = _MAIN.get(sentence.part, 0) - _LATER * sentence.rank
            return _ASKED * wanted + _FITS * fits[sentence] / best + number + main - silent

        return {sentence: worth(sentence) for sentence in fits}

    def _judged(self, policy: Policy, question: str, dated: Dated, today: date) -> list[str]:
        """The verdict on what `question` takes to be so, unless it names a time of its own."""
        verdict = "" if dated.words else self._claims.judge(policy, question, today)
        return [verdict] if verdict else []

    def _corrections(self, policy: Policy, question: str) -> list[str]:
        """The sentence that puts a wrong idea in `question` right: the most specific one."""
        said = self._core(question)
        found = [(len(wrong), right) for wrong, right in self._mistakes[policy.id] if wrong in said]
        return [max(found)[1]] if found else []

    def _wrong(self, policy: Policy) -> list[tuple[str, str]]:
        """Each wrong idea about `policy`, as it is looked for, and what is true."""
        pairs = [(self._core(wrong), each.right)
                 for each in policy.corrections for wrong in each.wrong]  # fmt: skip
        return [(wrong, right) for wrong, right in pairs if len(wrong) > 1]

    def _core(self, text: str) -> str:
        """`text` without the small words that people put in or leave out."""
        core = plain(text)
        for word in self._glossary.light:
            core = core.replace(word, "")
        return core

    def _holding(self, policy: Policy, question: str, dated: Dated, today: date) -> list[str]:
        """Whether it still holds, where `question` asks that and `dated` does not tell it."""
        state = standing(policy, today)
        is_told = bool(dated.words) and state == "historical"
        if is_told or not any(word in question for word in self._glossary.holding):
            return []
        return [self._phrases.say(f"holding_{state}")]


def _best(worth: Worth, said: Set[str], room: int, least: int = 1) -> list[Sentence]:
    """The sentences worth most that fit into `room` and are news beside the pairs `said`; the best
    `least` of them whatever they are."""
    chosen: list[Sentence] = []
    known = set(said)
    for sentence in sorted(worth, key=lambda each: -worth[each]):
        must = len(chosen) < least
        if must or (len(sentence.words) <= room and is_fresh(sentence, known)):
            chosen.append(sentence)
            known |= sentence.pairs
            room -= len(sentence.words)
    return chosen


def _last_if_silent(best: Sequence[Sentence]) -> Callable[[Sentence], tuple[bool, int]]:
    """The order in which sentences are told: what is not told comes last, unless it is the best
    answer."""
    asked = any(sentence.is_silent for sentence in best)
    return lambda sentence: (sentence.is_silent and not asked, sentence.at)


def as_source(publication: Publication) -> Source:
    """The source that `publication` is."""
    return Source(
        title=publication.title,
        issuer=publication.issuer,
        document=publication.document,
        published=publication.published.isoformat() if publication.published else "",
        url=publication.url,
    )
