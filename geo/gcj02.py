"""GCJ-02 (火星坐标, the shifted datum of Chinese commercial maps) ↔ WGS 84.

The official algorithm is secret. This is the unofficial approximation that has been published many times over; it
agrees with the shift of the public maps to a few metres at best, and is good for display and for reading a source
recorded as GCJ-02, not for surveying. Stored data are never shifted.
Inside China the shift is some hundred metres (about 620 m at Yingtan); outside the rectangle below it is zero.
"""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

SEMI_MAJOR_AXIS_M = 6_378_245.0  # Krassovsky 1940
ECCENTRICITY_SQUARED = 0.00669342162296594323
SHIFTED = (72.004, 0.8293, 137.8347, 55.8271)  # west, south, east, north
INVERSE_TOLERANCE_DEGREES = 1e-10  # 0.01 mm
INVERSE_STEPS = 20


def wgs84_to_gcj02(longitude: float, latitude: float) -> tuple[float, float]:
    """One point, degrees, WGS 84 (or CGCS2000) → GCJ-02.

    >>> longitude, latitude = wgs84_to_gcj02(116.377817, 39.911954)
    >>> round(longitude, 6), round(latitude, 6)
    (116.384047, 39.913345)
    """
    shifted = shift(np.array([[longitude, latitude]]))[0]
    return (float(shifted[0]), float(shifted[1]))


def gcj02_to_wgs84(longitude: float, latitude: float) -> tuple[float, float]:
    """One point, degrees, GCJ-02 → WGS 84, by iteration; out and back differs by less than 1 mm.

    >>> longitude, latitude = gcj02_to_wgs84(*wgs84_to_gcj02(117.07, 28.26))
    >>> round(longitude, 8), round(latitude, 8)
    (117.07, 28.26)
    """
    back = unshift(np.array([[longitude, latitude]]))[0]
    return (float(back[0]), float(back[1]))


def geometry_to_gcj02(geometry: BaseGeometry) -> BaseGeometry:
    """A geometry of any type, WGS 84 → GCJ-02: for display over a shifted base map only."""
    return shapely.transform(geometry, shift)


def geometry_to_wgs84(geometry: BaseGeometry) -> BaseGeometry:
    """A geometry of any type, GCJ-02 → WGS 84. Equal vertices stay equal, so shared borders stay shared."""
    return shapely.transform(geometry, unshift)


def shift(lonlat: np.ndarray) -> np.ndarray:
    """WGS 84 → GCJ-02, shape (n, 2) to shape (n, 2), degrees."""
    longitude, latitude = lonlat[:, 0], lonlat[:, 1]
    x, y = longitude - 105.0, latitude - 35.0
    root = np.sqrt(np.abs(x))
    ripple = (20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)) * 2.0 / 3.0
    north = (
        -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
        + (20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi / 3.0 * y)) * 2.0 / 3.0
        + (160.0 * np.sin(np.pi / 12.0 * y) + 320.0 * np.sin(np.pi / 30.0 * y)) * 2.0 / 3.0
    )  # fmt: skip
    east = (
        300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
        + (20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi / 3.0 * x)) * 2.0 / 3.0
        + (150.0 * np.sin(np.pi / 12.0 * x) + 300.0 * np.sin(np.pi / 30.0 * x)) * 2.0 / 3.0
    )  # fmt: skip
    phi = np.radians(latitude)
    w = 1.0 - ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    meridian_radius_m = SEMI_MAJOR_AXIS_M * (1.0 - ECCENTRICITY_SQUARED) / w**1.5
    parallel_radius_m = SEMI_MAJOR_AXIS_M / np.sqrt(w) * np.cos(phi)
    moved = np.column_stack(
        (longitude + np.degrees(east / parallel_radius_m), latitude + np.degrees(north / meridian_radius_m))
    )
    west, south, last_east, last_north = SHIFTED
    is_shifted = (longitude >= west) & (longitude <= last_east) & (latitude >= south) & (latitude <= last_north)
    return np.where(is_shifted[:, None], moved, lonlat)


def unshift(lonlat: np.ndarray) -> np.ndarray:
    """GCJ-02 → WGS 84, shape (n, 2) to shape (n, 2), degrees.

    Fixed-point iteration: take off the shift at the present guess until it no longer moves. Each row's result depends
    on that row alone.
    """
    guess = np.asarray(lonlat, dtype=float)
    for _ in range(INVERSE_STEPS):
        correction = shift(guess) - lonlat
        is_open = np.abs(correction).max(axis=1) > INVERSE_TOLERANCE_DEGREES
        if not is_open.any():
            break
        guess = np.where(is_open[:, None], guess - correction, guess)
    return guess
