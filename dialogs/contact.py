"""How somebody is called and reached: asked only when an employer is to be told, and optional."""

from __future__ import annotations

import re
import unicodedata

from dialogs.talk import Question, Unclear

SKIP = "先不留"
LONGEST_NAME = 20  # characters
_SKIPS = frozenset({SKIP, "不留", "没有", "不说", "不用", "跳过", "不想留", "不告诉", "没", "不"})
_PHONE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})|(0\d{2,3}\d{7,8})")


def name() -> Question[str]:
    """What somebody is called; empty when they would rather not say."""
    return Question(_read_name, ((SKIP, SKIP),))


def phone() -> Question[str]:
    """A Chinese phone number, in digits; empty when they would rather not say. A contact that is
    shared is one as well."""
    return Question(_read_phone, ((SKIP, SKIP),))


def _read_name(text: str) -> str:
    said = re.sub(r"^(?:我叫|俺叫|叫我|我是|我姓名是)", "", text.strip()).strip(" 。.")
    if said in _SKIPS or not said:
        return ""
    if len(said) > LONGEST_NAME or any(it.isdigit() for it in said):
        raise Unclear("offers.name_unclear")
    return said


def _read_phone(text: str) -> str:
    said = unicodedata.normalize("NFKC", text).strip(" 。.")
    if said in _SKIPS or not said:
        return ""
    found = _PHONE.search(re.sub(r"[\s\-—()]", "", said))
    if found is None:
        raise Unclear("offers.phone_unclear")
    return found[1] or found[2]
