"""Where a dataset's places lie: county boundaries, cited points, schematic outlines, the belt and the roads.

Boundaries that staff published are never replaced by a load: only rows of the dataset's own origin are renewed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select

from domain.words import Grade, PlaceLayer, RouteKind
from geo import belt, counties, measures, schematic
from models import (
    BeltLine,
    BeltSection,
    BeltStop,
    BoundaryVersion,
    NetworkEdge,
    Place,
    PlaceArea,
    PlaceCode,
    PlacePosition,
    PolicyDocument,
)
from services.dataset.reading import CITATION, Row
from services.dataset.values import Values

if TYPE_CHECKING:
    from services.dataset.loading import Loader

OUTLINE_ACCURACY_LIMIT_M = 5000.0
COUNTIES, PREFECTURES, PARKS, ZONES, BELT_SECTIONS = "counties", "prefectures", "parks", "zones", "belt_sections"
WHOLE_PREFECTURES = {"yingtan"}  # all of their counties are in the dataset


@dataclass(frozen=True)
class LoadSettings:
    """What a load needs of the settings: the belt's width (m) and where the county boundaries lie."""

    belt_width_m: float
    county_cache_path: Path


@dataclass(frozen=True)
class Shape:
    """A boundary about to be kept, with how it was made."""

    layer: str
    code: str
    geometry: BaseGeometry
    method: str
    accuracy_m: float | None
    source_datum: str
    basis_zh: str
    basis_en: str
    citation: Values
    measured_area_ha: float | None = None


def load(loader: Loader, settings: LoadSettings) -> None:
    """Positions, county boundaries, outlines, belt and network of the dataset."""
    county_shapes = _counties(loader, settings)
    _positions(loader)
    loader.session.flush()
    county_shapes += _prefectures(loader, county_shapes)
    shapes = [*county_shapes, *_outlines(loader, {shape.code: shape.geometry for shape in county_shapes})]
    line = _belt_line(loader)
    shapes += _sections(loader, line, settings.belt_width_m)
    _network(loader, line)
    _keep(loader, shapes)


def _written_here(file: str, **values: str) -> Row:
    return Row(file, 0, {**dict.fromkeys(CITATION, ""), **values})


def _counties(loader: Loader, settings: LoadSettings) -> list[Shape]:
    path = settings.county_cache_path
    if not path.exists():
        loader.loaded.findings.append(f"没有县界数据 {path.name}：县界不画 / no county boundaries at hand: not drawn")
        return []
    citation = loader.citation(
        _written_here(
            path.name,
            publication=counties.SOURCE,
            published_on="",
            grade=Grade.C,
            note="由 GCJ-02 换算，示意，非法定界线 / converted from GCJ-02; schematic, not a legal boundary",
        )
    )
    codes = _county_codes(loader)
    shapes = []
    for boundary in counties.read_county_cache(path):
        code = codes.get(boundary.adcode)
        if code is not None:
            shapes.append(
                Shape(
                    COUNTIES, code, _multi(boundary.boundary), "converted", 200.0, "GCJ-02",
                    "县界由公开地图数据换算并简化，示意",
                    "county boundary converted and simplified from public map data",
                    citation, measures.geodesic_area_ha(boundary.boundary),
                )
            )  # fmt: skip
    return shapes


def _prefectures(loader: Loader, county_shapes: list[Shape]) -> list[Shape]:
    """A prefecture is the union of its counties, where the dataset has them all."""
    session = loader.session
    shapes = []
    for code in sorted(WHOLE_PREFECTURES):
        counties_of = set(
            session.scalars(select(Place.code).where(Place.parent_code == code, Place.layer == PlaceLayer.COUNTY))
        )
        parts = [county for county in county_shapes if county.code in counties_of]
        if parts and len(parts) == len(counties_of):
            union = shapely.union_all([county.geometry for county in parts])
            first = parts[0]
            shapes.append(
                Shape(
                    PREFECTURES, code, _multi(union), first.method, first.accuracy_m, first.source_datum,
                    "所辖县界合并而成，示意", "union of its counties' boundaries", first.citation,
                    measures.geodesic_area_ha(union),
                )
            )  # fmt: skip
    return shapes


def _county_codes(loader: Loader) -> dict[str, str]:
    rows = loader.session.execute(
        select(PlaceCode.code, PlaceCode.place_code)
        .join(Place, Place.code == PlaceCode.place_code)
        .where(PlaceCode.scheme == "adcode", PlaceCode.superseded_at.is_(None), Place.layer == PlaceLayer.COUNTY)
    )
    return {row[0]: row[1] for row in rows}


