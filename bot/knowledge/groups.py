"""What is there for people like them: groups that ask for everything at once (groups.yaml).

大专毕业在家，县里有啥扶持 names no policy: those for graduates are offered to choose from.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.knowledge.finding import Finding, UnusableContent, line_of

FILE = "groups.yaml"
_BETWEEN = ".{0,4}"  # characters: 有啥不花钱的好政策 asks less than for everything


@dataclass(frozen=True, slots=True)
class Group:
    """Some people, by the words that they call themselves, and what there is for them."""

    name: str
    people: re.Pattern[str]
    policies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Groups:
    """Every group of a content folder."""

    asking: re.Pattern[str]  # asks for whatever there is
    groups: tuple[Group, ...] = ()

    def offered(self, text: str) -> tuple[str, ...]:
        """The policies for the first group that a plain `text` asks everything for; or none."""
        if self.asking.search(text):
            for group in self.groups:
                if group.people.search(text):
                    return group.policies
        return ()


def read_groups(content: Path) -> Groups:
    """The groups of `content`; none without the file. Raises UnusableContent."""
    file = content / FILE
    if not file.exists():
        return Groups(re.compile(r"(?!)"))
    raw = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    try:
        asking = f"{_either(raw['asking'])}{_BETWEEN}{_either(raw['help'])}"
        return Groups(
            re.compile(asking),
            tuple(
                Group(name, re.compile(_either(group["people"])), tuple(group["policies"]))
                for name, group in raw["groups"].items()
            ),
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise UnusableContent([Finding(FILE, 1, "check.not_groups")]) from error


def check_groups(content: Path, groups: Groups, ids: Collection[str]) -> Iterator[Finding]:
    """What is offered to choose from must be there."""
    named = [policy for group in groups.groups for policy in group.policies]
    for policy in named:
        if policy not in ids:
            line = line_of((content / FILE).read_text(encoding="utf-8"), policy)
            yield Finding(FILE, line, "check.dead_link", {"id": policy})


def _either(words: list[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})"
