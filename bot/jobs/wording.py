"""The wording of a posting looked over: what discriminates, and what smells of fraud.

The patterns, and what is said of each to staff, are content/directory/wording.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

LONGEST_PASSAGE = 40  # characters
AROUND = 6  # characters shown before and after what was found
_GAP = "\0"  # stands where an exception was: nothing is found across it


class WordingUnreadable(Exception):
    """The list of wording cannot be read; the text names the file and why."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A doubtful passage, and the rule of wording.yaml that found it."""

    rule: str
    passage: str

    def __str__(self) -> str:
        return f"{self.rule}:{self.passage}"

    @classmethod
    def read(cls, text: str) -> Flag:
        """What `str` has written."""
        rule, _, passage = text.partition(":")
        return cls(rule, passage)


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of doubtful wording. `holds`: a posting with it waits for a person."""

    name: str
    reason: str
    holds: bool
    find: re.Pattern[str]
    spare: re.Pattern[str] | None

    def found(self, text: str) -> str | None:
        """The first passage it finds, with what stands around it."""
        searched = text if self.spare is None else self.spare.sub(_gap, text)
        found = self.find.search(searched)
        return None if found is None else _passage(text, found)


@dataclass(frozen=True, slots=True)
class Wording:
    """All rules."""

    rules: tuple[Rule, ...]

    @classmethod
    def load(cls, folder: Path) -> Wording:
        """Read wording.yaml of the folder. Raises WordingUnreadable."""
        path = folder / "wording.yaml"
        try:
            raw = yaml.safe_load(path.read_text(encoding="utf-8"))
            return cls(tuple(_rule(name, given) for name, given in raw.items()))
        except (OSError, UnicodeError, yaml.YAMLError) as error:
            raise WordingUnreadable(f"{path}: {error}") from error
        except (AttributeError, KeyError, TypeError, re.error) as error:
            raise WordingUnreadable(f"{path}: {type(error).__name__} {error}") from error

    def flags(self, texts: Iterable[str | None]) -> tuple[Flag, ...]:
        """What is doubtful in the texts of a posting; one flag a rule at most."""
        text = "\n".join(it for it in texts if it)
        found = ((rule.name, rule.found(text)) for rule in self.rules)
        return tuple(Flag(name, passage) for name, passage in found if passage is not None)

    def holds(self, flags: Iterable[Flag]) -> bool:
        """Whether a person must look at it before anybody is told of it."""
        holding = {rule.name for rule in self.rules if rule.holds}
        return any(flag.rule in holding for flag in flags)

    def reason(self, flag: Flag) -> str | None:
        """What staff are told of the flag; None for a rule that there is no more."""
        return next((rule.reason for rule in self.rules if rule.name == flag.rule), None)


def _rule(name: str, given: dict[str, Any]) -> Rule:
    spared = given.get("except") or []
    return Rule(
        str(name),
        str(given["reason"]),
        bool(given["hold"]),
        _any_of(given["find"]),
        _any_of(spared) if spared else None,
    )


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    for pattern in patterns:
        re.compile(pattern)  # told by itself when it is wrong
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.MULTILINE)


def _gap(spared: re.Match[str]) -> str:
    return _GAP * len(spared[0])  # so that places stay where they were


def _passage(text: str, found: re.Match[str]) -> str:
    start = max(text.rfind("\n", 0, found.start()) + 1, found.start() - AROUND)
    end = found.end() + AROUND
    line_end = text.find("\n", found.end())
    end = min(end, len(text) if line_end < 0 else line_end)
    return " ".join(text[start:end].split())[:LONGEST_PASSAGE]