def _positions(loader: Loader) -> None:
    columns = ("place", "lon", "lat", "datum", "basis", "basis_en", "accuracy_m", *CITATION)
    facts = []
    for row in loader.rows("positions.csv", columns):
        accuracy_m = row.number("accuracy_m")
        if accuracy_m <= 0:
            row.fail("accuracy_m", "须大于零", "must be above zero")
        values = {
            "place_code": row.text("place"),
            "geometry": Point(row.number("lon"), row.number("lat")),
            "source_datum": row.text("datum"),
            "accuracy_m": accuracy_m,
            "basis_zh": row.text("basis"),
            "basis_en": row.text("basis_en"),
            **loader.citation(row),
        }
        facts.append((f"{row.text('place')}|{row.text('lon')},{row.text('lat')}", values, row))
    loader.facts(PlacePosition, facts, "positions.csv")


def _outlines(loader: Loader, county_by_code: dict[str, BaseGeometry]) -> list[Shape]:
    """Schematic outlines of the places that have a position better than 5 km and a known area."""
    session = loader.session
    places = {place.code: place for place in session.scalars(select(Place).where(Place.superseded_at.is_(None)))}
    positions: dict[str, PlacePosition] = {}
    for position in session.scalars(select(PlacePosition).where(PlacePosition.superseded_at.is_(None))):
        best = positions.get(position.place_code)
        if best is None or position.accuracy_m < best.accuracy_m:
            positions[position.place_code] = position
    areas = session.scalars(
        select(PlaceArea).where(PlaceArea.superseded_at.is_(None), PlaceArea.is_for_outline.is_(True))
    )
    area_by_code = {area.place_code: area for area in areas}
    drawable = [
        place
        for code, place in places.items()
        if place.layer in {PlaceLayer.PARK, PlaceLayer.ZONE}
        and code in area_by_code
        and code in positions
        and positions[code].accuracy_m <= OUTLINE_ACCURACY_LIMIT_M
    ]
    requests = [
        schematic.OutlineRequest(
            code=place.code,
            centre_lon=positions[place.code].geometry.x,
            centre_lat=positions[place.code].geometry.y,
            area_ha=area_by_code[place.code].area_ha,
            parent=place.parent_code,
            layer=place.layer,
            county=county_by_code.get(place.county_code or ""),
        )
        for place in drawable
    ]
    shapes = []
    for code, outline in schematic.schematic_outlines(requests).items():
        place, position, area = places[code], positions[code], area_by_code[code]
        for finding in outline.findings:
            if finding.is_fault:
                loader.loaded.findings.append(f"{place.short_name_zh} 示意轮廓 / outline of {code}: {finding}")
        citation = {
            "source_id": area.source_id,
            "grade": Grade.D,
            "note": f"中心：{position.basis_zh}；面积：{area.stated}",
        }
        shapes.append(
            Shape(
                PARKS if place.layer == PlaceLayer.PARK else ZONES, code, _multi(outline.polygon), "schematic",
                position.accuracy_m, position.source_datum,
                f"以引用点为中心、按已公布面积（{area.stated}）画出的示意轮廓，不是实际边界",
                f"schematic outline: cited point, published area ({area.stated}); not the real boundary",
                citation, outline.area_ha,
            )
        )  # fmt: skip
    return shapes


def _belt_line(loader: Loader) -> list[tuple[float, float]]:
    vertices = [(row.number("lon"), row.number("lat")) for row in loader.rows("g320.csv", ("seq", "lon", "lat"))]
    made = _written_here(
        "g320.csv",
        publication="OpenStreetMap 路网 (scgraph_data 2.0.0), ODbL 1.0",
        published_on="",
        grade=Grade.C,
        note="路网中东乡—横峰的一条通路，认定为 320国道 是本项目的推断 / a path of the road graph taken to be G320",
    )
    values = {"geometry": LineString(vertices), **loader.citation(made)}
    loader.facts(BeltLine, [("g320", values, made)], "g320.csv")
    columns = ("seq", "name_zh", "name_en", "lon", "lat", "county", "publication", "published_on", "grade", "note",
               "is_town")  # fmt: skip
    stops = []
    for row in loader.rows("g320_stops.csv", columns):
        cited = Row(row.file, row.line, {**dict.fromkeys(CITATION, ""), **row.values})
        stop = {
            "sort": row.integer("seq"),
            "name_zh": row.text("name_zh"),
            "name_en": row.text("name_en"),
            "county_code": row.optional("county"),
            "geometry": Point(row.number("lon"), row.number("lat")),
            **loader.citation(cited),
        }
        stops.append((f"stop-{row.text('seq')}", stop, row))
    loader.facts(BeltStop, stops, "g320_stops.csv")
    return vertices


