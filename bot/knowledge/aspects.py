"""Which section of a policy is asked for, by the cue words of the glossary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.knowledge.glossary import Glossary
from bot.knowledge.lexicon import Lexicon
from bot.knowledge.policies import Part

Asked = Mapping[Part, float]

_PLAIN = 5.0  # characters of cue words that leave no doubt
_LAST = 1.5  # a cue in the last clause counts this much more: people ask last
_CLAUSE_ENDS = "，。？！；,?!;\n"


class Aspects:
    """Finds the cue words in a question."""

    def __init__(self, glossary: Glossary) -> None:
        """Longer cues win over shorter ones inside them."""
        pairs = [(cue, part) for part, cues in glossary.aspects.items() for cue in cues]
        pairs.sort(key=lambda pair: len(pair[0]), reverse=True)
        self._parts = dict(reversed(pairs))
        self._ranks = {cue: rank for rank, (cue, _) in reversed([*enumerate(pairs)])}
        self._cues = Lexicon(self._parts)
        self._nouns = frozenset(
            cue for cue, _ in pairs if not any(word in cue for word in glossary.asking)
        )
        idle = (*glossary.following, *glossary.others, *glossary.asking, *glossary.light)
        idle = tuple(sorted((*idle, *glossary.asking_last), key=len, reverse=True))
        self._turns: dict[str, list[int]] = {}  # when each word is left out of a bare text
        for turn, word in enumerate((*(cue for cue, _ in pairs), *idle)):
            self._turns.setdefault(word, []).append(turn)
        self._idle = Lexicon(self._turns)

    def stand_in(self, matter: str) -> bool:
        """Whether the name of a matter holds a cue."""
        return any(cue in matter for cue in self._parts)

    def asked(self, text: str, matter: str = "") -> Asked:
        """The sections `text` asks for and how plainly, from 0 to 1; the plainest first.

        A noun that stands in `matter` only names what is asked about: 身份证 asks for papers, but
        not of the rule that forbids keeping it.
        """
        last = _last_clause(text)
        weights: dict[Part, float] = {}
        for cue, part, at in self._found(text):
            if cue in matter and cue in self._nouns:
                continue
            weight = len(cue) * (_LAST if at >= last else 1)
            weights[part] = weights.get(part, 0) + weight
        ordered = sorted(weights, key=lambda part: -weights[part])
        return {part: min(1.0, weights[part] / _PLAIN) for part in ordered}

    def bare(self, text: str) -> str:
        """What is left of `text` without words that any question may hold."""
        done = -1
        while True:
            turns = [
                (turn, word)
                for _, word in self._idle.places(text)
                for turn in self._turns[word]
                if turn > done
            ]
            if not turns:
                return text
            done, word = min(turns)
            text = text.replace(word, "")

    def _found(self, text: str) -> Iterator[tuple[str, Part, int]]:
        taken = [False] * len(text)
        for _, at, cue in sorted(
            (self._ranks[cue], at, cue) for at, cue in self._cues.places(text)
        ):
            if not any(taken[at : at + len(cue)]):
                taken[at : at + len(cue)] = [True] * len(cue)
                yield cue, self._parts[cue], at


def _last_clause(text: str) -> int:
    body = text.rstrip(_CLAUSE_ENDS)
    return max(body.rfind(end) for end in _CLAUSE_ENDS) + 1
