"""What the checks work on: the features of a file as columns, EPSG:4490."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo.crs import GRS80
from geo.intake.model import Feature, Geometries, Known, Limits, Value
from geo.intake.words import Findings, Words

Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]
CHUNK = 5_000
"""So many features are worked on at once where a copy is made of them."""


@dataclass
class Batch:
    """The features of a file, column for column. Every check reads it; the repairs change `geometry`.

    geometry: (n,), degrees, EPSG:4490, longitude first. usable: (n,), False once a finding leaves no shape to check.
    doubtful: (n,), True where the outline is our repair of an invalid one. codes: "" where there is none.
    grid: EPSG code of the grid in which the file's edges are straight; None: they are straight in degrees.
    before: index → the geometry as it came, where a repair changed it.
    """

    geometry: Geometries
    numbers: Sequence[int]
    codes: Sequence[str]
    names: Sequence[str]
    attributes: Sequence[Mapping[str, Value]]
    words: Words
    known: Known
    limits: Limits
    findings: Findings = field(default_factory=Findings)
    parents: Mapping[str, str] = field(default_factory=dict)
    grid: int | None = None
    before: dict[int, Any] = field(default_factory=dict)
    change_m2: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.usable: Flags = np.ones(len(self.geometry), dtype=bool)
        self.doubtful: Flags = np.zeros(len(self.geometry), dtype=bool)

    def usable_indices(self) -> Indices:
        return np.flatnonzero(self.usable)

    def numbers_of(self, indices: npt.ArrayLike) -> list[int]:
        return [self.numbers[int(index)] for index in np.atleast_1d(np.asarray(indices, dtype=np.intp))]

    def zh(self, index: int) -> str:
        return self.words.named_zh(self.numbers[index], self.names[index])

    def en(self, index: int) -> str:
        return self.words.named_en(self.numbers[index], self.names[index])

    def place(self, index: int) -> str:
        return self.words.place([self.numbers[index]])

    def look_at(self, index: int) -> tuple[float, float] | None:
        """The middle of the box around a feature."""
        west, south, east, north = shapely.bounds(self.geometry[index])
        middle = ((west + east) / 2, (south + north) / 2)
        return middle if np.isfinite(middle).all() else None

    def replace(self, index: int, geometry: Any) -> float:
        """Put a repaired geometry in place of the one it mends. Returns the change of area against the original, m²."""
        original = self.before.setdefault(index, self.geometry[index])
        self.geometry[index] = geometry
        change = area_m2(geometry) - area_m2(original)
        self.change_m2[index] = change
        return change

    def features(self) -> tuple[Feature, ...]:
        """Those that have a valid outline, in the order of the file."""
        return tuple(
            Feature(
                self.numbers[index],
                self.codes[index],
                self.names[index],
                self.geometry[index],
                self.attributes[index],
                self.before.get(index),
                self.change_m2.get(index, 0.0),
            )
            for index in self.usable_indices().tolist()
        )


def area_m2(geometry: Any) -> float:
    """Ground area of a (Multi)Polygon, m²; the signed sum of its rings where it is not valid, at least 0."""
    if geometry is None or geometry.is_empty:
        return 0.0
    area, _ = GRS80.geometry_area_perimeter(shapely.orient_polygons(geometry))
    return abs(float(area))
