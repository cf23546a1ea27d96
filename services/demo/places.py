"""Counties, parks and zones as rows: places, outlines, stated areas, levels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from domain.words import AreaKind, Comparison, PlaceKind, PlaceLayer, PlaceLevel, label
from geo.measures import geodesic_area_ha
from models import BoundaryVersion, Place, PlaceArea, PlaceLevelFact
from services.demo import names
from services.demo.geography import PREFECTURE, Park, Region, Zone
from services.demo.names import Name
from services.demo.parameters import DemoParameters
from services.demo.writing import FOUNDED, OBSERVED_YEAR, Values, Writer

DATUM = "CGCS2000"
_LEVELS = (PlaceLevel.NATIONAL, PlaceLevel.PROVINCIAL, PlaceLevel.MUNICIPAL)
_LEVEL_SHARES = (0.1, 0.5, 0.4)
_BASIS_ZH, _BASIS_EN = "演示数据：随机生成，并非真实边界", "demonstration data: generated, no real boundary"


def write(writer: Writer, region: Region, parameters: DemoParameters) -> None:
    """All places with their outlines; what holds a place comes before it."""
    writer.insert(Place, [_prefecture()])
    writer.insert(Place, _counties(region))
    writer.insert(Place, (_park(park, sort) for sort, park in enumerate(region.parks, len(region.counties) + 1)))
    writer.insert(Place, (_zone(zone, sort) for sort, zone in enumerate(region.zones, _places_above(region))))
    outlines = [boundary("counties", county.code, county.boundary) for county in region.counties]
    whole = shapely.union_all([county.boundary for county in region.counties])
    parks = [boundary("parks", park.code, park.boundary) for park in region.parks]
    zones = [boundary("zones", zone.code, zone.boundary) for zone in region.zones]
    writer.insert(BoundaryVersion, [boundary("prefectures", PREFECTURE, whole), *outlines, *parks, *zones])
    writer.insert(PlaceArea, (_area(version) for version in (*parks, *zones)))
    writer.insert(PlaceLevelFact, _levels(region, parameters.generator("levels")))


def boundary(layer: str, code: str, geometry: BaseGeometry, method: str = "schematic") -> Values:
    """A first boundary version."""
    areal = geometry if isinstance(geometry, MultiPolygon) else MultiPolygon([Polygon(geometry)])
    west, south, east, north = areal.bounds
    return {
        "layer": layer,
        "code": code,
        "version": 1,
        "geometry": areal,
        "west": west,
        "south": south,
        "east": east,
        "north": north,
        "method": method,
        "accuracy_m": None,
        "source_datum": DATUM,
        "measured_area_ha": geodesic_area_ha(areal),
        "basis_zh": _BASIS_ZH,
        "basis_en": _BASIS_EN,
        "valid_from": FOUNDED,
    }


def _places_above(region: Region) -> int:
    return len(region.counties) + len(region.parks) + 1


def _place(code: str, name: Name, layer: PlaceLayer, kind: PlaceKind, sort: int) -> Values:
    return {
        "code": code,
        "layer": layer,
        "kind": kind,
        "name_zh": name.zh,
        "short_name_zh": name.short_zh,
        "name_en": name.en,
        "name_en_is_official": True,
        "parent_code": PREFECTURE,
        "county_code": None,
        "is_on_belt": True,
        "sort": sort,
        "valid_from": FOUNDED,
    }


def _prefecture() -> Values:
    name = Name(names.PREFECTURE_ZH, names.PREFECTURE_ZH, names.PREFECTURE_EN)
    row = _place(PREFECTURE, name, PlaceLayer.PREFECTURE, PlaceKind.PREFECTURE, 0)
    return {**row, "parent_code": None}


def _counties(region: Region) -> Iterator[Values]:
    for sort, county in enumerate(region.counties, 1):
        row = _place(county.code, county.name, PlaceLayer.COUNTY, PlaceKind.COUNTY, sort)
        yield {**row, "is_on_belt": county.is_on_belt}


def _park(park: Park, sort: int) -> Values:
    row = _place(park.code, park.name, PlaceLayer.PARK, park.kind, sort)
    return {**row, "county_code": park.county, "is_on_belt": park.is_on_belt}


def _zone(zone: Zone, sort: int) -> Values:
    row = _place(zone.code, zone.name, PlaceLayer.ZONE, PlaceKind.SUB_ZONE, sort)
    held_by = {"parent_code": zone.park.code, "county_code": zone.park.county, "is_on_belt": zone.park.is_on_belt}
    return {**row, **held_by}


def _area(version: Values) -> Values:
    """The stated area is the outline's own, to the hectare's tenth."""
    area_ha = round(version["measured_area_ha"], 1)
    return {
        "key": f"{version['code']}|planned",
        "place_code": version["code"],
        "kind": AreaKind.PLANNED,
        "area_ha": area_ha,
        "comparison": Comparison.EQ,
        "year": OBSERVED_YEAR,
        "stated": f"{area_ha:g}公顷",
        "is_for_outline": True,
    }


def _levels(region: Region, random: np.random.Generator) -> Iterator[Values]:
    drawn = random.choice(len(_LEVELS), len(region.parks), p=_LEVEL_SHARES)
    for park, index in zip(region.parks, drawn.tolist(), strict=True):
        zh, en = label(_LEVELS[index])
        yield {
            "key": f"{park.code}|{_LEVELS[index]}",
            "place_code": park.code,
            "level": _LEVELS[index],
            "label_zh": f"{zh}（演示）",
            "label_en": f"{en} (demonstration)",
            "valid_from": FOUNDED,
        }
