"""What an address asks of the chain gaps, the same for pages and JSON."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from flask import request

from blueprints import web
from domain.errors import BadRequest
from domain.words import GapKind, Remedy
from services.gaps.asking import OWN, Question, parse_radius
from services.gaps.minutes import travel_rule

Word = TypeVar("Word", bound=StrEnum)
ASKED = ("chain", "radius", "as_of")
FILTERS = ("place", "node", "kind", "remedy")


def question(chain: str | None = None) -> Question:
    """The question of the address: ?chain, ?radius, ?as_of and the filters, each filter a list separated by commas.

    chain: used where the address names none. Raises BadRequest.
    """
    return Question(
        as_of=web.as_of(),
        radius=parse_radius(request.args.get("radius") or OWN),
        audience=web.audience(),
        rule=travel_rule(web.settings()),
        chain=request.args.get("chain") or chain,
        places=_codes("place"),
        nodes=_codes("node"),
        kinds=_words("kind", GapKind),
        remedies=_words("remedy", Remedy),
    )


def _codes(name: str) -> frozenset[str] | None:
    asked = [part for value in request.args.getlist(name) for part in value.split(",") if part]
    return frozenset(asked) or None


def _words(name: str, words: type[Word]) -> frozenset[Word] | None:
    try:
        return frozenset(words(code) for code in _codes(name) or ()) or None
    except ValueError:
        known = "、".join(words)
        raise BadRequest(f"{name} 应为：{known}", f"{name} must be one of: {', '.join(words)}", place=name) from None
