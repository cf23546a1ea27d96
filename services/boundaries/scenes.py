"""Drawings of the workbench: a changeset, versions compared, what a file holds, where it would fall."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.boundaries import Finding, Layer
from geo.crs import JIANGXI
from models import BoundaryVersion
from models.geometry import within_box
from services.boundaries.overview import NOT_SURVEYED
from services.boundaries.pictures import (
    GROUND,
    MOST_SHAPES,
    WIDTH_PX,
    Bounds,
    LonLat,
    Outline,
    Part,
    Picture,
    compared,
    frame_of,
    picture,
)

SMALL_PX = (220.0, 150.0)
WHEREABOUTS_PX = (260.0, 190.0)
COUNTIES = "counties"
_AROUND = 1.0  # how far the ground is drawn around what is in question, in its own sizes
_WIDEST_DEGREES = 12.0
_PARENTS = {Layer.ZONES: Layer.PARKS, Layer.PLOTS: Layer.PARKS}
_INSIDE = {Layer.PARKS: (Layer.ZONES, Layer.PLOTS), Layer.ZONES: (Layer.PLOTS,)}
_DOT_SHARE = 0.05  # what is narrower than this part of a picture is drawn this wide
_MOST_OF_IT, _LEAST_ROOM, _LITTLE_AREA = 0.4, 0.06, 0.05


def pair_scene(
    session: Session,
    layer: Layer,
    pairs: Sequence[tuple[str, str, BaseGeometry | None, BaseGeometry | None]],
    *,
    marks: Sequence[tuple[int, LonLat]] = (),
    schematic: Collection[str] = (),
) -> Picture | None:
    """Old and new outlines of things (code, name, old, new) among their neighbours.

    marks: numbered places to look at. schematic: codes whose old outline, or the only one, nobody surveyed.
    """
    alone = {code for code, _, old, _ in pairs if old is None}
    outlines: list[Outline] = []
    for code, name, old, new in pairs[:MOST_SHAPES]:
        outlines += compared(old, new, code=code, name=name)
    outlines = [
        replace(one, is_schematic=one.code in schematic and (one.part is Part.OLD or one.code in alone))
        for one in outlines
    ]
    return _scene(session, layer, outlines, marks, {code for code, *_ in pairs})


def file_scene(
    session: Session,
    layer: Layer,
    features: Sequence[tuple[str, str, BaseGeometry, BaseGeometry | None]],
    findings: Sequence[tuple[int, LonLat]],
) -> Picture | None:
    """What a file holds: (code, name, as it would be stored, as the file has it where a repair changes it)."""
    outlines: list[Outline] = []
    for code, name, geometry, before in features[:MOST_SHAPES]:
        if before is not None:
            outlines.append(Outline(Part.OLD, before, code, name))
        outlines.append(Outline(Part.NEW, geometry, code, name))
    return _scene(session, layer, outlines, findings, {code for code, *_ in features})


def repair_scene(before: BaseGeometry, after: BaseGeometry) -> Picture | None:
    """One feature before and after its repair, as close as what changed. before: perhaps not valid."""
    outlines = [Outline(Part.OLD, before), Outline(Part.NEW, after)]
    if before.is_valid and before.geom_type in {"Polygon", "MultiPolygon"}:
        outlines = compared(before, after)
    closer = _where_it_changed(before, after)
    frame = frame_of([closer if closer is not None else after], width=SMALL_PX[0], height=SMALL_PX[1])
    return picture(outlines, frame=frame, with_names=False)


def _where_it_changed(before: BaseGeometry, after: BaseGeometry) -> BaseGeometry | None:
    """A box around the corners only one of them has, with room about it; None where that, or the area it changes, is
    much of the shape."""
    if abs(after.area - before.area) > after.area * _LITTLE_AREA:
        return None
    old, new = (set(map(tuple, shapely.get_coordinates(one).tolist())) for one in (before, after))
    changed = [corner for corner in old ^ new if all(map(math.isfinite, corner))]
    if not changed:
        return None
    whole = max(after.bounds[2] - after.bounds[0], after.bounds[3] - after.bounds[1])
    west, south, east, north = shapely.MultiPoint(changed).bounds
    size = max(east - west, north - south)
    if size > whole * _MOST_OF_IT:
        return None
    return shapely.box(west, south, east, north).buffer(max(size / 2, whole * _LEAST_ROOM))


def small_scenes(geometries: Sequence[BaseGeometry | None], *, schematic: Sequence[bool] = ()) -> list[Picture | None]:
    """Each alone, all to one scale and in one frame, so that they can be held side by side. schematic: of each."""
    frame = frame_of([one for one in geometries if one is not None], width=SMALL_PX[0], height=SMALL_PX[1])
    dashed = schematic or [False] * len(geometries)
    return [
        None if one is None else picture([Outline(Part.NEW, one, is_schematic=is_dashed)], frame=frame)
        for one, is_dashed in zip(geometries, dashed, strict=True)
    ]


def whereabouts(session: Session, bounds: Bounds) -> Picture | None:
    """Where a box of degrees lies: among the counties where it falls there, else in or beside the province."""
    counties = [shape for _, _, shape in _rows(session, COUNTIES, JIANGXI)]
    province, box = shapely.box(*JIANGXI), shapely.box(*bounds)
    home = shapely.box(*shapely.total_bounds(counties)) if counties else province
    around = home if home.intersects(box) else province
    seen = shapely.union(around, box).bounds
    least = max(seen[2] - seen[0], seen[3] - seen[1]) * _DOT_SHARE
    west, south, east, north = bounds
    wide, high = max(east - west, least), max(north - south, least)
    x, y = (west + east) / 2, (south + north) / 2
    outlines = [
        Outline(Part.PROVINCE, province, name="江西省范围"),
        *(Outline(Part.COUNTY, shape) for shape in counties),
        Outline(Part.BOX, shapely.box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)),
    ]
    width, height = WHEREABOUTS_PX
    return picture(outlines, frame=frame_of([around, box], width=width, height=height))


def mark_numbers(findings: Iterable[Finding]) -> dict[int, tuple[int, LonLat]]:
    """index of a finding → its number on the map and where; only findings that know where."""
    found: dict[int, tuple[int, LonLat]] = {}
    for index, finding in enumerate(findings):
        if finding.lonlat is not None:
            found[index] = (len(found) + 1, finding.lonlat)
    return found


def _scene(
    session: Session,
    layer: Layer,
    outlines: list[Outline],
    marks: Sequence[tuple[int, LonLat]],
    own: Collection[str],
) -> Picture | None:
    asked = [one.geometry for one in outlines if one.part not in GROUND and not one.geometry.is_empty]
    frame = frame_of(asked, marks)
    if frame is None:
        return None
    across, upward = WIDTH_PX / frame.scale / frame.squeeze, frame.height / frame.scale
    if across > _WIDEST_DEGREES:  # a file far off or spread over the globe: no ground to draw
        return picture(outlines, marks=marks, frame=frame)
    west, north = frame.west - across * _AROUND, frame.north + upward * _AROUND
    box = (west, north - upward * (1 + 2 * _AROUND), west + across * (1 + 2 * _AROUND), north)
    ground = [Outline(Part.COUNTY, shape) for _, _, shape in _rows(session, COUNTIES, box)]
    parent = _PARENTS.get(layer)
    layers = [(Part.PARENT, parent)] if parent is not None else []
    layers += [(Part.NEIGHBOUR, layer), *((Part.INSIDE, inside) for inside in _INSIDE.get(layer, ()))]
    for part, of in layers:
        ground += [
            Outline(part, shape, code, is_schematic=is_schematic)
            for code, is_schematic, shape in _rows(session, of.value, box)
            if of is not layer or code not in own
        ]
    return picture([*ground, *outlines], marks=marks, frame=frame)


def _rows(session: Session, layer: str, box: Bounds) -> list[tuple[str, bool, BaseGeometry]]:
    """(code, whether schematic, shape) of what stands in a box, the newest version of each."""
    own = BoundaryVersion
    statement = select(own).where(own.layer == layer, own.superseded_at.is_(None)).order_by(own.version)
    found: dict[str, BoundaryVersion] = {}
    dialect = session.get_bind().dialect.name
    for row in session.scalars(within_box(statement, own, box, dialect).limit(MOST_SHAPES)):
        found[row.code] = row
    return [(row.code, row.method in NOT_SURVEYED, row.geometry) for row in found.values() if not row.is_removal]
