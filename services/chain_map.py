"""The small map beside a chain's graph: county outlines, the belt's line and a dot a place, in px of an SVG.

A picture to point at, not to measure on: dots that would hide each other are pushed apart, with a line to where they
belong. Longitudes are squeezed by the cosine of the middle latitude.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import shape
from sqlalchemy.orm import Session

from domain.lettering import ems
from domain.words import PlaceLayer
from services.cache import cached
from services.chain_gaps import ChainGaps
from services.map_data import map_data
from services.places import list_places
from services.schemas import GeoJson, PlaceOut

WIDTH_PX = 320.0
LEAST_HEIGHT_PX, MOST_HEIGHT_PX = 190.0, 340.0
MARGIN_PX = 30.0
LEAST_APART_PX = 22.0
LEAST_SPAN_DEGREES = 0.1
CORNER_PX = 0.8  # corners of outlines that change the drawing by less are left out
LETTER_PX = 11.0
_DOT_PX = 9.0
_ROUNDS = 80
_GOLDEN_ANGLE = 2.399963

Point = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Label:
    """Where a name is written. anchor: start, middle or end of the text."""

    text: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True)
class Dot:
    """A place: where it is drawn, where it lies, and its name where there is room for it."""

    code: str
    x: float
    y: float
    lies_x: float
    lies_y: float
    is_county: bool
    label: Label | None

    @property
    def is_moved(self) -> bool:
        return math.dist((self.x, self.y), (self.lies_x, self.lies_y)) > 4


@dataclass(frozen=True)
class SmallMap:
    """home, others: paths of the counties the belt runs through, and of the rest. outside, unplaced: codes of the
    places that lie beyond the frame, and of those nobody could place. notices: what the map of the app says."""

    width: float
    height: float
    home: list[str]
    others: list[str]
    belt: list[str]
    dots: list[Dot]
    outside: list[str]
    unplaced: list[str]
    notices: Mapping[str, Any]


@dataclass(frozen=True)
class _Frame:
    """From degrees to px."""

    west: float
    north: float
    scale: float
    squeeze: float
    height: float

    def point(self, lon: Any, lat: Any) -> Any:
        return (lon - self.west) * self.scale * self.squeeze, (self.north - lat) * self.scale

    def points(self, lonlat: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(self.point(lonlat[:, 0], lonlat[:, 1]))


def small_map(
    session: Session, gaps: ChainGaps, *, as_of: date, today: date, approval_no: str | None, language: str
) -> SmallMap:
    """The places of a chain's gaps, drawn."""
    places = {place.code: place for place in list_places(session, as_of=as_of) if place.code in gaps.places}
    home = frozenset(code for code, one in gaps.places.items() if one.is_home)
    key = ("chain map", as_of, today, approval_no, language, tuple(gaps.places))
    return cached(
        session,
        key,
        lambda: drawn(
            map_data(session, as_of=as_of, today=today, approval_no=approval_no),
            [places[code] for code in gaps.places if code in places],
            home,
            language,
        ),
    )


def drawn(data: Mapping[str, Any], places: Sequence[PlaceOut], home: frozenset[str], language: str) -> SmallMap:
    """data: what the map draws on the day. places: the first have their names written first. home: those in view."""
    frame = _frame([place.lonlat for place in places if place.lonlat and place.code in home] or _corners(data))
    inside: list[tuple[PlaceOut, Point]] = []
    outside: list[tuple[PlaceOut, Point]] = []
    for place in places:
        if place.lonlat is not None:
            x, y = frame.point(*place.lonlat)
            is_in_view = 0 <= x <= WIDTH_PX and 0 <= y <= frame.height
            (inside if is_in_view else outside).append((place, (x, y)))
    spots = apart([point for _, point in inside], (WIDTH_PX, frame.height))
    labels = _labels([place_label(place, language) for place, _ in inside], spots, frame.height)
    counties = [(bool(f["properties"]["on_belt"]), f["geometry"]) for f in data["geometry"]["counties"]["features"]]
    return SmallMap(
        width=WIDTH_PX,
        height=frame.height,
        home=[path for is_home, outline in counties if is_home and (path := _path(outline, frame))],
        others=[path for is_home, outline in counties if not is_home and (path := _path(outline, frame))],
        belt=[path for f in data["geometry"]["belt_line"]["features"] if (path := _path(f["geometry"], frame))],
        dots=[
            Dot(place.code, round(x, 1), round(y, 1), lies_x, lies_y, place.layer is PlaceLayer.COUNTY, label)
            for (place, (lies_x, lies_y)), (x, y), label in zip(inside, spots, labels, strict=True)
        ],
        outside=[place.code for place, _ in outside],
        unplaced=[place.code for place in places if place.lonlat is None],
        notices=data["notices"],
    )


