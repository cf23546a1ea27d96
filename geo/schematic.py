"""Schematic outlines (grade D): the documented rule for places whose boundary is not public.

The rule, for every place with a centre and a stated area:

1. The outline is a geodesic circle (64 corners) round the centre whose geodesic area is the stated one.
2. Siblings never overlap. Between two of them runs a straight chord, at right angles to the line that joins them, which
   divides their distance in the ratio of their circles' radii; each keeps to its own side. A place that loses ground
   to a chord grows on its open sides until its area holds again. Where its side is too small for that, the chords round
   it yield: its weight in the ratio grows, in rounds, until all areas hold or the worst shortfall is least. No outline
   reaches further than eight radii of its circle.
3. A child stays inside its parent's outline: what would lie outside is cut, and it grows inside. When its centre lies
   outside the parent, the point just inside the parent's nearest edge takes the centre's part.
4. An outline that does not fit its county is reported, never moved and never cut.
5. What the rule cannot give (no room for the area, a centre outside the parent) is reported in the findings.

Parents are drawn before their children. Chords depend on centres and stated areas alone, so the order of the places
changes nothing. Siblings with the very same centre are set 0.1 m round it, in the order of their codes, for the chords.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shapely import Point
from shapely.geometry import Polygon
from shapely.ops import nearest_points

from geo.crs import GRS80
from geo.errors import GeometryError
from geo.measures import (
    Areal,
    LonLat,
    areal_parts,
    circle_radius_m,
    distance_m,
    geodesic_area_ha,
    geodesic_circle,
    representative_point,
)

CORNERS = 64
GROWTH_LIMIT = 8.0
AREA_PROMISE = 1e-4  # relative
AREA_TOLERANCE = 1e-7  # relative, to which a radius is searched
ROUNDS = 40  # in which the chords may yield
COUNTY_TOLERANCE = 1e-6  # share of the outline that may lie outside before it is reported
SAME_CENTRE_DEGREES = 7  # decimals to which centres are compared: about 1 cm
SAME_CENTRE_M = 0.1
INWARD = 0.1  # share of the way from the parent's edge to its middle
FAR_DEGREES = 5.0  # half length of a chord and depth of a side: beyond every outline


class FindingCode(StrEnum):
    """What the rule had to do, or could not do."""

    CUT_BY_SIBLING = "cut_by_sibling"
    CUT_BY_PARENT = "cut_by_parent"
    CENTRE_OUTSIDE_PARENT = "centre_outside_parent"
    NO_ROOM = "no_room"
    OUTSIDE_COUNTY = "outside_county"


@dataclass(frozen=True)
class OutlineFinding:
    """other: code of the sibling or parent, else empty. share: of the stated area that is missing (NO_ROOM), or of the
    outline that lies outside the county (OUTSIDE_COUNTY). is_fault: more than a cut, which the area does not show."""

    code: FindingCode
    other: str = ""
    share: float | None = None

    @property
    def is_fault(self) -> bool:
        return self.code not in (FindingCode.CUT_BY_SIBLING, FindingCode.CUT_BY_PARENT)


@dataclass(frozen=True)
class OutlineRequest:
    """A place to be drawn. centre_lon, centre_lat: degrees, EPSG:4490. area_ha: stated area, above 0.

    parent: code of the place that holds it; a parent without a request has no outline. layer: only places of one layer
    are siblings, and only when they share the parent outline (none counts as one). county: boundary of the county that
    should hold it, or None."""

    code: str
    centre_lon: float
    centre_lat: float
    area_ha: float
    parent: str | None = None
    layer: str = ""
    county: Areal | None = None


@dataclass(frozen=True)
class SchematicOutline:
    """polygon: EPSG:4490; a MultiPolygon only where a parent that is not convex cuts it in two.
    area_ha: geodesic area of the polygon, within 0.01 % of the stated one unless a finding says NO_ROOM."""

    polygon: Areal
    area_ha: float
    findings: tuple[OutlineFinding, ...]


def schematic_outline(
    centre_lon: float,
    centre_lat: float,
    area_ha: float,
    *,
    parent: Areal | None = None,
    siblings: Sequence[OutlineRequest] = (),
    county: Areal | None = None,
    code: str = "",
    parent_code: str = "",
) -> SchematicOutline:
    """Outline of one place by the rule of this module.

    centre_lon, centre_lat: degrees, EPSG:4490. area_ha: above 0. parent, county: boundaries, EPSG:4490, or None.
    siblings: the other places that share the parent. code: tells it from a sibling with the same centre.
    Raises GeometryError for an area that is not positive, a centre that is no position, or twins (centre and code).

    >>> outline = schematic_outline(117.0, 28.2, 377.0)
    >>> round(outline.area_ha, 3), len(outline.polygon.exterior.coords) - 1, outline.findings
    (377.0, 64, ())
    """
    own = OutlineRequest(code, centre_lon, centre_lat, area_ha, county=county)
    return _draw_family([own, *siblings], parent, parent_code)[own]


def schematic_outlines(places: Sequence[OutlineRequest]) -> dict[str, SchematicOutline]:
    """Outlines of many places by the rule of this module, parents first; the order of ``places`` changes nothing.

    Returns outline by code. Raises GeometryError for a code met twice, a place that is its own ancestor, or as above.
    """
    requests = {place.code: place for place in sorted(places, key=lambda place: place.code)}
    if len(requests) != len(places):
        raise GeometryError("a place is given twice")
    families: dict[tuple[str, str | None], list[OutlineRequest]] = {}
    for place in requests.values():
        families.setdefault((place.layer, _drawn_parent(place, requests)), []).append(place)

    outlines: dict[str, SchematicOutline] = {}
    for (_, parent_code), family in sorted(families.items(), key=lambda item: _depth(item[1][0], requests)):
        parent = outlines[parent_code].polygon if parent_code else None
        drawn = _draw_family(family, parent, parent_code or "")
        outlines |= {place.code: outline for place, outline in drawn.items()}
    return dict(sorted(outlines.items()))


def _drawn_parent(place: OutlineRequest, requests: dict[str, OutlineRequest]) -> str | None:
    return place.parent if place.parent in requests else None


def _depth(place: OutlineRequest, requests: dict[str, OutlineRequest]) -> int:
    """How many parents with an outline stand above a place."""
    seen = [place.code]
    while (parent := _drawn_parent(requests[seen[-1]], requests)) is not None:
        if parent in seen:
            raise GeometryError(f"{parent} is its own ancestor")
        seen.append(parent)
    return len(seen) - 1


def _draw_family(
    places: list[OutlineRequest], parent: Areal | None, parent_code: str
) -> dict[OutlineRequest, SchematicOutline]:
    """The rule for places that share a parent, whatever their order."""
    places = sorted(places, key=lambda place: (place.code, place.centre_lon, place.centre_lat))
    for place in places:
        _require_drawable(place)
    if len({(place.code, place.centre_lon, place.centre_lat) for place in places}) < len(places):
        raise GeometryError("two siblings have the same centre and the same code")
    radii_m = [circle_radius_m(place.area_ha, CORNERS) for place in places]
    anchors = [_anchor(place, parent) for place in places]
    points = _spread(anchors)

    best: list[Areal] = []
    least, weights = math.inf, radii_m
    for _ in range(ROUNDS):
        polygons = [
            _grow(anchor, place.area_ha, _cell(index, points, weights, parent))
            for index, (place, anchor) in enumerate(zip(places, anchors, strict=True))
        ]
        reached = [geodesic_area_ha(it) / place.area_ha for it, place in zip(polygons, places, strict=True)]
        if 1 - min(reached) < least:
            least, best = 1 - min(reached), polygons
        if least <= AREA_PROMISE / 10 or len(places) == 1:
            break
        weights = [weight / math.sqrt(min(max(share, 0.25), 1)) for weight, share in zip(weights, reached, strict=True)]

    outlines: dict[OutlineRequest, SchematicOutline] = {}
    for index, (place, polygon) in enumerate(zip(places, best, strict=True)):
        findings = [
            OutlineFinding(FindingCode.CUT_BY_SIBLING, other.code)
            for number, other in enumerate(places)
            if number != index and distance_m(points[index], points[number]) < radii_m[index] + radii_m[number]
        ]
        if anchors[index] != (place.centre_lon, place.centre_lat):
            findings.append(OutlineFinding(FindingCode.CENTRE_OUTSIDE_PARENT, parent_code))
        if parent is not None and not parent.covers(geodesic_circle(anchors[index], radii_m[index], CORNERS)):
            findings.append(OutlineFinding(FindingCode.CUT_BY_PARENT, parent_code))
        reached_ha = geodesic_area_ha(polygon)
        if reached_ha < place.area_ha * (1 - AREA_PROMISE):
            findings.append(OutlineFinding(FindingCode.NO_ROOM, parent_code, share=1 - reached_ha / place.area_ha))
        if place.county is not None and reached_ha > 0:
            outside = geodesic_area_ha(areal_parts(polygon.difference(place.county))) / reached_ha
            if outside > COUNTY_TOLERANCE:
                findings.append(OutlineFinding(FindingCode.OUTSIDE_COUNTY, share=outside))
        outlines[place] = SchematicOutline(polygon, reached_ha, tuple(findings))
    return outlines


def _cell(index: int, points: list[LonLat], weights: list[float], parent: Areal | None) -> Areal | None:
    """The ground that one place may take: its side of every chord, inside the parent; None when nothing bounds it."""
    cell = parent
    for other, point in enumerate(points):
        if other != index:
            side = _own_side(points[index], point, weights[index], weights[other])
            cell = side if cell is None else areal_parts(cell.intersection(side))
    return cell


def _require_drawable(place: OutlineRequest) -> None:
    if not 0 < place.area_ha < math.inf:
        raise GeometryError(f"{place.code or 'the place'}: the area has to be above 0 ha, not {place.area_ha!r}")
    if not (abs(place.centre_lon) <= 180 and abs(place.centre_lat) < 85):
        raise GeometryError(f"{place.code or 'the place'}: no outline at {place.centre_lon!r}, {place.centre_lat!r}")


def _anchor(place: OutlineRequest, parent: Areal | None) -> LonLat:
    """The centre; when it lies outside the parent, a point just inside the parent's edge nearest to it."""
    centre = Point(place.centre_lon, place.centre_lat)
    if parent is None or parent.is_empty or parent.covers(centre):
        return (place.centre_lon, place.centre_lat)
    edge, middle = nearest_points(parent, centre)[0], representative_point(parent)
    inside = (edge.x + (middle[0] - edge.x) * INWARD, edge.y + (middle[1] - edge.y) * INWARD)
    return inside if parent.covers(Point(inside)) else middle


