"""Outlines as drawings a page can hold: paths of an SVG, with names, numbered marks and a scale bar. No files, no SQL.

Geometry comes in EPSG:4490; longitudes are squeezed by the cosine of the middle latitude, which is true enough for
things of a prefecture's size. What a file brought may be broken: rings are drawn corner by corner, never computed with.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from domain.lettering import ems

WIDTH_PX, HEIGHT_PX = 720.0, 460.0
LEAST_SPAN_DEGREES = 0.0006  # some 60 m: nothing is shown larger than that at first
MOST_SHAPES = 1_500
MOST_CORNERS = 30_000  # beyond, outlines are drawn coarser
DEGREE_M = 111_195.0
_MARGIN = 0.08
_LETTER_PX = 13.0

LonLat = tuple[float, float]
Bounds = tuple[float, float, float, float]
Corners = npt.NDArray[np.float64]


class Part(StrEnum):
    """What an outline is in a drawing, in the order they are drawn. Those of GROUND set no frame."""

    PROVINCE = "province"
    COUNTY = "county"
    PARENT = "parent"
    NEIGHBOUR = "neighbour"
    OLD = "old"
    NEW = "new"
    REMOVED = "removed"  # ground that was inside and is not any more
    ADDED = "added"
    INSIDE = "inside"  # what may change its park: plots and zones
    BOX = "box"


GROUND = (Part.PROVINCE, Part.COUNTY, Part.PARENT, Part.NEIGHBOUR, Part.INSIDE)


@dataclass(frozen=True)
class Outline:
    """Something to draw. geometry: EPSG:4490, perhaps not valid. is_schematic: drawn dashed."""

    part: Part
    geometry: BaseGeometry
    code: str = ""
    name: str = ""
    is_schematic: bool = False


@dataclass(frozen=True)
class Shape:
    """is_in_view: its line runs through the picture, not only through the ground around it."""

    part: str
    path: str
    code: str
    name: str
    is_schematic: bool
    is_in_view: bool


@dataclass(frozen=True)
class Label:
    """A name and where it stands. is_crowded: it would cover another one."""

    text: str
    x: float
    y: float
    part: str
    is_crowded: bool


@dataclass(frozen=True)
class Mark:
    """A numbered place to look at."""

    number: int
    x: float
    y: float


@dataclass(frozen=True)
class Picture:
    """A drawing, px. parts: those that occur, as the legend names them. left_out: outlines there was no room for."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    labels: tuple[Label, ...]
    marks: tuple[Mark, ...]
    metres_a_px: float
    left_out: int

    @property
    def parts(self) -> tuple[str, ...]:
        drawn = {shape.part for shape in self.shapes if shape.is_in_view}
        return tuple(part.value for part in Part if part.value in drawn)

    @property
    def has_schematic(self) -> bool:
        return any(shape.is_schematic for shape in self.shapes if shape.is_in_view)

    @property
    def scale_m(self) -> float:
        """The length of the scale bar: 1, 2 or 5 times a power of ten, at most a quarter of the width."""
        most = self.metres_a_px * self.width / 4
        power = 10.0 ** math.floor(math.log10(most))
        return next(step * power for step in (5, 2, 1) if step * power <= most)

    @property
    def scale_px(self) -> float:
        return round(self.scale_m / self.metres_a_px, 1)


@dataclass(frozen=True)
class Frame:
    """From degrees to px."""

    west: float
    north: float
    scale: float  # px a degree of latitude
    squeeze: float
    width: float
    height: float

    def px(self, lonlat: Corners) -> Corners:
        return np.column_stack(
            [(lonlat[:, 0] - self.west) * self.scale * self.squeeze, (self.north - lonlat[:, 1]) * self.scale]
        )


