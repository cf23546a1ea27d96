"""JSON under /api/v1. Lists are {items, total, next}; every fact carries source and grade; ?as_of everywhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel
from sqlalchemy.orm import Session

from blueprints import openapi, web
from domain.errors import BadRequest, NotFound
from domain.periods import Holding
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
LIMIT, LIMIT_MAX = 100, 1000


@pages.get("/openapi.json")
def openapi_document() -> Response:
    """This API, described."""
    return jsonify(openapi.document())


@pages.get("/map")
def map_data() -> Response:
    """Everything the map draws on a day."""
    _known_parameters("as_of")
    day = web.as_of()
    with web.database().read() as session:
        text = cached(
            session,
            ("map json", day, web.today()),
            lambda: _dumped(
                map_service.map_data(session, as_of=day, today=web.today(), approval_no=web.settings().map_approval_no)
            ),
        )
    response = Response(text, mimetype="application/json")
    response.add_etag()
    response.make_conditional(request)
    return response


@pages.get("/parks")
def parks() -> Response:
    return _places(PlaceLayer.PARK)


@pages.get("/zones")
def zones() -> Response:
    return _places(PlaceLayer.ZONE)


@pages.get("/parks/<code>", endpoint="park")
@pages.get("/zones/<code>", endpoint="zone")
@pages.get("/places/<code>", endpoint="place")
def place(code: str) -> Response:
    """Everything known of one place on a day."""
    _known_parameters("as_of")
    with web.database().read() as session:
        found = place_service.get_place(session, code, as_of=web.as_of())
    layer = (request.endpoint or "").removeprefix("api.")
    if layer in {"park", "zone"} and found.layer != layer:
        raise NotFound(f"没有这个地点：{code}", f"no such {layer}: {code}", place=code)
    return _answer(found)


@pages.get("/belt")
def belt() -> Response:
    """The 320国道 belt: its line and its sections (GeoJSON, CRS84)."""
    _known_parameters("as_of")
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
def chains() -> Response:
    with web.database().read() as session:
        return _listing(chain_service.list_chains(session, as_of=web.as_of()))


@pages.get("/chains/<code>")
def chain(code: str) -> Response:
    _known_parameters("as_of")
    with web.database().read() as session:
        return _answer(chain_service.get_chain(session, code, as_of=web.as_of()))


@pages.get("/designations")
def designations() -> Response:
    day = web.as_of()
    with web.database().read() as session:
        return _listing(_designations(session, day))


@pages.get("/targets")
def targets() -> Response:
    with web.database().read() as session:
        groups = target_service.list_targets(session, as_of=web.as_of())
    return _listing([row.target for group in groups for row in group.targets])


@pages.get("/offers")
def offers() -> Response:
    with web.database().read() as session:
        return _listing(place_service.list_offers(session, as_of=web.as_of()))


@pages.get("/policies")
def policies() -> Response:
    web.as_of()  # documents do not change with the day, but a bad day is told here too
    with web.database().read() as session:
        return _listing(policy_service.list_documents(session))


@pages.get("/search")
def search() -> Response:
    """Places, enterprises, chains, nodes and facilities whose names, pinyin, initials or industries hold `q`."""
    _known_parameters("q", "as_of", "limit", "offset")
    with web.database().read() as session:
        return _listing(
            search_service.search(session, request.args.get("q", ""), as_of=web.as_of(), limit=LIMIT_MAX), "q"
        )


def _places(layer: PlaceLayer) -> Response:
    with web.database().read() as session:
        everything = place_service.list_places(session, as_of=web.as_of())
    return _listing([found for found in everything if found.layer is layer])


def _designations(session: Session, day: date) -> list[Any]:
    rows = place_service.open_rows(session, Designation)
    return [facts.designation_out(row, day) for row in rows if row.period.holds_on(day) is not Holding.NO]


def _listing(items: Sequence[BaseModel | dict[str, Any]], *own: str) -> Response:
    """One page of a list. `limit` beyond 1,000 is answered with 1,000."""
    _known_parameters("as_of", "limit", "offset", *own)
    limit = min(_whole("limit", LIMIT, least=1), LIMIT_MAX)
    offset = _whole("offset", 0, least=0)
    shown = items[offset : offset + limit]
    following = None
    if offset + limit < len(items):
        query = request.args.to_dict() | {"limit": str(limit), "offset": str(offset + limit)}
        following = f"{request.path}?" + "&".join(f"{key}={_quoted(value)}" for key, value in query.items())
    return jsonify({"items": [_plain(item) for item in shown], "total": len(items), "next": following})


def _whole(name: str, default: int, *, least: int) -> int:
    text = request.args.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) < least:
        raise BadRequest(
            f"{name} 应为不小于 {least} 的整数：{text[:40]}",
            f"{name} must be a whole number of at least {least}: {text[:40]}",
            place=name,
        )
    return int(text)


def _known_parameters(*names: str) -> None:
    for name in request.args:
        if name not in names:
            raise BadRequest(f"未知参数：{name[:40]}", f"unknown parameter: {name[:40]}", place=name[:40])
        if len(request.args.getlist(name)) > 1:
            raise BadRequest(f"参数重复：{name[:40]}", f"the parameter stands twice: {name[:40]}", place=name[:40])


def _quoted(value: str) -> str:
    return quote(value, safe="")


def _plain(item: BaseModel | dict[str, Any]) -> Any:
    return item.model_dump(mode="json") if isinstance(item, BaseModel) else item


def _answer(model: BaseModel) -> Response:
    return Response(model.model_dump_json(), mimetype="application/json")


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
