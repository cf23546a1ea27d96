"""What goes into the reading of a boundary file and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from domain.boundaries import Finding, Layer, Verdict, verdict_of

Geometries = npt.NDArray[np.object_]
"""(features,), shapely geometries, two-dimensional; none is None."""
Value = str | int | float | None


@dataclass(frozen=True)
class Limits:
    """What a file may be at most (DESIGN section 7); settings fill it in."""

    upload_bytes: int = 50_000_000
    unpacked_bytes: int = 200_000_000
    ratio: float = 100.0
    ratio_from_bytes: int = 10_000_000
    members: int = 200
    features: int = 50_000
    feature_vertices: int = 20_000
    file_vertices: int = 2_000_000
    attribute_bytes: int = 64_000
    ring_self_crossings: int = 100
    json_depth: int = 32
    geometry_depth: int = 8
    sliver_m: float = 0.5
    child_s: float = 60.0
    repair_s: float = 10.0
    child_bytes: int = 1_610_612_736


@dataclass(frozen=True)
class Options:
    """What the person said. crs: "EPSG:4527", or "GCJ-02" / "BD-09" for shifted degrees; None: as the file says.
    columns: field → column (fields: code, name, and more by layer). Nothing here confirms a repair: repairs are always
    worked out and told; storing them is the caller's."""

    layer: Layer
    crs: str | None = None
    encoding: str | None = None
    source_layer: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """What is known around the file, EPSG:4490: what it is checked against.

    published: code → (name, geometry) of the layer as it stands now. parents: place code → (name, geometry), the parks
    (for zones and plots) or the counties (for parks) things should lie in. stated_area_ha: code → (what kind of area,
    hectares) for the check of areas. province: the box (west, south, east, north) of the province, degrees.
    names: what the things of the layer are called → code, also of those without an outline. park_words: what people
    write for a park or a zone → its code. rough: those parents whose outline nobody surveyed.
    """

    published: Mapping[str, tuple[str, object]] = field(default_factory=dict)
    parents: Mapping[str, tuple[str, object]] = field(default_factory=dict)
    parent_of: Mapping[str, str] = field(default_factory=dict)
    stated_area_ha: Mapping[str, tuple[str, float]] = field(default_factory=dict)
    province: tuple[float, float, float, float] = (113.4, 24.3, 118.7, 30.2)
    prefecture_lonlat: tuple[float, float] = (117.07, 28.26)
    names: Mapping[str, str] = field(default_factory=dict)
    park_words: Mapping[str, str] = field(default_factory=dict)
    rough: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Table:
    """What a file holds, row for row. geometry: in the file's coordinates. rows: the number each feature has in its
    file, from 1. noun: how people count there: feature, row, record, entity, plot."""

    geometry: Geometries
    columns: Mapping[str, list[Value]]
    rows: tuple[int, ...]
    noun: str = "feature"


@dataclass(frozen=True)
class Reading:
    """What a format gives. table: None where a finding forbids or a question must be answered first. crs: as the file
    states it, "EPSG:4490"; None: it says nothing or nothing that can be read. layers: those the file has, by name."""

    table: Table | None
    findings: tuple[Finding, ...] = ()
    crs: str | None = None
    encoding: str | None = None
    layers: tuple[str, ...] = ()
    source_layer: str | None = None


@dataclass(frozen=True)
class Feature:
    """A feature as it would be stored. geometry: MultiPolygon, EPSG:4490, valid. before: the same as the file had it,
    where a repair changed it (perhaps not valid); area_change_m2: what the repair adds or takes."""

    number: int
    code: str
    name: str
    geometry: object
    attributes: Mapping[str, Value] = field(default_factory=dict)
    before: object | None = None
    area_change_m2: float = 0.0


@dataclass(frozen=True)
class Intake:
    """A file as it was understood. features: in the order of the file; empty where it cannot be told what they are.
    columns: every column of the file; used: field → column. crs: what the coordinates were taken to be in."""

    findings: tuple[Finding, ...]
    features: tuple[Feature, ...] = ()
    crs: str | None = None
    encoding: str | None = None
    layers: tuple[str, ...] = ()
    source_layer: str | None = None
    columns: tuple[str, ...] = ()
    used: Mapping[str, str] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        return verdict_of(self.findings)
