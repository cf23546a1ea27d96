"""Where features lie: in the park or county they belong to, and as large as they are said to be."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from domain.boundaries import Severity
from domain.words import AreaKind, vocabulary
from geo.intake.checks.batch import Batch, area_m2
from geo.intake.checks.slivers import NOISE_M, overlap_widths
from geo.intake.words import area_en, area_zh, shown
from geo.measures import areal_parts, representative_point
from geo.units import ha_to_m2, m2_to_ha

TOLD_SHARE = 0.10
"""An area that differs more from the stated one is told."""
_KINDS_EN = {zh: en.lower() for zh, en in vocabulary(AreaKind).values()}


def check_parents(batch: Batch) -> None:
    """Tells features that reach out of what they belong to, and rejects those that do not even touch it, unless
    nobody surveyed its outline."""
    belongs: dict[str, list[int]] = {}
    for index in batch.usable_indices().tolist():
        parent = batch.parents.get(batch.codes[index])
        if parent in batch.known.parents:
            belongs.setdefault(str(parent), []).append(index)
    for parent, indices in belongs.items():
        name, shape = batch.known.parents[parent]
        outline: Any = shape
        shapely.prepare(outline)
        members = np.array(indices)
        for index in members[~shapely.covers(outline, batch.geometry[members])].tolist():
            _tell_outside(batch, index, name, outline, is_rough=parent in batch.known.rough)


def _tell_outside(batch: Batch, index: int, name: str, outline: Any, *, is_rough: bool) -> None:
    geometry = batch.geometry[index]
    is_apart = not shapely.intersects(outline, geometry)
    outside = geometry if is_apart else areal_parts(shapely.difference(geometry, outline))
    size = area_m2(outside)
    if is_apart:
        zh, en = f"{batch.zh(index)}与所属的{shown(name)}不相接", f"{batch.en(index)} does not touch {shown(name)}"
        lonlat = batch.look_at(index)
        _tell(batch, Severity.WARNING if is_rough else Severity.REJECT, index, zh, en, lonlat, size)
        return
    middle = batch.look_at(index) or (0.0, 0.0)
    _, is_narrow = overlap_widths(np.array([outside]), batch.limits.sliver_m, middle)
    if outside.is_empty or is_narrow[0] or size < NOISE_M:
        return
    share = size / area_m2(geometry)
    zh = f"{batch.zh(index)}有 {area_zh(size)} 超出所属的{shown(name)}，占 {share:.1%}"
    en = f"{area_en(size)} of {batch.en(index)} lie outside {shown(name)}, {share:.1%} of it"
    _tell(batch, Severity.WARNING, index, zh, en, representative_point(outside), size)


def _tell(
    batch: Batch, severity: Severity, index: int, zh: str, en: str, lonlat: tuple[float, float] | None, size: float
) -> None:
    number, place = batch.numbers[index], batch.place(index)
    batch.findings.add("outside_parent", severity, place, zh, en, features=[number], lonlat=lonlat, area_m2=size)


def check_stated_areas(batch: Batch) -> None:
    """Tells areas that differ from the approved or planned ones."""
    for index in batch.usable_indices().tolist():
        stated = batch.known.stated_area_ha.get(batch.codes[index])
        if stated is None or not stated[1] > 0:
            continue
        kind, stated_ha = stated
        measured_ha = m2_to_ha(area_m2(batch.geometry[index]))
        share = measured_ha / stated_ha - 1
        kind_en = _KINDS_EN.get(kind, "the stated area")
        if abs(share) <= TOLD_SHARE:
            continue
        signed = f"{share:+.1%}".replace("-", "−")
        zh = f"{batch.zh(index)}量得 {measured_ha:,.2f} 公顷，{shown(kind)} {stated_ha:,.2f} 公顷，相差 {signed}"
        en = f"{batch.en(index)} measures {measured_ha:,.2f} ha, {kind_en} {stated_ha:,.2f} ha: {signed}"
        difference = abs(ha_to_m2(measured_ha - stated_ha))
        batch.findings.add(
            "area_differs",
            Severity.WARNING,
            batch.place(index),
            zh,
            en,
            features=[batch.numbers[index]],
            lonlat=batch.look_at(index),
            area_m2=difference,
        )
