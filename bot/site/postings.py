"""An opening for search engines: schema.org JobPosting (schema.org/JobPosting), and for RSS readers
(RSS 2.0, www.rssboard.org/rss-specification)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from html import escape
from xml.etree import ElementTree

import orjson
from markupsafe import Markup

from dialogs.work import Opening, PayUnit, WorkType

COUNTRY, CURRENCY, OFFSET = "CN", "CNY", "+08:00"
_TYPES = {
    WorkType.FULL_TIME: "FULL_TIME",
    WorkType.PART_TIME: "PART_TIME",
    WorkType.AT_HOME: "OTHER",
    WorkType.SHORT: "TEMPORARY",
    WorkType.WELFARE: "OTHER",
}
_PER = {PayUnit.MONTH: "MONTH", PayUnit.DAY: "DAY", PayUnit.HOUR: "HOUR"}
_NOT_XML = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ATOM = "http://www.w3.org/2005/Atom"
ElementTree.register_namespace("atom", _ATOM)


def job_posting(opening: Opening, url: str, publisher: str, region: str) -> Markup:
    """The data block of a page: JSON that cannot end the element it stands in."""
    facts: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": opening.title,
        "description": _described(opening),
        "identifier": {
            "@type": "PropertyValue",
            "name": publisher,
            "value": str(opening.number),
        },
        "url": url,
        "datePosted": opening.published.isoformat(),
        "validThrough": _end_of(opening.expires),
        "employmentType": _TYPES[opening.work_type],
        "hiringOrganization": {"@type": "Organization", "name": opening.employer},
        "jobLocation": _place(opening, region),
        "baseSalary": _salary(opening),
        "totalJobOpenings": opening.headcount,
        "directApply": False,
        **_from_home(opening),
    }
    known = {name: value for name, value in facts.items() if value is not None}
    packed = orjson.dumps(known).decode()
    for sign in "<>&\u2028\u2029":
        packed = packed.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(packed)


def feed(
    openings: Sequence[tuple[Opening, str, str]], channel: Mapping[str, str], now: datetime
) -> bytes:
    """An RSS feed of (opening, address, summary); `channel`: title, link, self, description."""
    rss = ElementTree.Element("rss", {"version": "2.0"})
    top = ElementTree.SubElement(rss, "channel")
    for name in ("title", "link", "description"):
        _add(top, name, channel[name])
    itself = {"href": channel["self"], "rel": "self", "type": "application/rss+xml"}
    ElementTree.SubElement(top, f"{{{_ATOM}}}link", itself)
    _add(top, "language", "zh-cn")
    newest = max((it.published for it, _, _ in openings), default=now.date())
    _add(top, "lastBuildDate", _rfc(newest))
    _add(top, "ttl", "60")
    for opening, url, summary in openings:
        _item(top, opening, url, summary)
    body: bytes = ElementTree.tostring(rss, "utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body


def _item(top: ElementTree.Element, opening: Opening, url: str, summary: str) -> None:
    item = ElementTree.SubElement(top, "item")
    _add(item, "title", opening.title)
    _add(item, "link", url)
    guid = _add(item, "guid", f"{url}#{opening.digest}")  # news again when it has changed
    guid.set("isPermaLink", "false")
    _add(item, "pubDate", _rfc(opening.published))
    if opening.occupation:
        _add(item, "category", opening.occupation)
    _add(item, "description", escape(summary))  # readers take it for HTML


def _add(parent: ElementTree.Element, name: str, text: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, name)
    child.text = _NOT_XML.sub("", text)
    return child


def _rfc(day: date) -> str:
    return format_datetime(datetime.combine(day, time(0), UTC))


def _described(opening: Opening) -> str:
    told = "\n".join(it for it in (opening.description, opening.requirements) if it)
    return escape(told or opening.title).replace("\n", "<br>")


def _end_of(day: date | None) -> str | None:
    return None if day is None else f"{day.isoformat()}T23:59:59{OFFSET}"


def _place(opening: Opening, region: str) -> dict[str, object]:
    street = " ".join(it for it in (opening.town, opening.address) if it)
    address = {
        "@type": "PostalAddress",
        "streetAddress": street or None,
        "addressLocality": opening.county or opening.away,
        "addressRegion": region if opening.county else None,
        "addressCountry": COUNTRY,
    }
    known = {name: value for name, value in address.items() if value is not None}
    return {"@type": "Place", "address": known}


def _salary(opening: Opening) -> dict[str, object] | None:
    per = None if opening.pay_unit is None else _PER.get(opening.pay_unit)
    if per is None or (opening.pay_min is None and opening.pay_max is None):
        return None
    bounds = {"minValue": opening.pay_min, "maxValue": opening.pay_max}
    sums = {name: value for name, value in bounds.items() if value is not None}
    value = {"@type": "QuantitativeValue", **sums, "unitText": per}
    return {"@type": "MonetaryAmount", "currency": CURRENCY, "value": value}


def _from_home(opening: Opening) -> dict[str, object]:
    if opening.work_type is not WorkType.AT_HOME:
        return {}
    whence = {"@type": "Country", "name": COUNTRY}
    return {"jobLocationType": "TELECOMMUTE", "applicantLocationRequirements": whence}
