"""The history of one boundary: every version with its picture, two compared, the way back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote

from flask import Blueprint, redirect, render_template, request
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from blueprints import web
from blueprints.access import needs
from blueprints.boundaries import LAYER_PART
from blueprints.boundary_views import Compared, VersionView, form_number, holding_on, in_mu, seen_number, version_views
from blueprints.boundary_words import METHODS, ORIGINS, Words
from blueprints.errors import status_of
from domain.boundaries import Layer
from domain.errors import BadRequest, Conflict, Forbidden, NotFound, OneMapError, Stale
from domain.permissions import Permission
from services.boundaries import history, overview, scenes
from services.boundaries.history import LogEntry
from services.boundaries.land import name_then
from services.boundaries.limits import limits_of
from services.boundaries.pictures import Picture

pages = Blueprint("boundary_history", __name__, url_prefix="/boundaries")


@dataclass(frozen=True)
class HistoryPage:
    """The versions of a boundary, the newest first. picture: of the day, or of two versions compared."""

    layer: Layer
    code: str
    name: str
    as_of: str
    versions: list[VersionView]
    restorable: list[VersionView]
    picture: Picture | None
    compared: Compared | None
    from_version: int | None
    to_version: int | None
    place_url: str | None
    may_see_drafts: bool
    may_restore: bool
    fault: OneMapError | None = None
    methods: dict[str, Words] = field(default_factory=lambda: METHODS)
    origins: dict[str, Words] = field(default_factory=lambda: ORIGINS)


@pages.get(f"/{LAYER_PART}/<code>")
@needs(Permission.READ_PUBLIC)
def show(layer: str, code: str) -> str:
    return _history_page(Layer(layer), code)


@pages.post(f"/{LAYER_PART}/<code>/rollback")
@needs(Permission.EDIT_BOUNDARIES)
def rollback(layer: str, code: str) -> Response | tuple[str, int]:
    """A draft that goes back; what it changes and affects is seen there before it is published."""
    to_version = form_number("to")
    if to_version is None:
        raise BadRequest("请选择版本", "choose a version", place="to")
    try:
        changeset = history.restore(
            web.database(),
            Layer(layer),
            code,
            to_version=to_version,
            actor=web.actor(),
            limits=limits_of(web.settings()),
            seen=seen_number(),
        )
    except (Conflict, Stale, Forbidden) as fault:
        return _history_page(Layer(layer), code, fault=fault), status_of(type(fault))
    address = web.page_url("boundary_changesets.show", changeset_id=changeset, told="restoring")
    return redirect(address, code=303)


def _history_page(layer: Layer, code: str, *, fault: OneMapError | None = None) -> str:
    day = web.as_of()
    chosen = request.args.get("from", type=int), request.args.get("to", type=int)
    with web.database().read() as session:
        entries = history.log(session, layer, code)
        name = name_then(session, layer, code, entries[0].recorded_at) or code
        current = holding_on(entries, web.today())
        shown, compared, picture = _drawn(session, layer, code, entries, chosen, day)
    actor = web.actor()
    views = version_views(
        entries,
        scenes.small_scenes(
            [_shape(one) for one in entries], schematic=[one.method in overview.NOT_SURVEYED for one in entries]
        ),
        current=current.version if current else None,
        shown=shown,
    )
    page = HistoryPage(
        layer=layer,
        code=code,
        name=name,
        as_of=day.isoformat(),
        versions=views,
        restorable=[view for view in views[1:] if not view.is_removal],
        picture=picture,
        compared=compared,
        from_version=chosen[0] or (entries[1].version if len(entries) > 1 else None),
        to_version=chosen[1] or entries[0].version,
        place_url=_place_url(layer, code),
        may_see_drafts=actor.may(Permission.SEE_DRAFTS),
        may_restore=actor.may(Permission.EDIT_BOUNDARIES),
        fault=fault,
    )
    return render_template("boundaries/history.html", page=page)


def _drawn(
    session: Session,
    layer: Layer,
    code: str,
    entries: list[LogEntry],
    chosen: tuple[int | None, int | None],
    day: date,
) -> tuple[list[int], Compared | None, Picture | None]:
    """What the page shows: two versions compared, or the one that holds on the day. Raises NotFound."""
    first, second = chosen
    if first is not None and second is not None:
        old, new = _entry(entries, first, code), _entry(entries, second, code)
        pair = (code, "", _shape(old), _shape(new))
        schematic = {code} if old.method in overview.NOT_SURVEYED else set()
        told = Compared(first, second, _mu(old), _mu(new))
        return [first, second], told, scenes.pair_scene(session, layer, [pair], schematic=schematic)
    holding = holding_on(entries, day)
    if holding is None:
        return [], None, None
    sketched = {code} if holding.method in overview.NOT_SURVEYED else set()
    alone = [(code, "", None, holding.geometry)]
    return [holding.version], None, scenes.pair_scene(session, layer, alone, schematic=sketched)


def _entry(entries: list[LogEntry], version: int, code: str) -> LogEntry:
    for entry in entries:
        if entry.version == version:
            return entry
    raise NotFound(f"没有第 {version} 版", f"there is no version {version}", place=code)


def _shape(entry: LogEntry) -> BaseGeometry | None:
    return None if entry.is_removal else entry.geometry


def _mu(entry: LogEntry) -> float:
    return 0.0 if entry.is_removal else in_mu(entry.area_ha) or 0.0


def _place_url(layer: Layer, code: str) -> str | None:
    if layer not in {Layer.PARKS, Layer.ZONES}:
        return None
    return f"{web.t('', '/en')}/parks/{quote(code)}"
