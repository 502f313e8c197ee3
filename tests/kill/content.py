"""The hotline's content with a dozen of its policies.

Whether a message is lost is no matter of how much there is to tell, but every start reads it all.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

from tests.service import ROOT

FULL = ROOT / "content"


def dozen_policies(folder: Path) -> Path:
    """A content folder with the first twelve."""
    content = Path(shutil.copytree(FULL, folder / "content"))
    for policy in policies(content)[12:]:
        policy.unlink()
    return content


def questions(content: Path) -> list[str]:
    """One question that each policy answers."""
    return [_front_matter(path)["questions"][0] for path in policies(content)]


def policies(content: Path) -> list[Path]:
    return sorted((content / "policies").glob("*.md"))


def _front_matter(policy: Path) -> dict[str, list[str]]:
    front = policy.read_text(encoding="utf-8").split("---\n", 2)[1]
    read: dict[str, list[str]] = yaml.safe_load(front)
    return read
