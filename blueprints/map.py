"""The map page and its single-file export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy.orm import Session

from blueprints import web
from blueprints.access import needs
from domain.errors import NotFound
from domain.permissions import Permission
from geo.maps import MapOptions, MapShell, map_shell
from services import chains as chain_service
from services import export as export_service
from services.gaps.minutes import travel_rule
from services.map_data import offered_dates
from services.places import find_place
from services.schemas import ChainOut

pages = Blueprint("map", __name__)
files = Blueprint("export", __name__, url_prefix="/export")


@dataclass(frozen=True)
class MapPage:
    """The map: `shell` is what Folium drew, `map_url` where the data lie, `as_of` the day asked for."""

    shell: MapShell
    map_url: str
    place_url: str
    dates: list[dict[str, Any]]
    chains: list[ChainOut]
    lang: str
    as_of: str


@pages.get("/")
@needs(Permission.READ_PUBLIC)
def show() -> str:
    day = web.as_of()
    with web.database().read() as session:
        chains = chain_service.list_chains(session, as_of=day)
        _known(session, request.args.get("chain"), request.args.get("place"), [chain.code for chain in chains])
    return render_template(
        "map.html",
        page=MapPage(
            shell=map_shell(MapOptions(tile_url=web.settings().basemap_url)),
            map_url=url_for("api.map_data"),
            place_url=url_for("api.place", code="CODE"),
            dates=offered_dates(web.today()),
            chains=chains,
            lang=web.language(),
            as_of=day.isoformat(),
        ),
    )


def _known(session: Session, chain: str | None, place: str | None, chains: list[str]) -> None:
    """Refuse an address that asks for a chain or a place nobody has. Raises NotFound."""
    if chain and chain not in chains:
        raise NotFound(f"没有这条产业链：{chain[:40]}", f"no such chain: {chain[:40]}", place="chain")
    if place and find_place(session, place[:64]) is None:
        raise NotFound(f"没有这个地点：{place[:40]}", f"no such place: {place[:40]}", place="place")


@files.get("/map.html")
@needs(Permission.READ_PUBLIC)
def map_file() -> Response:
    """The map as one file that opens from a stick."""
    day = web.as_of() if "as_of" in request.args else None
    chain = request.args.get("chain") or None
    with web.database().read() as session:
        html = export_service.map_file(
            session,
            as_of=day,
            today=web.today(),
            chain=chain,
            approval_no=web.settings().map_approval_no,
            rule=travel_rule(web.settings()),
        )
    response = Response(html, mimetype="text/html")
    response.headers["Content-Disposition"] = 'attachment; filename="onemap.html"'
    return response
