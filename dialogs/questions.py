"""Kinds of question: each says how an answer is read and which buttons help to give it."""

from __future__ import annotations

import unicodedata

from dialogs.talk import Question, Unclear

LONGEST_WORDS = 2000  # characters; a story of 700 is the longest tenth of real letters


def words() -> Question[str]:
    """Free words, trimmed, at most `LONGEST_WORDS` characters."""
    return Question(_read_words)


def choice(*labels: str) -> Question[str]:
    """One of the labels, by button, by its number or by its words."""
    return pick({label: label for label in labels})


def pick(titles: dict[str, str]) -> Question[str]:
    """The key of one of `titles`, by button, by its number or by its title."""

    def read(text: str) -> str:
        return match(titles, text) or _unclear(titles)

    return Question(read, tuple(titles.items()))


def pick_or_words(titles: dict[str, str]) -> Question[str]:
    """The key of one of `titles`, or else whatever the visitor said instead."""

    def read(text: str) -> str:
        return match(titles, text) or _read_words(text)

    return Question(read, tuple(titles.items()))


def match(titles: dict[str, str], text: str) -> str | None:
    """The key that `text` means: a key, a title, or a number counted from 1."""
    said = unicodedata.normalize("NFKC", text).strip()
    if said in titles:
        return said
    if said.isdecimal() and len(said) < 4 and 1 <= int(said) <= len(titles):
        return list(titles)[int(said) - 1]
    return next((key for key, title in titles.items() if title == said), None)


def _read_words(text: str) -> str:
    said = text.strip()
    if not said:
        raise Unclear("questions.empty")
    return said[:LONGEST_WORDS]


def _unclear(titles: dict[str, str]) -> str:
    raise Unclear("questions.pick", titles=list(titles.values()))
