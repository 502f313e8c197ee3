"""What may be wrong with the replies and the commands: words that cannot be said, facts that nobody
gives, words that are missing, and one command said for two things."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence, Set
from functools import lru_cache
from pathlib import Path

import yaml
from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.meta import find_undeclared_variables

from bot.knowledge.finding import Finding, line_of
from bot.knowledge.given import Given, given
from bot.knowledge.policies import Policy
from bot.knowledge.replies import Text, read_replies

COMMANDS = "commands.yaml"
_KNOWN = ("back", "cancel", "menu", "person")  # beside the conversations, which may be started so
_EVERYWHERE = {"hotline_name", "retention_days", "records_retention_days", "desk_hours"}
_LOOP = {"index", "index0", "first", "last", "length", "revindex", "cycle"}
_environment = Environment(autoescape=False)


def check_replies(content: Path) -> Iterator[Finding]:
    """Every finding in content/replies."""
    texts, findings = read_replies(content)
    yield from findings
    asked = given()
    known = asked.facts | asked.traits | _EVERYWHERE | _LOOP
    for text in texts:
        yield from _template(text, known)
    yield from _missing(texts, asked)


def check_commands(content: Path) -> Iterator[Finding]:
    """Every finding in commands.yaml itself."""
    written = (content / COMMANDS).read_text(encoding="utf-8")
    raw = yaml.load(written, yaml.CSafeLoader)
    if not isinstance(raw, dict):
        yield Finding(COMMANDS, 1, "check.not_commands")
        return
    for missing in sorted(set(_KNOWN) - set(raw)):
        yield Finding(COMMANDS, 1, "check.command_missing", {"command": missing})
    said: dict[str, str] = {}
    for command, forms in raw.items():
        line = line_of(f"\n{written}", f"\n{command}:")
        if command not in _KNOWN and command not in given().scripts:
            yield Finding(COMMANDS, line, "check.command_unknown", {"command": command})
        if not isinstance(forms, list):
            yield Finding(COMMANDS, line, "check.not_forms", {"command": command})
            continue
        for form in map(_as_heard, forms):
            if form in said:
                facts = {"form": form, "command": command, "other": said[form]}
                yield Finding(COMMANDS, line, "check.command_twice", facts)
            said[form] = str(command)


def check_stolen(content: Path, policies: Sequence[Policy]) -> Iterator[Finding]:
    """A command must not be what a policy is asked."""
    raw = yaml.load((content / COMMANDS).read_text(encoding="utf-8"), yaml.CSafeLoader)
    listed = raw.items() if isinstance(raw, dict) else ()
    said = {_as_heard(form): str(command)
            for command, forms in listed if isinstance(forms, list) for form in forms}  # fmt: skip
    for policy in policies:
        for question, heard in _heard(policy):
            command = said.get(heard)
            if command is not None:
                facts = {"question": question, "command": command}
                line = line_of(policy.text, f"- {question}")
                yield Finding(policy.file, line, "check.command_hits", facts)


@lru_cache(1024)
def _heard(policy: Policy) -> tuple[tuple[str, str], ...]:
    return tuple((question, _as_heard(question)) for question in policy.questions)


def _as_heard(form: object) -> str:
    return unicodedata.normalize("NFKC", str(form)).strip(" 。.!！?？~").lower()


def _template(text: Text, known: Set[str]) -> Iterator[Finding]:
    used, wrong = _used(text.words)
    if wrong is not None:
        facts = {"key": text.key, "reason": wrong[1]}
        yield Finding(text.file, text.line + wrong[0] - 1, "check.reply_unreadable", facts)
    for name in used:
        if name not in known:
            line = text.line + _line_within(text.words, name)
            yield Finding(text.file, line, "check.reply_fact", {"key": text.key, "fact": name})


@lru_cache(4096)  # few texts differ from one check to the next
def _used(words: str) -> tuple[list[str], tuple[int, str] | None]:
    """The facts and their parts that a text uses; the line and the reason if it is no template."""
    if "{" not in words:
        return [], None
    try:
        tree = _environment.parse(words)
        names = find_undeclared_variables(tree)
    except TemplateSyntaxError as error:
        return [], (error.lineno, error.message or "")
    return sorted(names | {node.attr for node in tree.find_all(nodes.Getattr)}), None


def _line_within(words: str, name: str) -> int:
    """How many lines below the key `name` is used: a text in a block begins one below."""
    found = re.search(rf"\b{re.escape(name)}\b", words)
    if found is None or "\n" not in words:
        return 0
    return words.count("\n", 0, found.start()) + 1


def _missing(texts: Sequence[Text], asked: Given) -> Iterator[Finding]:
    """What the program says must be there, as far as its file is."""
    files = {text.key.partition(".")[0]: text.file for text in texts}
    written = {text.key for text in texts}
    for key in sorted(asked.keys - written):
        group, _, name = key.partition(".")
        if group in files:
            yield Finding(files[group], 1, "check.reply_missing", {"key": name})