def _corners(data: Mapping[str, Any]) -> list[Point]:
    return [(lon, lat) for lat, lon in data["bounds"]]


def place_label(place: PlaceOut, language: str) -> str:
    """A place's name as short as it gets: what a bracket adds in English is left out."""
    return place.name_en.partition(" (")[0] if language == "en" else place.short_name_zh


def _frame(lonlats: Sequence[Point]) -> _Frame:
    """All points in view, with a margin; never closer than LEAST_SPAN_DEGREES."""
    west, east = min(lon for lon, _ in lonlats), max(lon for lon, _ in lonlats)
    south, north = min(lat for _, lat in lonlats), max(lat for _, lat in lonlats)
    squeeze = math.cos(math.radians((south + north) / 2))
    across = max((east - west) * squeeze, LEAST_SPAN_DEGREES)
    upward = max(north - south, LEAST_SPAN_DEGREES / 2)
    scale = min((WIDTH_PX - 2 * MARGIN_PX) / across, (MOST_HEIGHT_PX - 2 * MARGIN_PX) / upward)
    height = round(max(upward * scale + 2 * MARGIN_PX, LEAST_HEIGHT_PX))
    middle_lon, middle_lat = (west + east) / 2, (south + north) / 2
    return _Frame(
        west=middle_lon - WIDTH_PX / 2 / scale / squeeze,
        north=middle_lat + height / 2 / scale,
        scale=scale,
        squeeze=squeeze,
        height=height,
    )


def apart(points: Sequence[Point], size: Point, least: float = LEAST_APART_PX) -> list[Point]:
    """Points pushed apart until none hides another, inside a drawing of a size; the order does not matter much.

    >>> (x, _), (u, _) = apart([(50.0, 50.0), (60.0, 50.0)], (100, 100), 20)
    >>> round(x), round(u)
    (45, 65)
    """
    spots = [list(point) for point in points]
    edge = least / 2
    for _ in range(_ROUNDS):
        is_quiet = True
        for i, one in enumerate(spots):
            for j in range(i + 1, len(spots)):
                other = spots[j]
                across, down = other[0] - one[0], other[1] - one[1]
                distance = math.hypot(across, down)
                if distance >= least - 0.05:
                    continue
                is_quiet = False
                if distance < 0.01:
                    angle = _GOLDEN_ANGLE * j
                    across, down, distance = math.cos(angle), math.sin(angle), 1.0
                    push = least / 2
                else:
                    push = (least - distance) / 2
                for spot, sign in ((one, -1), (other, 1)):
                    spot[0] = min(max(spot[0] + sign * push * across / distance, edge), size[0] - edge)
                    spot[1] = min(max(spot[1] + sign * push * down / distance, edge), size[1] - edge)
        if is_quiet:
            break
    return [(x, y) for x, y in spots]


def _labels(names: Sequence[str], spots: Sequence[Point], height: float) -> list[Label | None]:
    """A name right, left, above or below its dot, where it covers no dot and no other name; else none."""
    taken: list[Box] = [(x - _DOT_PX, y - _DOT_PX, x + _DOT_PX, y + _DOT_PX) for x, y in spots]
    found: list[Label | None] = []
    for name, (x, y) in zip(names, spots, strict=True):
        width = ems(name) * LETTER_PX
        below = y + _DOT_PX + LETTER_PX
        tries = (
            (Label(name, x + 12, y + 4, "start"), x + 12),
            (Label(name, x - 12, y + 4, "end"), x - 12 - width),
            (Label(name, x, y - 12.5, "middle"), x - width / 2),
            (Label(name, x, below, "middle"), x - width / 2),
        )
        label = None
        for attempt, left in tries:
            box = (left - 1, attempt.y - LETTER_PX, left + width + 1, attempt.y + 3)
            is_inside = box[0] >= 1 and box[1] >= 1 and box[2] <= WIDTH_PX - 1 and box[3] <= height - 1
            if is_inside and not any(_overlap(box, other) for other in taken):
                label = attempt
                taken.append(box)
                break
        found.append(label)
    return found


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _path(outline: GeoJson, frame: _Frame) -> str:
    """A geometry as an SVG path: what is in view, and a little more so that the cut is not."""
    moved = shapely.transform(shape(outline), frame.points)
    near = shapely.clip_by_rect(moved, -20, -20, WIDTH_PX + 20, frame.height + 20)
    simple = shapely.simplify(near, CORNER_PX)
    parts = shapely.get_parts(simple)
    return "".join(
        _line(ring, is_closed=part.geom_type == "Polygon")
        for part in parts
        for ring in ([part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part])
        if not ring.is_empty
    )


def _line(line: Any, *, is_closed: bool) -> str:
    points = [(round(x, 1), round(y, 1)) for x, y in line.coords]
    kept = points[:1] + [b for a, b in pairwise(points) if a != b]
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in kept) + ("Z" if is_closed else "")
