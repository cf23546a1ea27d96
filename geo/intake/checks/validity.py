"""Validity: what is wrong with an outline, and its repair, one feature at a time."""

from __future__ import annotations

import re
import time
from typing import Any

import numpy as np
import shapely

from domain.boundaries import Severity
from geo.intake.checks.batch import CHUNK, Batch, area_m2
from geo.intake.checks.crossings import TooLong, exceeds
from geo.intake.checks.shapes import LEAST_AREA_M2, tell_no_area
from geo.intake.words import area_en, area_zh

TOLD_SHARE = 0.001  # of the area: a repair that changes more says so
_REASONS = {
    "Self-intersection": ("自相交", "crosses itself"),
    "Ring Self-intersection": ("环自相接", "has a ring that touches itself"),
    "Hole lies outside shell": ("洞在外环之外", "has a hole outside its shell"),
    "Holes are nested": ("洞相互嵌套", "has holes inside holes"),
    "Nested shells": ("外环相互嵌套", "has shells inside shells"),
    "Interior is disconnected": ("内部不连通", "has an interior that is not connected"),
    "Duplicate Rings": ("环重复", "has a ring twice"),
    "Too few points in geometry component": ("环的点数不足", "has a ring of too few points"),
}
_REASON = re.compile(r"^(?P<reason>[^\[]+?)\s*(?:\[(?P<x>\S+) (?P<y>\S+)\])?$")


def check_and_repair(batch: Batch) -> None:
    """Every usable feature is valid afterwards; those that cannot be made so are told and left out."""
    is_valid = np.ones(len(batch.geometry), dtype=bool)
    for start in range(0, len(batch.geometry), CHUNK):
        is_valid[start : start + CHUNK] = shapely.is_valid(batch.geometry[start : start + CHUNK])
    for index in np.flatnonzero(batch.usable & ~is_valid).tolist():
        _repair(batch, index)


def normalise(batch: Batch) -> None:
    """Every usable feature as a MultiPolygon, shells anticlockwise; no coordinate changes."""
    indices = batch.usable_indices()
    for start in range(0, len(indices), CHUNK):
        part = indices[start : start + CHUNK]
        oriented = shapely.orient_polygons(batch.geometry[part])
        single = np.flatnonzero(shapely.get_type_id(oriented) == shapely.GeometryType.POLYGON)
        oriented[single] = shapely.multipolygons(oriented[single], indices=np.arange(len(single)))
        batch.geometry[part] = oriented


def _repair(batch: Batch, index: int) -> None:
    started = time.monotonic()
    original = batch.geometry[index]
    reason_zh, reason_en, lonlat = reason(original)
    try:
        is_hopeless = exceeds(original, batch.limits.ring_self_crossings, started + batch.limits.repair_s / 2)
    except TooLong:
        is_hopeless = True
    repaired = None if is_hopeless else make_valid(original)
    if repaired is None or time.monotonic() - started > batch.limits.repair_s:
        _tell_hopeless(batch, index, lonlat)
        return
    if area_m2(repaired) < LEAST_AREA_M2:
        tell_no_area(batch, index)
        return
    change = batch.replace(index, repaired)
    batch.doubtful[index] = True
    share = abs(change) / max(area_m2(original), LEAST_AREA_M2)
    zh, en = (
        f"{batch.zh(index)}{reason_zh}，可修复，请预览修复结果",
        f"{batch.en(index)} {reason_en}; preview the repair",
    )
    if share > TOLD_SHARE:
        sign_zh, sign_en = ("增加", "more") if change > 0 else ("减少", "less")
        zh = f"{zh}：面积{sign_zh} {area_zh(abs(change))}"
        en = f"{en}: the area becomes {area_en(abs(change))} {sign_en}"
    number, place = batch.numbers[index], batch.place(index)
    batch.findings.add("invalid", Severity.REPAIR, place, zh, en, features=[number], lonlat=lonlat, area_m2=abs(change))


def _tell_hopeless(batch: Batch, index: int, lonlat: tuple[float, float] | None) -> None:
    zh, en = f"{batch.zh(index)}自相交过多，无法自动修复", f"{batch.en(index)} crosses itself too often to repair"
    number = batch.numbers[index]
    batch.findings.add(
        "crosses_too_often", Severity.REJECT, batch.place(index), zh, en, features=[number], lonlat=lonlat
    )
    batch.usable[index] = False


def reason(geometry: Any) -> tuple[str, str, tuple[float, float] | None]:
    """What is wrong with an outline, in both languages, and where."""
    match = _REASON.match(shapely.is_valid_reason(geometry))
    if match is None:
        return "图形无效", "is not valid", None
    zh, en = _REASONS.get(match["reason"], ("图形无效", f"is not valid: {match['reason']}"))
    return zh, en, (float(match["x"]), float(match["y"])) if match["x"] else None


def make_valid(geometry: Any) -> Any:
    """The areal parts of the geometry made valid; nothing is lost but lines and points. Perhaps empty."""
    made = shapely.get_parts(shapely.make_valid(geometry, method="structure", keep_collapsed=False))
    polygons = [part for part in shapely.get_parts(made) if part.geom_type == "Polygon"]
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
