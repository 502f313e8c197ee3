"""The words the hotline says: content/replies/*.yaml, one Jinja2 text a key.

The key `policy.answer` is `answer` in policy.yaml. Texts are plain text: no channel is sent markup,
so nothing needs escaping, and a missing fact is an error (StrictUndefined), not a gap.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import CodeType

import yaml
from jinja2 import Environment, StrictUndefined, Template, TemplateError

from bot.pipeline.messages import Button
from dialogs.talk import Reply

Facts = tuple[tuple[str, type, object], ...]  # name, type and value

_KEPT = 2000  # rendered texts about policies: the same are said again and again


class WordsError(Exception):
    """The words cannot be loaded or said; the text names the file and the key."""


class Words:
    """Every text of content/replies, ready to be rendered."""

    def __init__(self, texts: Mapping[str, str], common: Mapping[str, object]) -> None:
        """`common`: facts that every text may use, such as the hotline's own settings."""
        environment = _environment()
        environment.globals.update(common)
        environment.globals["say"] = self.say  # another text within a text
        self.texts = dict(texts)
        self._fixed = {key: text.strip() for key, text in texts.items() if "{" not in text}
        self._texts = {
            key: _compiled(environment, key, text)
            for key, text in texts.items()
            if key not in self._fixed
        }
        self._rendered = lru_cache(_KEPT)(self._anew)

    @classmethod
    def load(cls, folder: Path, common: Mapping[str, object]) -> Words:
        """Read every .yaml file of the folder (flat: key and text)."""
        texts: dict[str, str] = {}
        for path in sorted(folder.glob("*.yaml")):
            for key, text in _read(path).items():
                texts[f"{path.stem}.{key}"] = text
        if not texts:
            raise WordsError(f"{folder}: no .yaml files with words")
        return cls(texts, common)

    def group(self, name: str) -> dict[str, str]:
        """The texts of one file, key by key, as they are written."""
        prefix = f"{name}."
        mine = {key: text for key, text in self.texts.items() if key.startswith(prefix)}
        return {key.removeprefix(prefix): text.strip() for key, text in mine.items()}

    def render(self, reply: Reply) -> str:
        """The reply's text."""
        if not reply.policies:  # said to one visitor, and perhaps of one
            return self.say(reply.words, **reply.facts)
        # The types, because 1 is True, but does not read like it.
        facts = tuple((name, type(it), it) for name, it in reply.facts.items())
        try:
            return self._rendered(reply.words, facts)
        except TypeError:  # a fact that may change, such as a list, is no key
            return self.say(reply.words, **reply.facts)

    def _anew(self, key: str, facts: Facts) -> str:
        return self.say(key, **{name: it for name, _, it in facts})

    def say(self, key: str, /, **facts: object) -> str:
        """The text of `key` with its facts. Raises WordsError when either is missing."""
        if key in self._fixed:
            return self._fixed[key]
        try:
            return self._texts[key].render(facts).strip()
        except KeyError:
            raise WordsError(f"content/replies has no words for {key}") from None
        except TemplateError as error:
            raise WordsError(f"{key}: {error}") from error

    def buttons(self, reply: Reply) -> tuple[Button, ...]:
        """The reply's options with the words on them."""
        return tuple(Button(self._label(option.label), option.send) for option in reply.options)

    def _label(self, label: str) -> str:
        return self.say(label) if label.isascii() and "." in label else label


def _read(path: Path) -> dict[str, str]:
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise WordsError(f"{path}: {error}") from error
    if not isinstance(raw, dict):
        raise WordsError(f"{path}: every line must be `key: text`")
    for pair in raw.items():  # YAML reads a bare off, no or 1 as something else
        if not all(isinstance(it, str) for it in pair):
            raise WordsError(f"{path}: every line must be `key: text`, not {pair[0]!r}")
    return raw


def _environment() -> Environment:
    return Environment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )


@lru_cache(4096)  # few texts differ from one content to the next
def _code(text: str) -> CodeType:
    return _environment().compile(text)


def _compiled(environment: Environment, key: str, text: str) -> Template:
    try:
        return Template.from_code(environment, _code(text), environment.make_globals(None))
    except TemplateError as error:
        raise WordsError(f"{key}: {error}") from error
