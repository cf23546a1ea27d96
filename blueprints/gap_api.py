"""Chain gaps as JSON: the ranked list, the overlay of the map, one place, whom to ask first, what landings would
change, designation against reality."""

from __future__ import annotations

from flask import Blueprint, Response, request

from blueprints import web
from blueprints.access import needs
from blueprints.answers import answer, known_parameters, page, page_asked
from blueprints.gap_questions import ASKED, FILTERS, question
from blueprints.landings import LAND, landings_asked
from domain.designations import Finding
from domain.errors import BadRequest
from domain.permissions import Permission
from services.gaps.answers import list_gaps, place_gaps
from services.gaps.asking import Question
from services.gaps.designations import designation_findings
from services.gaps.landings import read_landings
from services.gaps.overlay import overlay
from services.gaps.unknowns import rank_unknown_firms
from services.gaps.what_if import try_landings

pages = Blueprint("gap_api", __name__, url_prefix="/api/v1")


@pages.get("/gaps")
@needs(Permission.READ_PUBLIC)
def gaps() -> Response:
    """Nodes at places, the largest gap in yuan first."""
    known_parameters(*ASKED, *FILTERS, "limit", "offset")
    limit, offset = page_asked()
    with web.database().read() as session:
        found = list_gaps(session, question(), limit=limit, offset=offset)
    return page(found.items, found.total, limit, offset)


@pages.get("/gaps/overlay")
@needs(Permission.READ_PUBLIC)
def gap_overlay() -> Response:
    """A chain's kinds at every place and who supplies whom, for the map."""
    known_parameters(*ASKED)
    with web.database().read() as session:
        return answer(overlay(session, _of_one_chain()))


@pages.get("/gaps/places/<code>")
@needs(Permission.READ_PUBLIC)
def gaps_of_place(code: str) -> Response:
    """A chain's gaps at one place, each in a sentence."""
    known_parameters(*ASKED)
    with web.database().read() as session:
        return answer(place_gaps(session, _of_one_chain(), code))


@pages.get("/gaps/unknowns")
@needs(Permission.READ_PUBLIC)
def gap_unknowns() -> Response:
    """The firms of unknown capacity, the one whose answer could move the ranking most first."""
    known_parameters(*ASKED, "limit", "offset")
    limit, offset = page_asked()
    with web.database().read() as session:
        found = rank_unknown_firms(session, question())
    return page(found[offset : offset + limit], len(found), limit, offset)


@pages.get("/gaps/designations")
@needs(Permission.READ_PUBLIC)
def gap_designations() -> Response:
    """Designations of parks held against the firms that stand there."""
    known_parameters("chain", "place", "finding", "as_of", "limit", "offset")
    limit, offset = page_asked()
    with web.database().read() as session:
        found = designation_findings(session, question(), _findings(), limit=limit, offset=offset)
    return page(found.items, found.total, limit, offset)


@pages.get("/whatif")
@needs(Permission.READ_PUBLIC)
def what_if() -> Response:
    """What up to three landings would change; nothing is stored."""
    known_parameters(*ASKED, repeated={LAND})
    with web.database().read() as session:
        asked = _of_one_chain()
        return answer(try_landings(session, asked, read_landings(session, asked, landings_asked())))


def _findings() -> frozenset[Finding] | None:
    try:
        return frozenset(Finding(word) for word in request.args.get("finding", "").split(",") if word) or None
    except ValueError:
        raise BadRequest(
            f"finding 应为：{'、'.join(Finding)}", f"finding must be one of: {', '.join(Finding)}", place="finding"
        ) from None


def _of_one_chain() -> Question:
    asked = question()
    if asked.chain is None:
        raise BadRequest("请指明产业链：?chain=CU", "name a chain: ?chain=CU", place="chain")
    return asked
