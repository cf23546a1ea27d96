"""The formats boundary files come in: what a file is, is decided by its content and its ending together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np
import shapely

from domain.boundaries import Finding, Severity
from geo.intake.formats import base, kinds, zipped
from geo.intake.model import Limits, Options, Reading, Table


def read(path: Path, name: str, options: Options, limits: Limits) -> Reading:
    """What a file holds. path: where it is; name: what it was called, which tells its ending.

    Raises nothing that the file is at fault for: what cannot be read is a finding.
    """
    try:
        reading = _read(path, PurePosixPath(name).suffix.casefold(), options, limits)
    except base.Stop as stop:
        return Reading(None, stop.findings, layers=stop.layers)
    return _within_limits(_answered(reading, options), limits)


def _read(path: Path, ending: str, options: Options, limits: Limits) -> Reading:
    if ending != ".zip" and ending not in kinds.READERS:
        raise base.Stop(kinds.unknown_ending(ending))
    content = path.read_bytes()
    kinds.check_content(content, ending, "file")
    if ending == ".zip":
        return zipped.read(content, options, limits)
    return kinds.READERS[ending](content, options, limits)


def _answered(reading: Reading, options: Options) -> Reading:
    """Without the mark that the file names no coordinate system, where the person named one."""
    if options.crs is None:
        return reading
    findings = tuple(finding for finding in reading.findings if finding.code not in base.NO_CRS)
    return replace(reading, findings=findings)


def _within_limits(reading: Reading, limits: Limits) -> Reading:
    """Without the table where it is too large for anyone to look at."""
    if reading.table is None:
        return reading
    too_many = _count_findings(reading.table, limits)
    if too_many:
        return _told(reading, None, [*reading.findings, *too_many])
    table, about_values = base.check_values(reading.table, limits)
    return _told(reading, table, [*reading.findings, *about_values])


def _told(reading: Reading, table: Table | None, findings: list[Finding]) -> Reading:
    ordered = sorted(findings, key=lambda finding: finding.severity != Severity.REJECT)
    return Reading(table, tuple(ordered), reading.crs, reading.encoding, reading.layers, reading.source_layer)


def _count_findings(table: Table, limits: Limits) -> list[Finding]:
    count = len(table.rows)
    if count == 0:
        return [base.reject("no_features", "file", "文件中没有要素", "the file holds no features")]
    if count > limits.features:
        zh, en = f"要素数超过上限（{count} > {limits.features}）", f"too many features ({count} > {limits.features})"
        return [base.reject("too_many_features", "file", zh, en)]
    vertices = shapely.get_num_coordinates(table.geometry)
    findings = []
    for index in np.flatnonzero(vertices > limits.feature_vertices):
        row, held = table.rows[index], int(vertices[index])
        zh = f"{base.nth_zh(table.noun, row)}顶点数超过上限（{held} > {limits.feature_vertices}）"
        en = f"{table.noun} {row} has too many vertices ({held} > {limits.feature_vertices})"
        findings.append(base.reject("too_many_vertices", f"{table.noun} {row}", zh, en, [row]))
    total = int(vertices.sum())
    if not findings and total > limits.file_vertices:
        zh, en = (
            f"顶点总数超过上限（{total} > {limits.file_vertices}）",
            f"too many vertices ({total} > {limits.file_vertices})",
        )
        findings.append(base.reject("too_many_vertices", "file", zh, en))
    return list(base.few(findings))