def _sections(loader: Loader, line: list[tuple[float, float]], width_m: float) -> list[Shape]:
    columns = ("code", "sort", "name_zh", "name_en", "function_zh", "function_en", "from_seq", "to_seq", "places",
               *CITATION)  # fmt: skip
    rows = loader.rows("belt_sections.csv", columns)
    bounds = [
        (row.text("code"), row.integer("from_seq"), row.integer("to_seq")) for row in rows if row.optional("from_seq")
    ]
    cut = {section.code: section for section in belt.cut_sections(line, bounds, width_m / 2)}
    facts, shapes = [], []
    for row in rows:
        code = row.text("code")
        section = cut.get(code)
        document = row.optional("document")
        values = {
            "code": code,
            "sort": row.integer("sort"),
            "name_zh": row.text("name_zh"),
            "name_en": row.text("name_en"),
            "function_zh": row.text("function_zh"),
            "function_en": row.text("function_en"),
            "length_km": round(section.length_m / 1000, 3) if section else None,
            "valid_from": _issued_on(loader, document),
            **loader.citation(row),
        }
        facts.append((code, values, row))
        if section is not None:
            shapes.append(
                Shape(
                    BELT_SECTIONS, code, _multi(section.polygon), "corridor", None, "WGS84",
                    f"320国道走廊（宽 {width_m / 1000:g} 公里，设置值）按段截取，分段位置为推断",
                    f"corridor of the belt line ({width_m / 1000:g} km wide, a setting), cut at inferred section ends",
                    {**values_citation(values), "grade": Grade.D}, measures.geodesic_area_ha(section.polygon),
                )
            )  # fmt: skip
    loader.facts(BeltSection, facts, "belt_sections.csv")
    loader.section_places((row.text("code"), place, row) for row in rows for place in row.items("places"))
    return shapes


def values_citation(values: Values) -> Values:
    """The citation part of a row's values."""
    return {name: values[name] for name in ("source_id", "grade", "note")}


def _issued_on(loader: Loader, document: str | None) -> Any:
    found = loader.session.get(PolicyDocument, document) if document else None
    return found.issued_on if found else None


def _network(loader: Loader, line: list[tuple[float, float]]) -> None:
    file = "network.geojson"
    collection = json.loads((loader.folder / file).read_text(encoding="utf-8"))
    made = _written_here(
        file,
        publication=collection["attribution"],
        published_on="",
        grade=Grade.C,
        note="节点间为直线 / straight edges",
    )
    citation = loader.citation(made)
    edges = [shape(feature["geometry"]) for feature in collection["features"]]
    on_belt = belt.edges_on_belt([(edge.coords[0], edge.coords[-1]) for edge in edges], line)
    facts = {}
    for index, (feature, geometry) in enumerate(zip(collection["features"], edges, strict=True)):
        kind = RouteKind(feature["properties"]["kind"])
        length_km = float(feature["properties"]["km"])
        ends = ";".join(f"{lon:.3f},{lat:.3f}" for lon, lat in geometry.coords)
        values = {
            "kind": kind,
            "length_km": length_km,
            "is_belt": kind is RouteKind.ROAD and on_belt[index],
            "geometry": geometry,
            **citation,
        }
        facts[f"{kind}|{ends}|{length_km}"] = values
    loader.facts(NetworkEdge, [(key, values, made) for key, values in facts.items()], file)


def _keep(loader: Loader, shapes: list[Shape]) -> None:
    """Add a version where the shape differs from the current one; retire what the dataset no longer draws."""
    session = loader.session
    newest: dict[tuple[str, str], BoundaryVersion] = {}
    for version in session.scalars(select(BoundaryVersion).order_by(BoundaryVersion.version)):
        newest[version.layer, version.code] = version
    for drawn in shapes:
        current = newest.pop((drawn.layer, drawn.code), None)
        if current is not None and current.origin != loader.origin:
            continue
        values = {
            "method": drawn.method,
            "accuracy_m": drawn.accuracy_m,
            "source_datum": drawn.source_datum,
            "basis_zh": drawn.basis_zh,
            "basis_en": drawn.basis_en,
            **drawn.citation,
        }
        if current is not None and current.superseded_at is None and _same(current, drawn.geometry, values):
            loader.loaded.unchanged += 1
            continue
        if current is not None:
            current.superseded_at = current.superseded_at or loader.at
            loader.loaded.changed += 1
        else:
            loader.loaded.added += 1
        session.add(
            BoundaryVersion(
                layer=drawn.layer,
                code=drawn.code,
                version=current.version + 1 if current is not None else 1,
                geometry=drawn.geometry,
                measured_area_ha=drawn.measured_area_ha,
                origin=loader.origin,
                recorded_at=loader.at,
                **values,
            )
        )
    for left in newest.values():
        if left.origin == loader.origin and left.superseded_at is None:
            left.superseded_at = loader.at
            loader.loaded.retired += 1
    session.flush()


def _same(current: BoundaryVersion, geometry: BaseGeometry, values: Values) -> bool:
    return shapely.to_wkb(current.geometry) == shapely.to_wkb(geometry) and all(
        getattr(current, name) == value for name, value in values.items()
    )


def _multi(geometry: BaseGeometry) -> MultiPolygon:
    return geometry if isinstance(geometry, MultiPolygon) else MultiPolygon([Polygon(geometry)])
