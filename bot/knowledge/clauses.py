"""A message cut where another matter may begin: several questions asked at once."""

from __future__ import annotations

import re

from bot.knowledge.glossary import Glossary

_CLAUSE = re.compile(r"(?<=[,，。?!;\n])|(?<=\s)")
# 一个念高职一个念技校: the same is asked about both
_ONE = r"一个([^,，。?!;一]{2,12}?)"
_EACH = re.compile(rf"(?<!第){_ONE}[,，]?{_ONE}(?=[,，。?!;]|分别|各|都)")
ENDS = ",，。?!; \n"
_SHORTEST = 4  # characters; shorter clauses belong to their neighbour
_LONGEST_LIST = 45  # characters; in a longer story the clauses are about one person
MOST = 5  # questions in one message; the rest is asked again soon enough


class Clauses:
    """Cuts messages, by the words of the glossary."""

    def __init__(self, glossary: Glossary) -> None:
        """`glossary` holds the words that ask, join and count."""
        self._asking = glossary.asking
        self._asking_last = glossary.asking_last
        self._not_asking = re.compile("|".join(map(re.escape, glossary.not_asking)))
        self._joining = re.compile("|".join(f"(?={re.escape(word)})" for word in glossary.joining))
        self._several = glossary.several

    def questions(self, text: str) -> list[str]:
        """Each question of a folded `text` with what leads up to it; one part for most messages."""
        if each := _EACH.search(text):
            return [text[: each.start()] + it + text[each.end() :] for it in each.groups()]
        clauses = self.cut(text)
        if len(text) <= _LONGEST_LIST and any(word in text for word in self._several):
            return _few(clauses)
        parts, lead = [], ""
        for clause in clauses:
            if lead and self._joining.match(clause):
                parts.append(lead)
                lead = ""
            lead += clause
            if self.asks(clause):
                parts.append(lead)
                lead = ""
        if lead:
            parts.append(lead)
        return _few(parts)

    def asks(self, clause: str) -> bool:
        """Whether `clause` asks something."""
        clause = self._not_asking.sub("", clause)
        ends = clause.rstrip(ENDS).endswith(self._asking_last)
        return ends or any(word in clause for word in self._asking)

    def cut(self, text: str) -> list[str]:
        """The clauses of a folded `text`."""
        pieces = [piece for clause in _CLAUSE.split(text) for piece in self._joining.split(clause)]
        merged: list[str] = []
        for piece in filter(None, pieces):
            if merged and (len(piece.strip()) < _SHORTEST or len(merged[-1].strip()) < _SHORTEST):
                merged[-1] += piece
            else:
                merged.append(piece)
        return merged


def _few(parts: list[str]) -> list[str]:
    return parts if len(parts) <= MOST else [*parts[: MOST - 1], "".join(parts[MOST - 1 :])]
