"""Chain gaps as JSON: the ranked list, the overlay of the map, one place, and whom to ask first."""

from __future__ import annotations

from flask import Blueprint, Response

from blueprints import web
from blueprints.answers import answer, known_parameters, page, page_asked
from blueprints.gap_questions import ASKED, FILTERS, question
from domain.errors import BadRequest
from services.gaps.answers import list_gaps, place_gaps
from services.gaps.asking import Question
from services.gaps.overlay import overlay
from services.gaps.unknowns import rank_unknown_firms

pages = Blueprint("gap_api", __name__, url_prefix="/api/v1")


@pages.get("/gaps")
def gaps() -> Response:
    """Nodes at places, the largest gap in yuan first."""
    known_parameters(*ASKED, *FILTERS, "limit", "offset")
    limit, offset = page_asked()
    with web.database().read() as session:
        found = list_gaps(session, question(), limit=limit, offset=offset)
    return page(found.items, found.total, limit, offset)


@pages.get("/gaps/overlay")
def gap_overlay() -> Response:
    """A chain's kinds at every place and who supplies whom, for the map."""
    known_parameters(*ASKED)
    with web.database().read() as session:
        return answer(overlay(session, _of_one_chain()))


@pages.get("/gaps/places/<code>")
def gaps_of_place(code: str) -> Response:
    """A chain's gaps at one place, each in a sentence."""
    known_parameters(*ASKED)
    with web.database().read() as session:
        return answer(place_gaps(session, _of_one_chain(), code))


@pages.get("/gaps/unknowns")
def gap_unknowns() -> Response:
    """The firms of unknown capacity, the one whose answer could move the ranking most first."""
    known_parameters(*ASKED, "limit", "offset")
    limit, offset = page_asked()
    with web.database().read() as session:
        found = rank_unknown_firms(session, question())
    return page(found[offset : offset + limit], len(found), limit, offset)


def _of_one_chain() -> Question:
    asked = question()
    if asked.chain is None:
        raise BadRequest("请指明产业链：?chain=CU", "name a chain: ?chain=CU", place="chain")
    return asked