def _spread(anchors: list[LonLat]) -> list[LonLat]:
    """Anchors in the same order; those at one spot set SAME_CENTRE_M round it, evenly, the first one east."""
    at: dict[LonLat, list[int]] = {}
    for index, (lon, lat) in enumerate(anchors):
        at.setdefault((round(lon, SAME_CENTRE_DEGREES), round(lat, SAME_CENTRE_DEGREES)), []).append(index)
    spread = list(anchors)
    for (lon, lat), members in at.items():
        if len(members) > 1:
            for position, index in enumerate(members):
                moved_lon, moved_lat, _ = GRS80.fwd(lon, lat, 90.0 - 360.0 * position / len(members), SAME_CENTRE_M)
                spread[index] = (moved_lon, moved_lat)
    return spread


def _own_side(own: LonLat, other: LonLat, own_radius_m: float, other_radius_m: float) -> Polygon:
    """The half plane of ``own``, cut off by the chord. The chord's ends are computed in one fixed order of the pair, so
    both sides share them to the last bit."""
    (first, first_radius), (second, second_radius) = sorted(((own, own_radius_m), (other, other_radius_m)))
    squeeze = math.cos(math.radians((first[1] + second[1]) / 2))
    x, y = (second[0] - first[0]) * squeeze, second[1] - first[1]
    length = math.hypot(x, y)
    if length == 0:
        raise GeometryError(f"two siblings cannot be told apart at {own[0]!r}, {own[1]!r}")
    x, y = x / length, y / length
    t = first_radius / (first_radius + second_radius)
    middle = (first[0] + (second[0] - first[0]) * t, first[1] + (second[1] - first[1]) * t)
    left = (middle[0] - y * FAR_DEGREES / squeeze, middle[1] + x * FAR_DEGREES)
    right = (middle[0] + y * FAR_DEGREES / squeeze, middle[1] - x * FAR_DEGREES)
    sign = -1.0 if own == first else 1.0
    away = (sign * x * FAR_DEGREES / squeeze, sign * y * FAR_DEGREES)
    return Polygon([left, right, (right[0] + away[0], right[1] + away[1]), (left[0] + away[0], left[1] + away[1])])


