"""Errors of the geometry layer. All are ValueErrors: the geometry handed in is at fault.

GeoError
├── CrsError          an unknown CRS, or layers in different ones
├── CoordinateError   a coordinate that is not finite or lies outside its range
├── GeometryError     a geometry of the wrong type, or one the rule cannot work on
└── CountySourceError the county source or its cache is missing a part or damaged
"""


class GeoError(ValueError):
    """Root of the geometry layer's errors."""


class CrsError(GeoError):
    """An unknown CRS, or layers in different ones."""


class CoordinateError(GeoError):
    """A coordinate that is not finite or lies outside its range.

    x, y: the coordinate as it was met. index: its position in the geometry, counted from 0.
    """

    def __init__(self, reason: str, *, x: float, y: float, index: int) -> None:
        super().__init__(f"{reason}: coordinate {index} is x={x!r}, y={y!r}")
        self.x = x
        self.y = y
        self.index = index


class GeometryError(GeoError):
    """A geometry of the wrong type, or one the rule cannot work on."""


class CountySourceError(GeoError):
    """The county source or its cache is missing a part or damaged."""