def picture(
    outlines: Sequence[Outline],
    *,
    marks: Sequence[tuple[int, LonLat]] = (),
    frame: Frame | None = None,
    width: float = WIDTH_PX,
    height: float = HEIGHT_PX,
    with_names: bool = True,
) -> Picture | None:
    """Outlines in the order of their parts, those in question in the middle. None: there is nothing to draw."""
    drawable = [outline for outline in outlines if _has_place(outline.geometry)]
    frame = frame or frame_of([one.geometry for one in drawable if one.part not in GROUND], marks, width, height)
    if frame is None:
        return None
    near = [outline for outline in drawable if _meets(outline.geometry, frame)]
    near.sort(key=lambda outline: list(Part).index(outline.part))
    kept = _most_telling(near)
    corners = sum(shapely.get_num_coordinates(outline.geometry) for outline in kept)
    is_fine = corners <= MOST_CORNERS
    shapes, named = [], []
    for outline in kept:
        path = _path(_near(outline, frame), frame, is_fine)
        if not path:
            continue
        shapes.append(
            Shape(
                outline.part.value, path, outline.code, outline.name, outline.is_schematic, _is_in_view(outline, frame)
            )
        )
        if with_names and outline.name and outline.part is not Part.OLD:
            named.append(outline)
    points = [(number, frame.px(np.array([lonlat]))[0]) for number, lonlat in marks if _is_finite(lonlat)]
    return Picture(
        frame.width,
        frame.height,
        tuple(shapes),
        tuple(_labels(named, frame, [(x - 14, y - 14, x + 14, y + 14) for _, (x, y) in points])),
        tuple(Mark(number, round(float(x), 2), round(float(y), 2)) for number, (x, y) in points),
        DEGREE_M / frame.scale,
        len(near) - len(kept),
    )


def frame_of(
    geometries: Iterable[BaseGeometry],
    marks: Sequence[tuple[int, LonLat]] = (),
    width: float = WIDTH_PX,
    height: float = HEIGHT_PX,
) -> Frame | None:
    """All of it in view with a margin; None where there is nothing."""
    boxes = [geometry.bounds for geometry in geometries if _has_place(geometry)]
    boxes += [(*lonlat, *lonlat) for _, lonlat in marks if _is_finite(lonlat)]
    if not boxes:
        return None
    sides = np.array(boxes)
    west, south = sides[:, :2].min(axis=0)
    east, north = sides[:, 2:].max(axis=0)
    squeeze = max(math.cos(math.radians((south + north) / 2)), 0.05)
    across = max((east - west) * squeeze, LEAST_SPAN_DEGREES)
    upward = max(north - south, LEAST_SPAN_DEGREES)
    room = 1 - 2 * _MARGIN
    scale = float(min(width * room / across, height * room / upward))
    return Frame(
        west=float((west + east) / 2 - width / 2 / scale / squeeze),
        north=float((south + north) / 2 + height / 2 / scale),
        scale=scale,
        squeeze=squeeze,
        width=width,
        height=height,
    )


def compared(old: BaseGeometry | None, new: BaseGeometry | None, **told: object) -> list[Outline]:
    """Two shapes of one thing (valid, EPSG:4490): both outlines, and the ground gained and lost."""
    found = []
    if old is not None and new is not None:
        for part, ground in ((Part.REMOVED, shapely.difference(old, new)), (Part.ADDED, shapely.difference(new, old))):
            if not ground.is_empty:
                found.append(Outline(part, ground))
    if old is not None:
        found.append(Outline(Part.OLD, old, **told))  # type: ignore[arg-type]
    if new is not None:
        found.append(Outline(Part.NEW, new, **told))  # type: ignore[arg-type]
    return found


def _most_telling(outlines: list[Outline]) -> list[Outline]:
    """At most MOST_SHAPES: what is in question before the ground, in the order given."""
    if len(outlines) <= MOST_SHAPES:
        return outlines
    asked = [outline for outline in outlines if outline.part not in GROUND][:MOST_SHAPES]
    ground = [outline for outline in outlines if outline.part in GROUND][: MOST_SHAPES - len(asked)]
    return ground + asked


def _has_place(geometry: BaseGeometry | None) -> bool:
    return geometry is not None and not geometry.is_empty and _is_finite(geometry.bounds)