def _grow(centre: LonLat, area_ha: float, cell: Areal | None) -> Areal:
    """The circle round ``centre``, cut by ``cell``, with the stated area; the most there is when none has it."""

    def cut(radius_m: float) -> Areal:
        circle = geodesic_circle(centre, radius_m, CORNERS)
        return circle if cell is None else areal_parts(circle.intersection(cell))

    circle_m = circle_radius_m(area_ha, CORNERS)
    low_m, low_error, high_m = 0.0, -1.0, circle_m * (1 + AREA_TOLERANCE)
    limit_m = circle_m * GROWTH_LIMIT
    while True:
        polygon = cut(high_m)
        high_error = geodesic_area_ha(polygon) / area_ha - 1
        if high_error >= 0:
            break
        if high_m >= limit_m:
            return polygon
        low_m, low_error, high_m = high_m, high_error, min(high_m * 2, limit_m)
    error = high_error  # false position between the two, the end that stays counted half (Illinois)
    while abs(error) > AREA_TOLERANCE and high_m - low_m > 1e-6:
        middle_m = (low_m * high_error - high_m * low_error) / (high_error - low_error)
        polygon = cut(middle_m)
        error = geodesic_area_ha(polygon) / area_ha - 1
        if error < 0:
            low_m, low_error, high_error = middle_m, error, high_error / 2
        else:
            high_m, high_error, low_error = middle_m, error, low_error / 2
    return polygon
