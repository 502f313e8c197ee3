"""Updates as Telegram writes them."""

from __future__ import annotations

from typing import Any

DATE = 1795300000


def person(chat: int) -> dict[str, Any]:
    return {"id": chat, "is_bot": False, "first_name": "王"}


def private(chat: int) -> dict[str, Any]:
    return {"id": chat, "type": "private", "first_name": "王"}


def message(chat: int, **what: Any) -> dict[str, Any]:
    """A message of the visitor; `what` are its other fields (text=.., location=..)."""
    return {"message_id": 1, "date": DATE, "from": person(chat), "chat": private(chat), **what}


def callback_query(chat: int, data: str, query: str) -> dict[str, Any]:
    below = {"message_id": 1, "date": DATE, "chat": private(chat)}
    return {"id": query, "from": person(chat), "chat_instance": "1", "data": data, "message": below}


def membership(chat: int, before: str, after: str) -> dict[str, Any]:
    def member(status: str) -> dict[str, Any]:
        until = {"until_date": 0} if status == "kicked" else {}
        return {"status": status, "user": {**person(7), "is_bot": True}, **until}

    return {
        "chat": private(chat),
        "from": person(chat),
        "date": DATE,
        "old_chat_member": member(before),
        "new_chat_member": member(after),
    }
