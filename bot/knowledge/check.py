"""What an editor should mend: everything `hotline check` looks for in the content."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path

import yaml

from bot.knowledge.check_files import check_files
from bot.knowledge.check_policy import check_policy, links
from bot.knowledge.check_questions import check_alike, check_patterns, check_strays
from bot.knowledge.check_replies import COMMANDS, check_commands, check_replies, check_stolen
from bot.knowledge.check_rules import check_rules
from bot.knowledge.decide import read_calibration
from bot.knowledge.facts import FACTS
from bot.knowledge.finding import Finding, UnusableContent
from bot.knowledge.glossary import Glossary, read_glossary
from bot.knowledge.groups import check_groups, read_groups
from bot.knowledge.jargon import check_jargon, read_jargon
from bot.knowledge.policies import Policy, read_policies, read_publications
from bot.knowledge.replies import read_replies
from bot.knowledge.subjects import Subject, of_policy, read_elsewhere

_ELSEWHERE = "elsewhere.yaml"


def check(content: Path, today: date | None = None) -> list[Finding]:
    """Every finding, errors first, then by file and line. Reads only the folder `content`."""
    try:
        read = _Read(content)
    except UnusableContent as unusable:
        return unusable.findings
    return _ordered(
        [
            *_soundness(read, today or date.today()),
            *check_rules(content, read.policies),
            *check_alike(read.policies),
            *_strays(read),
            *check_jargon(read_jargon(content), read.policies, read_replies(content)[0]),
        ]
    )


def faults(
    content: Path, changed: Collection[str] | None = None, today: date | None = None
) -> list[Finding]:
    """The errors alone, in a fraction of the time.

    `changed`: the files that differ from a content that was sound; what takes long and depends on
    one file alone (its letters, rules, templates) is looked for in them only. Without it, in all.
    """
    try:
        read = _Read(content, changed)
    except UnusableContent as unusable:
        return unusable.findings
    fresh = [
        policy
        for policy in read.policies
        if changed is None or FACTS in changed or policy.file in changed
    ]
    rules = [
        finding
        for finding in check_rules(content, fresh)
        if len(fresh) == len(read.policies) or finding.file.startswith("policies/")
    ]
    findings = [*_soundness(read, today or date.today(), changed), *rules]
    return _ordered([finding for finding in findings if finding.is_error])


class _Read:
    """The files of a folder. Raises UnusableContent with everything that cannot be read."""

    def __init__(self, content: Path, changed: Collection[str] | None = None) -> None:
        self.content = content
        findings = list(check_files(content, changed))
        if findings:
            raise UnusableContent(findings)
        self.glossary: Glossary = read_glossary(content)
        self.sources = set(read_publications(content))
        self.policies: list[Policy] = read_policies(content, self.glossary.headings)
        self.elsewhere: Sequence[Subject] = read_elsewhere(content)
        self.groups = read_groups(content)


def _soundness(read: _Read, day: date, changed: Collection[str] | None = None) -> Iterator[Finding]:
    """What takes little time to find."""
    by_id = {policy.id: policy for policy in read.policies}
    for policy in read.policies:
        yield from check_policy(policy, by_id, read.sources, day)
    yield from _passages(read.content, read.elsewhere)
    yield from _links(read.content, set(by_id))
    yield from check_groups(read.content, read.groups, set(by_id))
    yield from check_patterns(read.policies, read.elsewhere)
    yield from check_stolen(read.content, read.policies)
    if changed is None or any(file.startswith("replies/") for file in changed):
        yield from check_replies(read.content)
    if changed is None or COMMANDS in changed:
        yield from check_commands(read.content)


def _passages(content: Path, elsewhere: Sequence[Subject]) -> Iterator[Finding]:
    """Every subject needs its kind words, and the other way round."""
    written = (content / "replies" / _ELSEWHERE).read_text(encoding="utf-8")
    replies = yaml.load(written, yaml.CSafeLoader)
    keys = {subject.id for subject in elsewhere if not subject.script}
    for key in sorted(keys - set(replies)):
        yield Finding(_ELSEWHERE, 1, "check.no_passage", {"key": key})
    for key in sorted(set(replies) - keys):
        yield Finding(f"replies/{_ELSEWHERE}", 1, "check.idle_passage", {"key": key}, False)


def _links(content: Path, ids: set[str]) -> Iterator[Finding]:
    """Replies may lead to policies too."""
    for file in sorted((content / "replies").glob("*.yaml")):
        for link, line in links(file.read_text(encoding="utf-8")):
            if link not in ids:
                yield Finding(f"replies/{file.name}", line, "check.dead_link", {"id": link})


def _strays(read: _Read) -> Iterator[Finding]:
    subjects = [of_policy(policy) for policy in read.policies]
    calibration = read_calibration(read.content)
    yield from check_strays(read.policies, read.elsewhere, subjects, read.glossary, calibration)


def _ordered(findings: list[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda each: (not each.is_error, each.file, each.line))
