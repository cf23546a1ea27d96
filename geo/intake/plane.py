"""A flat plane in metres around a place: good for widths of centimetres, not for areas that are told."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

_SEMI_MAJOR_AXIS_M = 6_378_137.0  # GRS80
_ECCENTRICITY_SQUARED = 0.006694380022900787


def metres_per_degree(latitude: float) -> npt.NDArray[np.float64]:
    """(2,): ground metres of one degree of longitude and of latitude there, GRS80.

    >>> [round(float(metres)) for metres in metres_per_degree(28.26)]
    [98125, 110824]
    """
    phi = np.radians(latitude)
    w = 1.0 - _ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    east = _SEMI_MAJOR_AXIS_M / np.sqrt(w) * np.cos(phi)
    north = _SEMI_MAJOR_AXIS_M * (1.0 - _ECCENTRICITY_SQUARED) / w**1.5
    return np.asarray(np.radians(np.array([east, north])))


def to_plane(geometry: Any, origin: tuple[float, float]) -> Any:
    """Degrees → metres east and north of the origin; arrays of geometries too. Exact enough within some kilometres."""
    scale = metres_per_degree(origin[1])
    return shapely.transform(geometry, lambda lonlat: (lonlat - origin) * scale)


def to_lonlat(geometry: Any, origin: tuple[float, float]) -> Any:
    """Back again."""
    scale = metres_per_degree(origin[1])
    return shapely.transform(geometry, lambda metres: metres / scale + origin)
