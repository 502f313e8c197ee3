"""What a long message asks: its question without the story before and behind it."""

from __future__ import annotations

import re

from bot.knowledge.clauses import ENDS, Clauses
from bot.knowledge.glossary import Glossary

_SENTENCE = re.compile(r"(?<=[。?!;\n])")
_STORY = 70  # characters from which a message is read as a story
_LONGEST = 48  # characters of one question
_MOST = 3  # questions of one story
_FEWEST = 8  # characters; a question that says less is nothing without its story


class Stories:
    """Finds the question of a story, by the words of the glossary."""

    def __init__(self, glossary: Glossary, clauses: Clauses) -> None:
        """`glossary` holds the words that announce a question."""
        self._marks = glossary.announcing
        self._clauses = clauses

    def question(self, text: str) -> str:
        """What a folded `text` asks; all of it when it is short, or when nothing can be left out.

        A sentence that announces its question, or ends in its mark, wins over those that only hold
        a word for asking.
        """
        if len(text) <= _STORY:
            return text
        sentences = [each for each in _SENTENCE.split(text) if each.strip(ENDS)]
        marked = [each for each in sentences if self._is_marked(each)]
        questions = [self._asked(each) for each in marked or sentences]
        question = "".join([each for each in questions if each][-_MOST:])
        return question if _FEWEST <= len(question) < len(text) else text

    def _is_marked(self, sentence: str) -> bool:
        return sentence.rstrip().endswith("?") or any(mark in sentence for mark in self._marks)

    def _asked(self, sentence: str) -> str:
        """The last clause of `sentence` that asks, with what leads up to it; or nothing."""
        clauses = self._clauses.cut(sentence)
        asking = [at for at, clause in enumerate(clauses) if self._clauses.asks(clause)]
        taken = clauses[asking[-1]] if asking else ""
        for clause in reversed(clauses[: asking[-1]] if asking else []):
            if len(taken) + len(clause) > _LONGEST:
                break
            taken = clause + taken
        return taken
