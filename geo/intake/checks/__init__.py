"""What is wrong with features that have a place, and how they could be mended: all findings at once.

`run` works on the columns of a file; `review` does the same for features that were drawn or edited.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import shapely

from domain.boundaries import Finding, Severity
from geo.intake.checks import codes, shapes, surroundings, validity
from geo.intake.checks.batch import Batch
from geo.intake.checks.neighbours import Neighbours
from geo.intake.checks.numbers import finite, in_china
from geo.intake.model import Feature, Geometries, Known, Limits
from geo.intake.words import Findings, Words

Tell = Callable[[str, float], None]
"""Told how far the work is: the stage (read, place, check, neighbours, surroundings) and its share done, 0 to 1."""


def run(batch: Batch, tell: Tell, *, has_codes: bool = True) -> None:
    """Every check in turn, the cheap ones first; what cannot be used leaves the ones after it.

    Afterwards the usable features are valid MultiPolygons. has_codes: False while nobody knows which column they are.
    """
    tell("check", 0.0)
    if has_codes:
        codes.check(batch)
    shapes.check_types(batch)
    shapes.check_vertices(batch)
    if not batch.usable.any():
        return
    shapes.check_area(batch)
    shapes.check_vertex_quality(batch)
    tell("check", 0.5)
    validity.check_and_repair(batch)
    if not batch.usable.any():
        return
    tell("neighbours", 0.0)
    Neighbours(batch).check()
    tell("surroundings", 0.0)
    surroundings.check_parents(batch)
    surroundings.check_stated_areas(batch)
    validity.normalise(batch)
    _check_again(batch)


def _check_again(batch: Batch) -> None:
    """What is handed on is valid: a repaired feature that is not would be our fault, and is told and left out."""
    repaired = np.array([index for index in batch.before if batch.usable[index]], dtype=np.intp)
    for index in repaired[~shapely.is_valid(batch.geometry[repaired])].tolist():
        zh, en = f"{batch.zh(index)}修复后仍无效", f"{batch.en(index)} is still not valid after the repair"
        number = batch.numbers[index]
        batch.findings.add("not_repaired", Severity.REJECT, batch.place(index), zh, en, features=[number])
        batch.usable[index] = False


def review(
    features: Sequence[Feature], known: Known, limits: Limits, *, noun: str = "feature"
) -> tuple[tuple[Finding, ...], tuple[Feature, ...]]:
    """Check features as a file's would be: what was found, and the features as they would be stored.

    features: with any geometry, EPSG:4490. Those that cannot be used are told and left out; a `before` handed in is
    kept. noun: what they are called, as in Words. An overlap with a feature this very call had to repair is a warning;
    call again with the result to be strict.
    """
    geometry: Geometries = np.empty(len(features), dtype=object)
    geometry[:] = [shapely.force_2d(feature.geometry) for feature in features]
    batch = Batch(
        geometry,
        [feature.number for feature in features],
        [feature.code for feature in features],
        [feature.name for feature in features],
        [feature.attributes for feature in features],
        Words(noun, len(features)),
        known,
        limits,
        Findings(),
        known.parent_of,
    )
    batch.before.update({i: feature.before for i, feature in enumerate(features) if feature.before is not None})
    batch.change_m2.update({i: feature.area_change_m2 for i, feature in enumerate(features) if feature.area_change_m2})
    batch.usable &= finite(batch.geometry, batch.numbers, batch.words, batch.findings)
    _leave_out_abroad(batch)
    run(batch, lambda stage, share: None)
    return batch.findings.all(), batch.features()


def _leave_out_abroad(batch: Batch) -> None:
    abroad = np.flatnonzero(
        batch.usable & ~shapely.is_empty(batch.geometry) & ~in_china(shapely.bounds(batch.geometry))
    )
    if len(abroad):
        numbers = batch.numbers_of(abroad)
        zh, en = f"{batch.words.zh(numbers)}在中国范围之外", f"{batch.words.place(numbers)} lies outside China"
        place = batch.words.everything_or(numbers)
        batch.findings.add("outside_china", Severity.REJECT, place, zh, en, features=numbers)
        batch.usable[abroad] = False