def _is_finite(numbers: Sequence[float]) -> bool:
    return all(math.isfinite(number) for number in numbers)


def _meets(geometry: BaseGeometry, frame: Frame) -> bool:
    west, south, east, north = geometry.bounds
    far_east = frame.west + frame.width / frame.scale / frame.squeeze
    far_south = frame.north - frame.height / frame.scale
    return bool(west <= far_east and east >= frame.west and south <= frame.north and north >= far_south)


def _is_in_view(outline: Outline, frame: Frame) -> bool:
    if outline.part not in GROUND or not outline.geometry.is_valid:
        return True
    east, south = frame.west + frame.width / frame.scale / frame.squeeze, frame.north - frame.height / frame.scale
    lines = outline.geometry.boundary
    return bool(shapely.intersects(shapely.box(frame.west, south, east, frame.north), lines))


def _near(outline: Outline, frame: Frame) -> BaseGeometry:
    """Of the ground, what is in view and as much again around it; of what is in question, all."""
    if outline.part not in GROUND or not outline.geometry.is_valid:
        return outline.geometry
    across, upward = frame.width / frame.scale / frame.squeeze, frame.height / frame.scale
    return shapely.clip_by_rect(
        outline.geometry, frame.west - across, frame.north - 2 * upward, frame.west + 2 * across, frame.north + upward
    )


def _path(geometry: BaseGeometry, frame: Frame, is_fine: bool) -> str:
    return "".join(_line(corners, frame, is_fine) for corners in _rings(geometry))


def _rings(geometry: BaseGeometry) -> Iterable[Corners]:
    for part in shapely.get_parts(geometry, return_index=False):
        if part.geom_type == "GeometryCollection" or part.geom_type.startswith("Multi"):
            yield from _rings(part)
        elif part.geom_type == "Polygon":
            for ring in shapely.get_rings(part):
                yield shapely.get_coordinates(ring)
        else:
            yield shapely.get_coordinates(part)


def _line(lonlat: Corners, frame: Frame, is_fine: bool) -> str:
    """A ring; one too small to see becomes a dot."""
    corners = frame.px(lonlat[np.isfinite(lonlat).all(axis=1)])
    if not len(corners):
        return ""
    if len(corners) > 4:
        tolerance = 0.02 if is_fine else 0.4
        simple = shapely.simplify(shapely.linestrings(corners), tolerance, preserve_topology=False)
        corners = shapely.get_coordinates(simple)
    rounded = np.round(corners, 2 if is_fine else 1)
    steps = np.any(rounded[1:] != rounded[:-1], axis=1)
    kept = rounded[np.concatenate([[True], steps])]
    if len(kept) == 1:
        return f"M{kept[0][0]:g} {kept[0][1]:g}h0"
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in kept.tolist()) + "Z"


def _labels(outlines: Sequence[Outline], frame: Frame, marks: Sequence[Bounds]) -> list[Label]:
    """Each name in the middle of its shape; one that would cover another or a mark is marked so. What is in question
    goes first."""
    taken = list(marks)
    found: list[Label] = []
    for outline in reversed(outlines):
        west, south, east, north = outline.geometry.bounds
        middle = np.array([[(west + east) / 2, (south + north) / 2]])
        if outline.geometry.is_valid and not outline.geometry.is_empty:
            middle = shapely.get_coordinates(shapely.point_on_surface(outline.geometry))
        x, y = (float(number) for number in frame.px(middle)[0])
        half = ems(outline.name) * _LETTER_PX / 2
        box = (x - half, y - _LETTER_PX, x + half, y + 4)
        is_inside = box[0] >= 0 and box[1] >= 0 and box[2] <= frame.width and box[3] <= frame.height
        is_crowded = not is_inside or any(_overlap(box, other) for other in taken)
        if not is_crowded:
            taken.append(box)
        if 0 <= x <= frame.width and 0 <= y <= frame.height:
            found.append(Label(outline.name, round(x, 1), round(y, 1), outline.part.value, is_crowded))
    return found


def _overlap(one: Bounds, other: Bounds) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
