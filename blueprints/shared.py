"""What the server-rendered pages share: the day they show, the text filter, grouping."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from flask import request

from blueprints import web
from services.map_data import offered_dates
from services.schemas import ObservationOut

Item = TypeVar("Item")
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Day:
    """The day a page shows. `choices`: the days on offer; `query`: what links carry so that the day stays."""

    as_of: date
    choices: list[dict[str, Any]]
    query: dict[str, str]


def chosen_day() -> Day:
    """The day of ?as_of, today without one. A day not on offer is added to the choices."""
    as_of = web.as_of()
    choices = list(offered_dates(web.today()))
    if as_of.isoformat() not in {choice["as_of"] for choice in choices}:
        choices.append({"as_of": as_of.isoformat(), "label_zh": as_of.isoformat(), "label_en": as_of.isoformat()})
    query = {"as_of": as_of.isoformat()} if as_of != web.today() else {}
    return Day(as_of, choices, query)


def search_words(query: str) -> list[str]:
    """The words a filter looks for, folded.

    >>> search_words("  ＣＵ 铜 ")
    ['cu', '铜']
    """
    return fold(query).split()


def fold(text: str) -> str:
    """Text as the filter compares it: compatibility forms and case folded. filter_controller.js does the same."""
    return unicodedata.normalize("NFKC", text).lower()


def is_match(words: list[str], text: str) -> bool:
    """Whether all words stand in the folded text; no words match all.

    >>> is_match(["cu"], "cu 铜"), is_match(["cu", "铅"], "cu 铜"), is_match([], "")
    (True, False, True)
    """
    return all(word in text for word in words)


def asked_text() -> str:
    """The text of ?q, trimmed and never longer than a search box gives."""
    return request.args.get("q", "").strip()[:100]


def grouped(items: Iterable[Item], key: Callable[[Item], Key]) -> dict[Key, list[Item]]:
    """Items by key, both in the order they come."""
    groups: dict[Key, list[Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def split_conflicts(observations: list[ObservationOut]) -> tuple[list[list[ObservationOut]], list[ObservationOut]]:
    """Values that disagree, one list a question, and all the others."""
    by_question = grouped((item for item in observations if item.conflict), lambda item: item.conflict)
    conflicts = [items for items in by_question.values() if len(items) > 1]
    disputed = {id(item) for items in conflicts for item in items}
    return conflicts, [item for item in observations if id(item) not in disputed]
