"""Reading the files of content/directory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


class DirectoryError(Exception):
    """A file of content/directory cannot be used; the text names it."""


def mapping(path: Path) -> dict[str, Any]:
    """What a YAML file says, key by key. Raises DirectoryError."""
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise DirectoryError(f"{path}: {error}") from error
    if not isinstance(raw, dict):
        raise DirectoryError(f"{path}: every line must be `key: value`")
    return raw
