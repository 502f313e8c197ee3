"""Cuts a long text into messages that Telegram takes."""

from __future__ import annotations

CAPTION = 1024  # likewise, under a picture (core.telegram.org/bots/api#sendphoto)
LIMIT = 4096  # UTF-16 units a message (core.telegram.org/bots/api#sendmessage)
LEAST = LIMIT // 4  # characters a cut leaves in a piece, if a lesser border lets it

_BORDERS = (("\n\n",), ("\n",), ("。", "！", "？", "；", "…", ". ", "! ", "? "))


def pieces(text: str) -> list[str]:
    """The text in messages of at most 4096 UTF-16 units, none of them blank.

    Cut between paragraphs, else lines, else sentences, else anywhere but inside a character. The
    white space at a cut is dropped, and no other character.
    """
    cut = []
    rest = text
    while _units(rest) > LIMIT:
        end = _end(rest)
        cut.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [piece for piece in (*cut, rest) if piece.strip()]


def is_caption(text: str) -> bool:
    """Whether the text fits under a picture."""
    return _units(text) <= CAPTION


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _end(text: str) -> int:
    """Where the first piece of a text that is too long ends."""
    most = _fitting(text)
    for borders in _BORDERS:
        end = max(text.rfind(border, 0, most) + len(border) for border in borders)
        if end >= LEAST:
            return end
    return most


def _fitting(text: str) -> int:
    """How many characters from the start fit into one message."""
    units = 0
    for count, letter in enumerate(text):
        units += 2 if letter > "\uffff" else 1
        if units > LIMIT:
            return count
    return len(text)
