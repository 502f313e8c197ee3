"""Changes of a policy's file, as text: another question that it answers, or a new policy begun."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from datetime import date, timedelta
from difflib import unified_diff
from itertools import chain, count

import yaml

from bot.knowledge.policies import Part
from bot.knowledge.sound import readings

_ID = re.compile(r"[a-z][a-z0-9-]{2,60}")
_LONGEST_ID = 48  # characters, and room for a number
_TITLE = re.compile(r"^title:[ \t]*(.+)$", re.MULTILINE)
_QUESTIONS = re.compile(
    r"^questions:[ \t]*(\[[^\]]*\])?[ \t]*\n((?:[ \t]+-.*\n|[ \t]{4,}.*\n)*)", re.MULTILINE
)
_RECHECK = timedelta(days=180)
_NOT_TOLD = "原文未载明。"


class NoPlace(Exception):
    """The file has no list of questions that could be continued."""


def file_of(policy: str) -> str | None:
    """Where the policy of that id stands within the content; None for what is no id."""
    return f"policies/{policy}.md" if _ID.fullmatch(policy) else None


def id_for(title: str, taken: Container[str]) -> str:
    """An id for a policy of that title: how it is read, as none of `taken`."""
    heard = (it if it.isascii() else f" {readings(it)[0]} " for it in title.lower())
    words = re.findall("[a-z0-9]+", "".join(heard))
    name = "-".join(words)[:_LONGEST_ID].strip("-")
    name = name if _ID.fullmatch(name) else f"policy-{name}".strip("-")
    numbers = (f"{name}-{number}" for number in count(2))
    return next(it for it in chain([name], numbers) if it not in taken)


def title_in(text: str) -> str:
    """The title that a policy's file tells; empty when it tells none."""
    found = _TITLE.search(text)
    return found[1].strip(" '\"") if found else ""


def with_questions(text: str, questions: Sequence[str]) -> str:
    """The file with further questions at the end of its list; those it has are passed over.
    Raises NoPlace."""
    found = _QUESTIONS.search(text)
    if found is None:
        raise NoPlace
    had = yaml.safe_load(found[0]).get("questions") or []
    new = [it for it in dict.fromkeys(map(_one_line, questions)) if it and it not in had]
    listed = found[2] if not found[1] else "".join(f"  - {_quoted(str(it))}\n" for it in had)
    lines = "".join(f"  - {_quoted(it)}\n" for it in new)
    return f"{text[: found.start()]}questions:\n{listed}{lines}{text[found.end() :]}"


def new_policy(
    policy: str, title: str, questions: Sequence[str], headings: Mapping[Part, str], today: date
) -> str:
    """A policy begun: everything that its author still has to say is marked as not told."""
    front = {
        "id": policy,
        "title": title,
        "part": 4,
        "names": [],
        "status": "in_force",
        "region": "",
        "audience": [],
        "sources": [],
        "published": None,
        "valid_from": None,
        "valid_until": None,
        "verified_on": today,
        "recheck_by": today + _RECHECK,
        "supersedes": [],
        "related": [],
        "figures": [],
        "questions": [it for it in map(_one_line, questions) if it],
    }
    written = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=1000)
    sections = "\n".join(f"## {headings[part]}\n{_NOT_TOLD}\n" for part in Part)
    return f"---\n{written}---\n{sections}"


def difference(before: str | None, after: str) -> list[tuple[str, str]]:
    """The lines that differ with those around them, each with "added", "removed", "same" or
    "place"."""
    kinds = {"+": "added", "-": "removed", "@": "place"}
    lines = unified_diff((before or "").splitlines(), after.splitlines(), lineterm="", n=2)
    return [(kinds.get(line[:1], "same"), line) for line in list(lines)[2:]]


def _one_line(question: str) -> str:
    return " ".join(question.split())[:200]


def _quoted(text: str) -> str:
    """The text as YAML takes it for a text, whatever it holds."""
    return yaml.safe_dump([text], allow_unicode=True, width=1000)[2:].rstrip("\n")
