"""An opening as a row of the table and back; when two are the same, and when one has changed."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from hashlib import sha256

from bot.records.tables import OpeningRow
from dialogs.work import Opening, OpeningState, PayUnit, WorkType

STAFF = "staff"  # the rule of a flag that a person has set
_OVER = (OpeningState.FILLED, OpeningState.CLOSED)


def key_of(opening: Opening) -> str:
    """What makes two postings the same one: who seeks whom for what work where."""
    place = (opening.county, opening.town, opening.away)
    return _hash(opening.employer, opening.title, *place, opening.work_type)


def digest_of(opening: Opening) -> str:
    """Changes with what somebody who has seen the opening would want to hear anew."""
    place = (opening.county, opening.town, opening.away, opening.address)
    pay = (opening.pay_min, opening.pay_max, opening.pay_unit)
    terms = (opening.work_type, opening.housing, opening.meals, opening.hours)
    what = (opening.title, opening.employer, opening.occupation, opening.requirements)
    return _hash(*what, *place, *pay, *terms)[:16]


def values_of(opening: Opening) -> dict[str, object]:
    """The columns that a posting fills; not those that tell of its life here."""
    return {
        "key": key_of(opening),
        "digest": digest_of(opening),
        "title": opening.title,
        "occupation": opening.occupation,
        "employer": opening.employer,
        "county": opening.county,
        "town": opening.town,
        "away": opening.away,
        "address": opening.address,
        "pay_min": opening.pay_min,
        "pay_max": opening.pay_max,
        "pay_unit": opening.pay_unit,
        "work_type": opening.work_type,
        "housing": opening.housing,
        "meals": opening.meals,
        "hours": opening.hours,
        "headcount": opening.headcount,
        "description": opening.description,
        "requirements": opening.requirements,
        "contact": opening.contact,
        "phone": opening.phone,
        "flags": list(opening.flags),
        "published": opening.published,
        "expires": opening.expires,
        "is_example": opening.is_example,
    }


def opening_of(row: OpeningRow) -> Opening:
    """The row as everybody else knows it."""
    return Opening(
        number=row.id,
        title=row.title,
        employer=row.employer,
        published=row.published,
        digest=row.digest,
        occupation=row.occupation,
        county=row.county,
        town=row.town,
        away=row.away,
        address=row.address,
        pay_min=row.pay_min,
        pay_max=row.pay_max,
        pay_unit=None if row.pay_unit is None else PayUnit(row.pay_unit),
        work_type=WorkType(row.work_type),
        housing=row.housing,
        meals=row.meals,
        hours=row.hours,
        headcount=row.headcount,
        description=row.description,
        requirements=row.requirements,
        contact=row.contact,
        phone=row.phone,
        flags=tuple(row.flags),
        state=OpeningState(row.state),
        expires=row.expires,
        is_example=row.is_example,
    )


def renew(row: OpeningRow, new: Opening, source: str | None, now: datetime) -> bool:
    """Bring the row up to what a file now says of it; whether anything changed.

    What staff have closed, held or released stays so, unless the posting is published anew (a later
    date) or says something doubtful that nobody has looked at.
    """
    values = values_of(new)
    del values["is_example"]  # once an example, always one
    values["state"] = _state_after(row, new)
    if row.state == OpeningState.HELD:
        values["flags"] = [*new.flags, *(it for it in row.flags if _is_by_staff(it))]
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        row.source, row.updated_at = source, now
    return bool(changed)


def released(flags: list[str]) -> list[str]:
    """The flags that stay once a person has found the posting to be in order."""
    return [flag for flag in flags if not _is_by_staff(flag)]


def _state_after(row: OpeningRow, new: Opening) -> OpeningState:
    old = OpeningState(row.state)
    if old in _OVER:
        return new.state if _is_published_anew(row, new) else old
    if old is OpeningState.HELD and any(_is_by_staff(flag) for flag in row.flags):
        return old
    if old is OpeningState.OPEN and set(new.flags) <= set(row.flags):
        return old
    return new.state


def _is_published_anew(row: OpeningRow, new: Opening) -> bool:
    is_later = row.expires is not None and (new.expires is None or new.expires > row.expires)
    return new.published > row.published or is_later


def _is_by_staff(flag: str) -> bool:
    return flag.startswith(f"{STAFF}:")


def _hash(*parts: object) -> str:
    text = "\x1f".join("" if part is None else _same(str(part)) for part in parts)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _same(text: str) -> str:
    """Without what typing differs in: full width, case, spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
