"""`/boundaries/edit`: outlines drawn in the browser, and the JSON its scripts ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from blueprints import web
from blueprints.access import needs
from blueprints.answers import known_parameters
from blueprints.boundary_words import Words
from blueprints.csrf import csrf_token
from domain.boundaries import Action, Layer, Verdict, verdict_of
from domain.errors import BadRequest, ChecksFailed, Stale
from domain.permissions import Permission
from domain.words import label
from geo.maps import MapOptions, MapShell, map_shell
from services.boundaries import in_view, shapes
from services.boundaries.changesets import Edit, findings_json
from services.boundaries.checking import review
from services.boundaries.difference import Difference, differences_of
from services.boundaries.editing import save
from services.boundaries.limits import limits_of

pages = Blueprint("boundary_editor", __name__, url_prefix="/boundaries/edit")
data = Blueprint("boundary_edits", __name__, url_prefix="/boundaries/edit")
MOST_EDITS = 500
MOST_BYTES = 16_000_000
CLOSEST_ZOOM = 21
SCRIPTS = (
    "js/edit_shape.js", "js/edit_store.js", "js/edit_snap.js", "js/edit_view.js", "js/edit_source.js",
    "js/edit_tools.js", "js/edit_panel_controller.js", "js/edit_review_controller.js", "js/edit_ground.js",
    "js/edit_saving_controller.js",
)  # fmt: skip


@dataclass(frozen=True)
class EditorPage:
    """The editor. shell: the empty map as Folium draws it; code: what the address asks to be chosen."""

    shell: MapShell
    layer: Layer
    code: str
    layers: tuple[Layer, ...] = tuple(Layer)
    scripts: tuple[str, ...] = SCRIPTS


@pages.get("")
@needs(Permission.EDIT_BOUNDARIES)
def show() -> str:
    options = MapOptions(layers=(), max_zoom=CLOSEST_ZOOM, tile_url=web.settings().basemap_url)
    layer = _layer(request.args.get("layer") or Layer.ZONES)
    page = EditorPage(map_shell(options), layer, request.args.get("code", "")[:64])
    return render_template("boundaries/edit.html", page=page)


@data.get("/token")
@needs(Permission.EDIT_BOUNDARIES)
def token() -> Response:
    """A form token that is good now: the log-in may have been renewed since the page was opened."""
    return jsonify({"token": csrf_token()})


@data.get("/features")
@needs(Permission.EDIT_BOUNDARIES)
def features() -> Response:
    """What stands in ?bbox=, or the one of ?code=, with the versions an edit has to name."""
    known_parameters("layer", "bbox", "code")
    layer, code = _layer(request.args.get("layer", "")), request.args.get("code")
    with web.database().read() as session:
        if code is not None:
            return jsonify({"features": [_shown(in_view.find_shown(session, layer, code))]})
        view = in_view.in_view(session, layer, _box(request.args.get("bbox", "")))
        told = {
            "features": [_shown(shown) for shown in view.features],
            "around": [_shown(shown) for shown in view.around],
            "is_cut": view.is_cut,
        }
        return jsonify(told)


@data.get("/things")
@needs(Permission.EDIT_BOUNDARIES)
def things() -> Response:
    """What there is of a layer, also without an outline, by a part of the name or the code."""
    known_parameters("layer", "q")
    layer, words = _layer(request.args.get("layer", "")), request.args.get("q", "").strip()[:64]
    with web.database().read() as session:
        found, total = in_view.list_things(session, layer, words)
    return jsonify({"items": [vars(thing) for thing in found], "total": total})


@data.post("/split")
@needs(Permission.EDIT_BOUNDARIES, most_bytes=MOST_BYTES)
def split() -> Response:
    sent, limits = _sent(), limits_of(web.settings())
    shape = shapes.polygon_from(sent.get("geometry"), limits, place="geometry")
    line = shapes.line_from({"type": "LineString", "coordinates": sent.get("line")}, limits, place="line")
    return jsonify({"parts": [shapes.to_geojson(part) for part in shapes.split(shape, line)]})


@data.post("/merge")
@needs(Permission.EDIT_BOUNDARIES, most_bytes=MOST_BYTES)
def merge() -> Response:
    limits = limits_of(web.settings())
    sent = _rows(_sent().get("geometries"), "geometries")
    chosen = [shapes.polygon_from(one, limits, place=f"geometries {number}") for number, one in enumerate(sent, 1)]
    return jsonify({"geometry": shapes.to_geojson(shapes.merge(chosen))})


@data.post("/review")
@needs(Permission.EDIT_BOUNDARIES, most_bytes=MOST_BYTES)
def check() -> Response:
    """What the checks say of edits that are not stored."""
    layer, edits = _asked(_sent())
    with web.database().read() as session:
        findings = review(session, layer, edits, limits_of(web.settings()))
    return jsonify({"findings": findings_json(findings)})


@data.post("/changesets")
@needs(Permission.EDIT_BOUNDARIES, most_bytes=MOST_BYTES)
def store() -> tuple[Response, int]:
    """A new draft; 412 with what others changed where an edit saw an older version, 409 with the findings that forbid
    it or, can_confirm, that only ask for repairs to be confirmed."""
    sent = _sent()
    layer, edits = _asked(sent)
    title = _text(sent, "title", 120) or _title(layer, edits)
    try:
        saved = save(
            web.database(),
            layer=layer,
            edits=edits,
            actor=web.actor(),
            limits=limits_of(web.settings()),
            title=title,
            confirmed=sent.get("confirmed") is True,
        )
    except Stale as fault:
        return _stale(fault, layer, edits), 412
    except ChecksFailed as fault:
        told = {"code": fault.code, "detail": fault.message_zh, "detail_en": fault.message_en, "place": fault.place}
        can_confirm = verdict_of(fault.findings) is Verdict.REPAIR
        return jsonify(told | {"findings": findings_json(fault.findings), "can_confirm": can_confirm}), 409
    address = url_for("boundary_changesets.show", changeset_id=saved.changeset)
    return jsonify({"changeset": saved.changeset, "url": address, "findings": findings_json(saved.findings)}), 201


def _stale(fault: Stale, layer: Layer, edits: list[Edit]) -> Response:
    """Each thing that others changed, with the difference in words and what stands now."""
    codes = {conflict.code for conflict in fault.conflicts}
    with web.database().read() as session:
        told = differences_of(session, layer, [edit for edit in edits if edit.code in codes])
        items = []
        for one in told:
            zh, en = _difference_in_words(one)
            items.append(
                {
                    "code": one.code,
                    "name": one.name,
                    "seen": one.base_version,
                    "newest": one.standing_version,
                    "message_zh": zh,
                    "message_en": en,
                    "geometry": None if one.old is None else shapes.to_geojson(one.old),
                }
            )
    told_fault = {"code": fault.code, "detail": fault.message_zh, "detail_en": fault.message_en, "place": fault.place}
    return jsonify(told_fault | {"conflicts": items})


def _difference_in_words(one: Difference) -> Words:
    if one.old is None:
        return f"您依据第 {one.base_version} 版，它已被取消。", f"You saw version {one.base_version}; it was removed."
    seen = (
        (f"您依据第 {one.base_version} 版", f"You saw version {one.base_version}")
        if one.base_version
        else ("您把它当作新的", "You took it for new")
    )
    zh = f"{seen[0]}，现已是第 {one.standing_version} 版（{one.before.mu:,.2f} 亩）。"
    en = f"{seen[1]}; version {one.standing_version} stands now ({one.before.ha:,.4f} ha)."
    if one.new is None:
        return f"{zh}您要取消它。", f"{en} You want it removed."
    return (
        f"{zh}您的是 {one.after.mu:,.2f} 亩：比它多出 {one.added.mu:,.2f} 亩，少了 {one.removed.mu:,.2f} 亩。",
        f"{en} Yours has {one.after.ha:,.4f} ha: {one.added.ha:,.4f} ha more, {one.removed.ha:,.4f} ha less.",
    )


def _title(layer: Layer, edits: list[Edit]) -> str:
    names = "、".join(edit.name or edit.code for edit in edits[:3])
    return f"{label(layer)[0]}绘制：{names}" + (f" 等 {len(edits)} 条" if len(edits) > 3 else "")


def _shown(shown: in_view.Shown) -> dict[str, Any]:
    return {
        "code": shown.code,
        "name": shown.name,
        "version": shown.version,
        "grade": shown.grade.value,
        "geometry": shapes.to_geojson(shown.geometry),
    }


def _sent() -> Mapping[str, Any]:
    """The object that was posted. Raises BadRequest."""
    try:
        sent = request.get_json(force=True, silent=True)
    except RecursionError:
        sent = None
    if not isinstance(sent, Mapping):
        raise BadRequest("请求不是 JSON 对象", "the request is no JSON object", place="body")
    return sent


def _asked(sent: Mapping[str, Any]) -> tuple[Layer, list[Edit]]:
    """The layer and the edits of a request. Raises BadRequest."""
    rows = _rows(sent.get("edits"), "edits")
    return _layer(sent.get("layer")), [_edit(row, f"edits {number}") for number, row in enumerate(rows, 1)]


def _edit(row: Any, place: str) -> Edit:
    if not isinstance(row, Mapping):
        raise BadRequest("改动格式有误", "an edit is not as it should be", place=place)
    action, version = row.get("action"), row.get("base_version")
    if (
        not isinstance(action, str)
        or action not in set(Action)
        or not (version is None or (type(version) is int and version > 0))
    ):
        raise BadRequest("改动的类别或版本有误", "the action or the version of an edit is wrong", place=place)
    geometry = row.get("geometry")
    limits = limits_of(web.settings())
    return Edit(
        code=_text(row, "code", 64),
        name=_text(row, "name", 200),
        action=Action(action),
        base_version=version,
        geometry=None if geometry is None else shapes.polygon_from(geometry, limits, place=place),
    )


def _rows(rows: Any, place: str) -> list[Any]:
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_EDITS:
        raise BadRequest(f"应有 1 到 {MOST_EDITS} 项", f"1 to {MOST_EDITS} are expected", place=place)
    return rows


def _text(row: Mapping[str, Any], name: str, most: int) -> str:
    value = row.get(name, "")
    if not isinstance(value, str) or len(value) > most or not value.isprintable():
        raise BadRequest(f"{name} 应为不超过 {most} 字的文字", f"{name} is text of at most {most} letters", place=name)
    return value.strip()


def _layer(text: Any) -> Layer:
    if not isinstance(text, str) or text not in set(Layer):
        raise BadRequest(f"没有这个图层：{str(text)[:40]}", f"no such layer: {str(text)[:40]}", place="layer")
    return Layer(text)


def _box(text: str) -> in_view.Box:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west = south = east = north = float("nan")
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BadRequest("bbox 应为 西,南,东,北（度）", "bbox is west,south,east,north in degrees", place="bbox")
    return west, south, east, north
