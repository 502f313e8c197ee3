"""Words that mean a button of the last message, for those who cannot press: its number, or what
stands on it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from dialogs.talk import Heard, Kind


def as_press(heard: Heard, labels: Sequence[str], sends: Sequence[str]) -> Heard:
    """The press that the words mean, or what was heard. `labels` and `sends`: what stands on each
    button, and what it sends."""
    said = bare(heard.text)
    if heard.kind is not Kind.WORDS or not said:
        return heard
    if said.isdecimal() and len(said) < 3:
        meant = [int(said) - 1]
    else:
        meant = list(_saying(said, labels, sends))
    if len(meant) == 1 and 0 <= meant[0] < len(sends):
        return Heard.press(sends[meant[0]])
    return heard


def bare(text: str) -> str:
    """The text without what is typed around it."""
    return unicodedata.normalize("NFKC", text).strip(" 。.!！?？~")


def _saying(said: str, labels: Sequence[str], sends: Sequence[str]) -> Iterator[int]:
    """The buttons that say so and start a script; a question reads its own."""
    for place, (label, send) in enumerate(zip(labels, sends, strict=False)):
        if send.startswith("/") and said in _read(label):
            yield place


@lru_cache(1000)  # the same few stand under nearly every message
def _read(label: str) -> tuple[str, str]:
    """A label as it may be typed: "1 感兴趣" also without its number."""
    shown = bare(label)
    return shown, shown.lstrip("0123456789").lstrip(" 、")
