"""Search over names, pinyin, initials, industries: plain containment, so that two characters are enough."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from domain.errors import BadRequest
from services.map_data import search_index
from services.pinyin import normalised

QUERY_MAX = 64
TYPES = ("place", "chain", "node", "enterprise", "facility")


def search(session: Session, query: str, *, as_of: date, limit: int = 50) -> list[dict[str, Any]]:
    """Entries whose text contains every word of the query; those that begin with it first. Raises BadRequest."""
    if len(query) > QUERY_MAX:
        raise BadRequest(f"检索词超过 {QUERY_MAX} 个字", f"a query has at most {QUERY_MAX} characters", place="q")
    words = [normalised(word) for word in query.split()]
    if not words:
        return []
    found = [entry for entry in search_index(session, as_of=as_of) if all(word in entry["text"] for word in words)]
    whole = normalised(query)
    return sorted(found, key=lambda entry: _rank(entry, whole))[:limit]


def _rank(entry: dict[str, Any], whole: str) -> tuple[bool, int, bool, int]:
    """What is named by the query first, then places, chains, nodes, enterprises, facilities; shorter names first."""
    label = normalised(entry["label_zh"])
    names = [label, *entry["text"].split()]
    return (whole not in names, TYPES.index(entry["type"]), whole not in label, len(label))
