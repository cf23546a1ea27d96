"""Files made in tests: outlines in metres near Yingtan, read as if a format had read them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from domain.boundaries import Finding, Layer, Severity
from geo.intake.model import Intake, Known, Limits, Options, Reading, Table
from geo.intake.pipeline import understand_reading

GRID = "EPSG:4548"
"""CGCS2000, central meridian 117° E. At the meridian one metre of it is one metre on the ground."""
EAST, NORTH = 500_000.0, 3_127_000.0
GRS80 = (6_378_137.0, 298.257222101)
WGS84 = (6_378_137.0, 298.257223563)


def rectangle(x: float, y: float, width: float, height: float) -> BaseGeometry:
    """x, y: metres east and north of the corner all tests start from."""
    return shapely.box(EAST + x, NORTH + y, EAST + x + width, NORTH + y + height)


def ring(*corners: tuple[float, float]) -> BaseGeometry:
    return shapely.Polygon([(EAST + x, NORTH + y) for x, y in corners])


def take_in(
    shapes: Sequence[BaseGeometry],
    *,
    crs: str | None = GRID,
    chosen: str | None = None,
    columns: Mapping[str, list[Any]] | None = None,
    use: Mapping[str, str] | None = None,
    known: Known | None = None,
    limits: Limits | None = None,
    findings: tuple[Finding, ...] = (),
    noun: str = "feature",
) -> Intake:
    """What is understood of shapes with the codes P1, P2 … and the names 甲, 乙 …, unless columns are given."""
    geometry = np.empty(len(shapes), dtype=object)
    geometry[:] = shapes
    if columns is None:
        numbers = range(1, len(shapes) + 1)
        columns = {"code": [f"P{n}" for n in numbers], "name": [NAMES[(n - 1) % len(NAMES)] for n in numbers]}
    table = Table(geometry, columns, tuple(range(1, len(shapes) + 1)), noun)
    options = Options(Layer.PLOTS, chosen, columns=use or {})
    reading = Reading(table, findings, crs)
    return understand_reading(reading, options, known or Known(), limits or Limits(), lambda stage, share: None)


NAMES = "甲乙丙丁戊己庚辛壬癸"


def lonlat(shapes: Sequence[BaseGeometry]) -> list[Any]:
    """Shapes of the grid as they are stored: MultiPolygons, EPSG:4490."""
    intake = take_in(shapes)
    assert not [finding for finding in intake.findings if finding.severity is not Severity.WARNING]
    return [feature.geometry for feature in intake.features]


def told(intake: Intake) -> dict[str, Finding]:
    """The findings by code, the last of each; warnings about the province left out."""
    return {finding.code: finding for finding in intake.findings if finding.code != "outside_province"}


def transverse_mercator(
    longitude: float, latitude: float, meridian: float, *, ellipsoid: tuple[float, float] = GRS80, scale: float = 1.0
) -> tuple[float, float]:
    """Easting (500 km at the meridian) and northing by Krüger's series in n, written here apart from PROJ; metres."""
    semi_major, flattening = ellipsoid[0], 1 / ellipsoid[1]
    n = flattening / (2 - flattening)
    rectifying = semi_major / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    alphas = (
        n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16,
        13 * n**2 / 48 - 3 * n**3 / 5,
        61 * n**3 / 240,
    )
    eccentricity = 2 * math.sqrt(n) / (1 + n)
    sine = math.sin(math.radians(latitude))
    conformal = math.sinh(math.atanh(sine) - eccentricity * math.atanh(eccentricity * sine))
    away = math.radians(longitude - meridian)
    xi = math.atan2(conformal, math.cos(away))
    eta = math.atanh(math.sin(away) / math.hypot(1, conformal))
    east = eta + sum(a * math.cos(2 * j * xi) * math.sinh(2 * j * eta) for j, a in enumerate(alphas, 1))
    north = xi + sum(a * math.sin(2 * j * xi) * math.cosh(2 * j * eta) for j, a in enumerate(alphas, 1))
    return 500_000 + scale * rectifying * east, scale * rectifying * north


def web_mercator(longitude: float, latitude: float) -> tuple[float, float]:
    radius = GRS80[0]
    return radius * math.radians(longitude), radius * math.asinh(math.tan(math.radians(latitude)))
