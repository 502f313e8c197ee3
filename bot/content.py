"""The content directory as the service uses it: words, commands, policies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge.library import ContentLibrary
from bot.settings import Settings
from bot.words import Words, WordsError


@dataclass(frozen=True, slots=True)
class Content:
    """Everything editors write, loaded."""

    words: Words
    commands: Mapping[str, str]  # what a visitor says, in small letters -> command
    library: ContentLibrary

    @property
    def notice(self) -> str:
        """The version of the notice that is shown at first contact."""
        return self.words.say("greeting.version")


def load_words(settings: Settings) -> Words:
    """The words of content/replies. Raises WordsError."""
    facts = {
        "hotline_name": _name(settings.content_dir / "hotline.yaml"),
        "retention_days": settings.retention_days,
        "desk_hours": settings.desk_hours,
    }
    return Words.load(settings.content_dir / "replies", facts)


async def load_content(settings: Settings, *, wait: bool = True) -> Content:
    """Everything in the content directory. Raises WordsError or UnusableContent.

    Without `wait` the semantic view is not ready on return; run `library.warm` beside.
    """
    words = load_words(settings)
    commands = _commands(settings.content_dir / "commands.yaml")
    library = await ContentLibrary.open(
        settings.content_dir, settings.var_dir / "cache", settings.semantic, date.today, wait=wait
    )
    return Content(words, commands, library)


def _name(path: Path) -> str:
    name = _mapping(path).get("name")
    if not isinstance(name, str):
        raise WordsError(f"{path}: the hotline needs a `name`")
    return name


def _commands(path: Path) -> dict[str, str]:
    commands = {}
    for name, forms in _mapping(path).items():
        if not isinstance(forms, list) or not all(isinstance(it, (str, int)) for it in forms):
            raise WordsError(f"{path}: {name}: what is said must be a list, as [一, 二]")
        commands.update({str(form).lower(): name for form in forms})
    return commands


def _mapping(path: Path) -> dict[str, Any]:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise WordsError(f"{path}: {error}") from error
    if not isinstance(raw, dict):
        raise WordsError(f"{path}: every line must be `key: value`")
    return raw
