"""The belt with its sections and stops, and the road graph: one junction to a cell, roads to the cells beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from shapely.geometry import LineString, Point

from domain.words import RouteKind
from geo import belt, measures
from geo.measures import LonLat
from models import BeltLine, BeltSection, BeltSectionPlace, BeltStop, BoundaryVersion, NetworkEdge
from services.demo import names
from services.demo.geography import Cell, Region, county_code, to_lonlat
from services.demo.parameters import DemoParameters
from services.demo.places import boundary
from services.demo.writing import FOUNDED, Values, Writer

JUNCTION_JITTER_KM = 0.3
BELT_DETOUR = (1.03, 1.12)  # length of a road to the straight line, least and most
ROAD_DETOUR = (1.1, 1.35)
NORTHWARD_ALWAYS = 3  # every third column keeps all its northward roads, so that the graph hangs together
NORTHWARD_LEFT_OUT = 0.25  # share of the others that is not there
STOPS = 7

_SECTIONS = (
    ("示例西部生产制造段", "Demo western production section", "生产制造", "Production"),
    ("示例研发服务段", "Demo R&D and services section", "研发与生产性服务", "R&D and producer services"),
    ("示例中心城市段", "Demo urban section", "城市功能", "Urban functions"),
    ("示例商贸物流段", "Demo trade and logistics section", "商贸物流", "Trade and logistics"),
    ("示例东部生产制造段", "Demo eastern production section", "生产制造", "Production"),
)


@dataclass(frozen=True)
class Road:
    a: LonLat
    b: LonLat
    length_km: float
    is_belt: bool


def write(writer: Writer, region: Region, parameters: DemoParameters, belt_width_m: float) -> None:
    """The belt and the roads of the region. belt_width_m: of the corridor that the sections are cut from."""
    random = parameters.generator("roads")
    junctions = _junctions(region, random)
    path = region.grid.belt_cells()
    line = [junctions[cell] for cell in path]
    writer.insert(BeltLine, [{"key": "belt", **_geometry(LineString(line))}])
    writer.insert(BeltStop, _stops(region, path, line))
    _write_sections(writer, region, path, line, belt_width_m)
    writer.insert(
        NetworkEdge,
        (
            {
                "key": f"road|{road.a[0]:.3f},{road.a[1]:.3f};{road.b[0]:.3f},{road.b[1]:.3f}",
                "kind": RouteKind.ROAD,
                "length_km": round(road.length_km, 2),
                "is_belt": road.is_belt,
                **_geometry(LineString([road.a, road.b])),
            }
            for road in _roads(region, junctions, path, random)
        ),
    )


def _geometry(geometry: LineString | Point) -> Values:
    west, south, east, north = geometry.bounds
    return {"geometry": geometry, "west": west, "south": south, "east": east, "north": north}


def _junctions(region: Region, random: np.random.Generator) -> dict[Cell, LonLat]:
    """One near the middle of each cell, rounded as the road graph rounds them."""
    width, height = region.grid.size
    found = {}
    for column in range(width):
        for row in range(height):
            middle = np.array(region.grid.corner_km(column + 0.5, row + 0.5))
            point = to_lonlat(middle + random.uniform(-JUNCTION_JITTER_KM, JUNCTION_JITTER_KM, 2))
            found[column, row] = belt.junction(point.tolist())
    return found


def _roads(
    region: Region, junctions: dict[Cell, LonLat], path: list[Cell], random: np.random.Generator
) -> Iterator[Road]:
    on_belt = {frozenset(pair) for pair in pairwise(path)}
    for (column, row), start in junctions.items():
        for cell in ((column + 1, row), (column, row + 1)):
            end = junctions.get(cell)
            if end is None:
                continue
            is_belt = frozenset(((column, row), cell)) in on_belt
            may_miss = cell[0] == column and column % NORTHWARD_ALWAYS != 0 and not is_belt
            detour = random.uniform(*(BELT_DETOUR if is_belt else ROAD_DETOUR))
            if random.random() < NORTHWARD_LEFT_OUT and may_miss:
                continue
            yield Road(start, end, measures.distance_m(start, end) / 1000 * detour, is_belt)


def _stops(region: Region, path: list[Cell], line: list[LonLat]) -> Iterator[Values]:
    chosen = np.unique(np.linspace(0, len(path) - 1, STOPS).round().astype(int)).tolist()
    for sort, (index, word) in enumerate(zip(chosen, region.words, strict=False), start=1):
        zh, en = names.town_name(word)
        yield {
            "key": f"stop-{sort}",
            "sort": sort,
            "name_zh": zh,
            "name_en": en,
            "county_code": county_code(region.grid.county_of(path[index])),
            **_geometry(Point(line[index])),
        }


def _write_sections(writer: Writer, region: Region, path: list[Cell], line: list[LonLat], belt_width_m: float) -> None:
    """Sections of about as many vertices each; a park belongs to the section of the vertex in its cell."""
    ends = np.linspace(1, len(line), len(_SECTIONS) + 1).round().astype(int).tolist()
    codes = [f"demo-section-{number + 1}" for number in range(len(_SECTIONS))]
    cut = belt.cut_sections(line, list(zip(codes, ends[:-1], ends[1:], strict=True)), belt_width_m / 2)
    facts = []
    for sort, (section, (zh, en, function_zh, function_en)) in enumerate(zip(cut, _SECTIONS, strict=True), start=1):
        facts.append(
            {
                "key": section.code,
                "code": section.code,
                "sort": sort,
                "name_zh": zh,
                "name_en": en,
                "function_zh": function_zh,
                "function_en": function_en,
                "length_km": round(section.length_m / 1000, 3),
                "valid_from": FOUNDED,
            }
        )
    writer.insert(BeltSection, facts)
    writer.insert(
        BoundaryVersion, (boundary("belt_sections", section.code, section.polygon, "corridor") for section in cut)
    )
    section_of = {cell: int(np.searchsorted(ends[1:-1], number, side="right")) for number, cell in enumerate(path, 1)}
    writer.insert(
        BeltSectionPlace,
        (
            {"section_code": codes[section_of[park.cell]], "place_code": park.code}
            for park in region.parks
            if park.is_on_belt
        ),
    )
