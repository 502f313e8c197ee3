"""Words of offices that callers may not know, and what people say instead (jargon.yaml)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from bot.knowledge.finding import Finding, UnusableContent, line_of
from bot.knowledge.policies import Part, Policy
from bot.knowledge.replies import Text

_FILE = "jargon.yaml"
_FIRST = (Part.WHAT, Part.WHO, Part.AMOUNT)  # what most answers begin with
_EXPLAINING = "（|，?(?:也)?(?:就是|是指|指的?是|叫|说的是|是)|："
_FOR_STAFF = (
    "check", "console", "console_acts", "console_dialogs", "ledger", "openings", "operator",
    "review", "settings", "sheets", "unanswered", "work",
)  # fmt: skip


def read_jargon(content: Path) -> dict[str, str]:
    """Word and plain words; none without the file. Raises UnusableContent."""
    file = content / _FILE
    if not file.exists():
        return {}
    raw = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    if not isinstance(raw, dict) or not all(isinstance(it, str) for it in raw.values()):
        raise UnusableContent([Finding(_FILE, 1, "check.not_jargon")])
    return {str(word): plain for word, plain in raw.items()}


def check_jargon(
    jargon: Mapping[str, str], policies: Sequence[Policy], replies: Sequence[Text]
) -> Iterator[Finding]:
    """Words of offices that are neither replaced nor explained, once a policy or reply."""
    for policy in policies:
        # A section is a line or more of its own: a word explained in one is known in the next.
        told = "\n".join(policy.sections[part] for part in _FIRST)
        for word in unexplained(told, jargon):
            place = next(line for line in told.split("\n") if word in line)
            facts = {"word": word, "plain": jargon[word]}
            yield Finding(policy.file, line_of(policy.text, place), "check.jargon", facts, False)
    for text in replies:
        if text.key.partition(".")[0] not in _FOR_STAFF:
            for word in unexplained(text.words, jargon):
                facts = {"word": word, "plain": jargon[word]}
                yield Finding(text.file, text.line, "check.jargon", facts, False)


def unexplained(words: str, jargon: Mapping[str, str]) -> list[str]:
    """Those of `jargon` that `words` use and never say in plain words."""
    return [
        word
        for word, plain in jargon.items()
        if word in words and not _is_explained(word, plain, words)
    ]


def _is_explained(word: str, plain: str, words: str) -> bool:
    if any(each.strip() in words for each in plain.split("；")):
        return True
    said = re.escape(word)
    return re.search(f"{said}[”》」]?(?:{_EXPLAINING})|（[^）]*{said}[^）]*）", words) is not None
