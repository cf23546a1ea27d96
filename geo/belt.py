"""The 320国道 belt: a corridor round its centre line, cut into sections.

The centre line is a list of vertices counted from 1; a section runs from one vertex to a later one. The corridor is the
ground within the half width of the whole line. Each section gets the part of it that lies nearer to the section's own
line than to the rest: at a shared vertex the cut is straight, along the bisector of the bend, so neighbours touch and
never overlap. Only the ends of the whole line are round.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, MultiPoint

from geo.errors import GeometryError
from geo.measures import Areal, LonLat, areal_parts, geodesic_buffer_line, geodesic_length_m

SAMPLE_DEGREES = 0.001  # longest distance (about 100 m) between the points that stand for the line in the division
JUNCTION_DECIMALS = 3  # the road graph's positions are rounded to 0.001 degree

Junction = tuple[float, float]


@dataclass(frozen=True)
class BeltSection:
    """code: of the section. polygon: its part of the corridor. line: its part of the centre line. EPSG:4490.

    length_m: geodesic length of the line.
    """

    code: str
    polygon: Areal
    line: LineString
    length_m: float


def corridor(line_lonlat: LineString, half_width_m: float) -> Areal:
    """The ground within ``half_width_m`` metres of the line: geodesic, round ends, EPSG:4490.

    Error and errors as ``geo.measures.geodesic_buffer_line``.
    """
    return geodesic_buffer_line(line_lonlat, half_width_m)


def cut_sections(
    line_vertices: Sequence[LonLat], sections: Sequence[tuple[str, int, int]], half_width_m: float
) -> list[BeltSection]:
    """Cut the corridor of a line into sections.

    line_vertices: longitude, latitude in degrees, EPSG:4490; at least two, none twice in a row. sections: (code, number
    of the first vertex, number of the last one), counted from 1; they may leave parts of the line out but share none.
    half_width_m: metres, above 0. Returns the sections in the order given. Polygons of different sections overlap by
    less than 1 m² in all (rounding). Raises GeometryError for vertices or sections that break these rules.

    >>> vertices = [(117.0, 28.2), (117.1, 28.2), (117.2, 28.2)]
    >>> west, east = cut_sections(vertices, [("west", 1, 2), ("east", 2, 3)], 1000.0)
    >>> round(west.length_m), round(west.polygon.bounds[2], 6), round(east.polygon.bounds[0], 6)
    (9818, 117.1, 117.1)
    """
    count = len(line_vertices)
    if count < 2 or any(a == b for a, b in pairwise(line_vertices)):
        raise GeometryError("a line needs at least two vertices, none of them twice in a row")
    owner = _owners(count, sections)
    whole = corridor(LineString(line_vertices), half_width_m)

    south, north = whole.bounds[1], whole.bounds[3]
    squeeze = np.array([np.cos(np.radians((south + north) / 2)), 1.0])
    points, owners = _samples(np.asarray(line_vertices, dtype=float) * squeeze, owner)
    level_whole = shapely.transform(whole, lambda lonlat: lonlat * squeeze)
    cells = shapely.voronoi_polygons(MultiPoint(points), extend_to=level_whole, ordered=True)
    cut: list[BeltSection] = []
    for code, first, last in sections:
        own = [cell for cell, whose in zip(cells.geoms, owners, strict=True) if whose == code]
        level = areal_parts(shapely.intersection(shapely.union_all(own), level_whole))
        polygon = shapely.transform(level, lambda xy: xy / squeeze)
        line = LineString(line_vertices[first - 1 : last])
        cut.append(BeltSection(code, polygon, line, geodesic_length_m(line)))
    return cut


def junction(point: Sequence[float]) -> Junction:
    """Key of a junction: its position rounded to 0.001 degree.

    >>> junction([117.0004, 28.2])
    (117.0, 28.2)
    """
    return (round(float(point[0]), JUNCTION_DECIMALS), round(float(point[1]), JUNCTION_DECIMALS))


def belt_edges(line_vertices: Sequence[LonLat]) -> frozenset[frozenset[Junction]]:
    """The pairs of junctions that follow each other on the line.

    An edge of the road graph between ``a`` and ``b`` lies on the belt when ``frozenset((junction(a), junction(b)))`` is
    one of them, whichever way it runs.

    >>> frozenset({(117.0, 28.2), (117.1, 28.2)}) in belt_edges([(117.1, 28.2), (117.0, 28.2)])
    True
    """
    keys = [junction(vertex) for vertex in line_vertices]
    return frozenset(frozenset(pair) for pair in pairwise(keys) if pair[0] != pair[1])


def edges_on_belt(edges: Iterable[tuple[LonLat, LonLat]], line_vertices: Sequence[LonLat]) -> list[bool]:
    """For each edge (its two ends), whether it lies on the line."""
    on_line = belt_edges(line_vertices)
    return [frozenset((junction(a), junction(b))) in on_line for a, b in edges]


def _owners(count: int, sections: Sequence[tuple[str, int, int]]) -> list[str | None]:
    """The section of each of the ``count - 1`` pieces of the line, None where there is none."""
    owner: list[str | None] = [None] * (count - 1)
    if len({code for code, _, _ in sections}) < len(sections):
        raise GeometryError("two sections have the same code")
    for code, first, last in sections:
        if not 1 <= first < last <= count:
            raise GeometryError(f"section {code} runs from vertex {first} to {last} of a line of {count}")
        for piece in range(first - 1, last - 1):
            if owner[piece] is not None:
                raise GeometryError(f"sections {owner[piece]} and {code} share the line after vertex {piece + 1}")
            owner[piece] = code
    return owner


def _samples(ends: np.ndarray, owner: Sequence[str | None]) -> tuple[np.ndarray, list[str | None]]:
    """Points that stand for the line, shape (n, 2), and the section of each.

    ends: the line's vertices, shape (n, 2), in a plane. The two points beside a vertex have the same distance from it,
    so the cut there passes through the vertex along the bisector of the bend.
    """
    lengths = np.hypot(*(ends[1:] - ends[:-1]).T)
    offset = min(SAMPLE_DEGREES / 2, float(np.min(lengths)) / 4)
    points: list[np.ndarray] = []
    owners: list[str | None] = []
    for start, end, length, code in zip(ends[:-1], ends[1:], lengths, owner, strict=True):
        steps = max(2, int(np.ceil((length - 2 * offset) / SAMPLE_DEGREES)) + 1)
        t = np.linspace(offset / length, 1 - offset / length, steps)[:, None]
        points.append(start + (end - start) * t)
        owners.extend([code] * steps)
    return np.concatenate(points), owners
