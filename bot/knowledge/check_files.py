"""Whether the files of the content can be read at all: their letters, their YAML, keys given twice.

YAML itself keeps the last of two equal keys without a word, and so loses what stands in the first.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path

import yaml

from bot.knowledge.finding import Finding

_FRONT = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)


def check_files(content: Path, changed: Collection[str] | None = None) -> Iterator[Finding]:
    """Every finding in the files of `content`, or in those `changed`, whatever is in them."""
    for file in sorted(content.rglob("*")):
        name = file.relative_to(content).as_posix()
        is_ours = file.suffix in (".yaml", ".md") and not file.name.startswith(".")
        if is_ours and (changed is None or name in changed):
            yield from _check(file, name)


def _check(file: Path, name: str) -> Iterator[Finding]:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        yield Finding(name, line, "check.not_utf8")
        return
    yield from _written(name, text.replace("\r\n", "\n"))


@lru_cache(1024)  # few files differ from one check to the next
def _written(name: str, text: str) -> tuple[Finding, ...]:
    if name.endswith(".yaml"):
        return tuple(_yaml(name, text, 1))
    front = _FRONT.match(text)
    return tuple(_yaml(name, front[1], 2)) if front else ()


def _yaml(name: str, text: str, first: int) -> Iterator[Finding]:
    """`first`: the line of the file at which `text` begins."""
    try:
        root = yaml.compose(text, yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark or error.context_mark
        yield Finding(name, first + (at.line if at else 0), "check.not_yaml")
        return
    except yaml.YAMLError:  # a sign that YAML does not allow, such as a NUL
        yield Finding(name, first, "check.not_yaml")
        return
    yield from _twice(name, root, first)


def _twice(name: str, node: yaml.Node | None, first: int) -> Iterator[Finding]:
    match node:
        case yaml.MappingNode(value=pairs):
            seen: set[str] = set()
            for key, value in pairs:
                if key.value in seen and isinstance(key, yaml.ScalarNode):
                    line = first + key.start_mark.line
                    yield Finding(name, line, "check.key_twice", {"key": key.value})
                if isinstance(key, yaml.ScalarNode):
                    seen.add(key.value)
                yield from _twice(name, value, first)
        case yaml.SequenceNode(value=nodes):
            for each in nodes:
                yield from _twice(name, each, first)
        case _:
            pass
