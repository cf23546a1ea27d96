"""JSON under /api/v1. Lists are {items, total, next}; every fact carries source and grade; ?as_of everywhere."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, jsonify, request
from sqlalchemy.orm import Session

from blueprints import openapi, web
from blueprints.access import needs
from blueprints.answers import LIMIT_MAX, answer, dumped, known_parameters, listing
from domain.errors import NotFound
from domain.periods import Holding
from domain.permissions import Permission
from domain.words import PlaceLayer
from models import Designation
from services import chains as chain_service
from services import facts
from services import map_data as map_service
from services import places as place_service
from services import policies as policy_service
from services import search as search_service
from services import targets as target_service
from services.cache import cached

pages = Blueprint("api", __name__, url_prefix="/api/v1")


@pages.get("/openapi.json")
@needs(Permission.READ_PUBLIC)
def openapi_document() -> Response:
    """This API, described."""
    return jsonify(openapi.document())


@pages.get("/map")
@needs(Permission.READ_PUBLIC)
def map_data() -> Response:
    """Everything the map draws on a day."""
    known_parameters("as_of")
    day = web.as_of()
    with web.database().read() as session:
        text = cached(
            session,
            ("map json", day, web.today()),
            lambda: dumped(
                map_service.map_data(session, as_of=day, today=web.today(), approval_no=web.settings().map_approval_no)
            ),
        )
    response = Response(text, mimetype="application/json")
    response.add_etag()
    response.make_conditional(request)
    return response


@pages.get("/parks")
@needs(Permission.READ_PUBLIC)
def parks() -> Response:
    return _places(PlaceLayer.PARK)


@pages.get("/zones")
@needs(Permission.READ_PUBLIC)
def zones() -> Response:
    return _places(PlaceLayer.ZONE)


@pages.get("/parks/<code>", endpoint="park")
@pages.get("/zones/<code>", endpoint="zone")
@pages.get("/places/<code>", endpoint="place")
@needs(Permission.READ_PUBLIC)
def place(code: str) -> Response:
    """Everything known of one place on a day."""
    known_parameters("as_of")
    with web.database().read() as session:
        found = place_service.get_place(session, code, as_of=web.as_of(), audience=web.audience())
    layer = (request.endpoint or "").removeprefix("api.")
    if layer in {"park", "zone"} and found.layer != layer:
        raise NotFound(f"没有这个地点：{code}", f"no such {layer}: {code}", place=code)
    return answer(found)


@pages.get("/belt")
@needs(Permission.READ_PUBLIC)
def belt() -> Response:
    """The 320国道 belt: its line and its sections (GeoJSON, CRS84)."""
    known_parameters("as_of")
    with web.database().read() as session:
        drawn = map_service.map_data(
            session, as_of=web.as_of(), today=web.today(), approval_no=web.settings().map_approval_no
        )
    geometry = drawn["geometry"]
    return jsonify(
        {"line": geometry["belt_line"], "sections": geometry["belt_sections"], "items": drawn["sections"],
         "total": len(drawn["sections"]), "next": None}
    )  # fmt: skip


@pages.get("/chains")
@needs(Permission.READ_PUBLIC)
def chains() -> Response:
    with web.database().read() as session:
        return listing(chain_service.list_chains(session, as_of=web.as_of()))


@pages.get("/chains/<code>")
@needs(Permission.READ_PUBLIC)
def chain(code: str) -> Response:
    known_parameters("as_of")
    with web.database().read() as session:
        return answer(chain_service.get_chain(session, code, as_of=web.as_of()))


@pages.get("/designations")
@needs(Permission.READ_PUBLIC)
def designations() -> Response:
    day = web.as_of()
    with web.database().read() as session:
        return listing(_designations(session, day))


@pages.get("/targets")
@needs(Permission.READ_PUBLIC)
def targets() -> Response:
    with web.database().read() as session:
        groups = target_service.list_targets(session, as_of=web.as_of())
    return listing([row.target for group in groups for row in group.targets])


@pages.get("/offers")
@needs(Permission.READ_PUBLIC)
def offers() -> Response:
    with web.database().read() as session:
        return listing(place_service.list_offers(session, as_of=web.as_of()))


@pages.get("/policies")
@needs(Permission.READ_PUBLIC)
def policies() -> Response:
    web.as_of()  # documents do not change with the day, but a bad day is told here too
    with web.database().read() as session:
        return listing(policy_service.list_documents(session))


@pages.get("/search")
@needs(Permission.READ_PUBLIC)
def search() -> Response:
    """Places, enterprises, chains, nodes and facilities whose names, pinyin, initials or industries hold `q`."""
    known_parameters("q", "as_of", "limit", "offset")
    with web.database().read() as session:
        return listing(
            search_service.search(session, request.args.get("q", ""), as_of=web.as_of(), limit=LIMIT_MAX), "q"
        )


def _places(layer: PlaceLayer) -> Response:
    with web.database().read() as session:
        everything = place_service.list_places(session, as_of=web.as_of())
    return listing([found for found in everything if found.layer is layer])


def _designations(session: Session, day: date) -> list[Any]:
    rows = place_service.open_rows(session, Designation)
    return [facts.designation_out(row, day) for row in rows if row.period.holds_on(day) is not Holding.NO]
