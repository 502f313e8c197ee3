"""The words of an audience's query: how a text falls into them, and how one is written so that it
is read as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

ALL = ("所有人", "all")
AND, OR, NOT = ("且", "and", "&"), ("或", "or", "|"), ("非", "not", "!")
_SIGNS = {"（": "(", "）": ")", "，": ",", "、": ",", "＝": "=", "≥": ">=", "≤": "<=", "：": "=",
          ":": "=", "！": "!"}  # fmt: skip
_TOKEN = re.compile(
    r'"(?:[^"]|"")*"|“[^”]*”|>=|<=|!=|！=|[()=,&|!（），、＝≥≤：:！]'
    r'|[^\s"“”()=,&|!<>（），、＝≥≤：:！]+|\S'
)
_PLAIN = re.compile(r'[^\s"“”()=,&|!<>（），、＝≥≤：:！]+')
_UNREADABLE = frozenset('<>"“”')  # alone, they are no token
WORDS = frozenset((*ALL, *AND, *OR, *NOT))


class AudienceError(Exception):
    """A query that cannot be read. `words` is a key of content/replies/campaigns.yaml; `at` is the
    place, in characters from the beginning."""

    def __init__(self, words: str, at: int, found: str = "") -> None:
        super().__init__(f"{words} at {at}")
        self.words = f"campaigns.query_{words}"
        self.at = at
        self.found = found


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign, and its place."""

    text: str
    at: int
    quoted: bool = False


def tokens_in(text: str) -> Iterator[Token]:
    """The words and signs; a full-width sign is the same as the other."""
    for found in _TOKEN.finditer(text):
        token, at = found[0], found.start()
        if token in _UNREADABLE:
            raise AudienceError("sign" if token in "<>" else "open_quote", at, token)
        if token[0] == "“":
            yield Token(token[1:-1], at, quoted=True)
        elif token[0] == '"':
            yield Token(token[1:-1].replace('""', '"'), at, quoted=True)
        else:
            while token[0] == NOT[0] and len(token) > 1:
                yield Token(token[0], at)
                token, at = token[1:], at + 1
            yield Token(_SIGNS.get(token, token).replace("！", "!"), at)


def quoted(value: str) -> str:
    """The value as it stands in a query."""
    is_word = value.lower() in WORDS or value.startswith(NOT[0])
    if _PLAIN.fullmatch(value) and not is_word:
        return value
    return '"' + value.replace('"', '""') + '"'
