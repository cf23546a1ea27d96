"""A file understood: read, its columns found, placed, checked, its repairs worked out. Runs in the child process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from domain.boundaries import Finding, Severity
from geo.intake import fields, formats
from geo.intake.checks import Tell, run
from geo.intake.checks.batch import Batch
from geo.intake.formats.base import NO_CRS
from geo.intake.model import Intake, Known, Limits, Options, Reading, Table
from geo.intake.placing import Placing
from geo.intake.proposals import epsg, is_degrees
from geo.intake.words import Findings, Words


def understand(path: Path, name: str, options: Options, known: Known, limits: Limits, tell: Tell) -> Intake:
    """All that is found in a file, and its features as they would be stored.

    path: a copy nobody else uses. name: as the person calls it; its ending says the format.
    """
    tell("read", 0.0)
    reading = formats.read(path, name, options, limits)
    return understand_reading(reading, options, known, limits, tell)


def understand_reading(reading: Reading, options: Options, known: Known, limits: Limits, tell: Tell) -> Intake:
    """As `understand`, of what a format gave. The geometries of its table are moved and repaired where they stand."""
    missing = next((finding for finding in reading.findings if finding.code in NO_CRS), None)
    findings = Findings([finding for finding in reading.findings if finding is not missing])
    intake = Intake((), (), options.crs or reading.crs, reading.encoding, reading.layers, reading.source_layer)
    table = reading.table
    if table is None:  # what was found already decides, or has to be answered first
        return replace(intake, findings=reading.findings)
    if len(table.rows) == 0:
        findings.add("no_features", Severity.REJECT, "file", "文件中没有要素", "the file holds no features")
        return replace(intake, findings=findings.all())
    columns = tuple(table.columns)
    used = fields.choose(table, options, findings)
    intake = replace(intake, columns=columns, used=used)
    if len(table.rows) > limits.features:
        zh = f"要素数量 {len(table.rows):,} 超过上限 {limits.features:,}"
        en = f"the file has too many features: {len(table.rows):,}, at most {limits.features:,}"
        findings.add("too_many_features", Severity.REJECT, "file", zh, en)
        return replace(intake, findings=findings.all())
    batch = _batch(table, used, known, limits, findings)
    tell("place", 0.0)
    crs = _place(batch, reading, options, missing)
    if crs is not None:
        batch.grid = None if is_degrees(crs) else epsg(crs)
        run(batch, tell, has_codes=fields.CODE in used)
    features = batch.features() if crs is not None else ()
    return replace(intake, findings=_once(findings.all()), features=features, crs=crs or intake.crs)


def _batch(table: Table, used: dict[str, str], known: Known, limits: Limits, findings: Findings) -> Batch:
    codes = fields.codes_of(table, used, known)
    parents = dict(known.parent_of)
    stated = fields.parks_of(table, used, known, findings)
    parents.update({code: park for code, park in zip(codes, stated, strict=True) if park and park in known.parents})
    if fields.CODE not in used:
        known = replace(known, published={})  # what replaces what cannot be told yet
    return Batch(
        table.geometry,
        table.rows,
        codes,
        fields.texts(table, used.get(fields.NAME)),
        fields.Rows(table),
        Words(table.noun, len(table.rows)),
        known,
        limits,
        findings,
        parents,
    )


def _place(batch: Batch, reading: Reading, options: Options, missing: Finding | None) -> str | None:
    placing = Placing(
        batch.geometry,
        batch.usable,
        batch.numbers,
        batch.codes,
        reading.crs,
        options.crs,
        missing,
        batch.known,
        batch.words,
        batch.findings,
    )
    crs = placing.place()
    batch.usable = np.asarray(placing.usable)
    return crs


def _once(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """A format and a check may tell the same."""
    return tuple(dict.fromkeys(findings))
