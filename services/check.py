"""Health of data and geometry: what `flask check` proves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import shapely
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from domain.words import PlaceLayer
from geo.measures import areal_parts, geodesic_area_ha
from models import Base, BoundaryVersion, Place, PlaceArea, PlaceCode, Source
from models.base import Cited
from services.locations import current_boundaries
from services.places import open_rows

AREA_TOLERANCE = 0.01
OVERLAP_TOLERANCE_M2 = 1.0
OUTSIDE_TOLERANCE = 1e-4


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    code: str
    severity: Severity
    place: str
    message_zh: str
    message_en: str

    def __str__(self) -> str:
        return f"{self.severity} {self.code} [{self.place}] {self.message_zh} / {self.message_en}"


def check(session: Session, *, as_of: date) -> list[Finding]:
    """All findings about the data known now, as they stand on a day; an empty list is a clean bill."""
    return [
        *_database_is_whole(session),
        *_facts_have_sources(session),
        *_geometry_is_valid(session),
        *_outlines_fit(session, as_of),
        *_codes_are_unique(session),
    ]


def facts_without_source(session: Session) -> int:
    """How many rows of facts lead to no source. A source says a document or a publication; neither is none."""
    count = 0
    for model in cited_models():
        statement = (
            select(func.count())
            .select_from(model)
            .outerjoin(Source, Source.id == model.source_id)
            .where(Source.id.is_(None) | (Source.document_key.is_(None) & Source.publication.is_(None)))
        )
        count += session.scalar(statement) or 0
    return count


def cited_models() -> Iterator[Any]:
    """Every table whose rows are facts."""
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Cited):
            yield mapper.class_


def _database_is_whole(session: Session) -> Iterator[Finding]:
    if session.get_bind().dialect.name != "sqlite":
        return
    answer = session.execute(text("PRAGMA integrity_check")).scalar_one()
    if answer != "ok":
        yield Finding("database_damaged", Severity.ERROR, "database", f"数据库损坏：{answer}", f"damaged: {answer}")
    for row in session.execute(text("PRAGMA foreign_key_check")):
        yield Finding(
            "dangling_reference", Severity.ERROR, str(row[0]), "指向不存在的行", "points at a row that is gone"
        )


def _facts_have_sources(session: Session) -> Iterator[Finding]:
    count = facts_without_source(session)
    if count:
        yield Finding(
            "no_source", Severity.ERROR, "facts", f"{count} 条事实没有出处", f"{count} facts lead to no source"
        )


def _geometry_is_valid(session: Session) -> Iterator[Finding]:
    for version in session.scalars(select(BoundaryVersion).where(BoundaryVersion.superseded_at.is_(None))):
        if not shapely.is_valid(version.geometry):
            reason = shapely.is_valid_reason(version.geometry)
            place = f"{version.layer}/{version.code}"
            yield Finding("invalid_geometry", Severity.ERROR, place, f"图形无效：{reason}", f"invalid: {reason}")


def _outlines_fit(session: Session, as_of: date) -> Iterator[Finding]:
    """Stated area, own county, parent, and no overlap with siblings."""
    counties = current_boundaries(session, "counties", as_of=as_of)
    places = {place.code: place for place in open_rows(session, Place)}
    areas = {row.place_code: row for row in open_rows(session, PlaceArea, PlaceArea.is_for_outline.is_(True))}
    for layer in ("parks", "zones"):
        outlines = current_boundaries(session, layer, as_of=as_of)
        for code, version in outlines.items():
            place = f"{layer}/{code}"
            area = areas.get(code)
            if version.method == "schematic" and area is not None:
                error = abs(geodesic_area_ha(version.geometry) - area.area_ha) / area.area_ha
                if error > AREA_TOLERANCE:
                    yield Finding(
                        "area_differs", Severity.ERROR, place,
                        f"轮廓面积与所述 {area.area_ha:g} 公顷相差 {error:.1%}",
                        f"the outline is {error:.1%} off the stated {area.area_ha:g} ha",
                    )  # fmt: skip
            county = counties.get(places[code].county_code or "") if code in places else None
            if county is not None:
                outside = shapely.difference(version.geometry, county.geometry)
                share = geodesic_area_ha(outside) / geodesic_area_ha(version.geometry)
                if share > OUTSIDE_TOLERANCE:
                    yield Finding(
                        "outside_county", Severity.WARNING, place,
                        f"轮廓有 {share:.1%} 在所属县界之外（只报告，不移动）",
                        f"{share:.1%} of the outline lies outside its county (reported, never moved)",
                    )  # fmt: skip
        yield from _overlaps(layer, outlines)
    parks = current_boundaries(session, "parks", as_of=as_of)
    for code, version in current_boundaries(session, "zones", as_of=as_of).items():
        parent = parks.get(places[code].parent_code or "") if code in places else None
        if parent is not None and not shapely.covers(shapely.buffer(parent.geometry, 1e-8), version.geometry):
            yield Finding(
                "outside_parent", Severity.ERROR, f"zones/{code}", "片区超出所属园区", "the zone leaves its park"
            )


def _overlaps(layer: str, outlines: dict[str, BoundaryVersion]) -> Iterator[Finding]:
    codes = list(outlines)
    tree = shapely.STRtree([outlines[code].geometry for code in codes])
    for i, code in enumerate(codes):
        for j in tree.query(outlines[code].geometry, predicate="intersects"):
            if j <= i:
                continue
            shared = areal_parts(shapely.intersection(outlines[code].geometry, outlines[codes[j]].geometry))
            area_m2 = geodesic_area_ha(shared) * 10_000
            if area_m2 > OVERLAP_TOLERANCE_M2:
                yield Finding(
                    "overlap", Severity.ERROR, f"{layer}/{code}",
                    f"与 {codes[j]} 重叠 {area_m2:.0f} 平方米", f"overlaps {codes[j]} by {area_m2:.0f} m²",
                )  # fmt: skip


def _codes_are_unique(session: Session) -> Iterator[Finding]:
    """One place a code of a scheme; names of places are told apart."""
    rows = open_rows(session, PlaceCode)
    for (scheme, code), count in Counter((row.scheme, row.code) for row in rows).items():
        holders = {row.place_code for row in rows if (row.scheme, row.code) == (scheme, code)}
        if count > 1 and len(holders) > 1:
            yield Finding(
                "code_shared", Severity.ERROR, f"{scheme} {code}",
                f"被多个地点使用：{'、'.join(sorted(holders))}",
                f"used by several places: {', '.join(sorted(holders))}",
            )  # fmt: skip
    names = Counter(place.name_zh for place in open_rows(session, Place) if place.layer is not PlaceLayer.PREFECTURE)
    for name, count in names.items():
        if count > 1:
            yield Finding("name_shared", Severity.ERROR, name, "名称重复", "the name stands twice")
