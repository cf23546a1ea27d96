"""BD-09 (the datum of Baidu's maps): GCJ-02 turned and moved once more. As unofficial as `geo.gcj02`, and as exact."""

import numpy as np

from geo import gcj02

_TURN = np.pi * 3000.0 / 180.0
_EAST, _NORTH = 0.0065, 0.006


def shift(lonlat: np.ndarray) -> np.ndarray:
    """WGS 84 → BD-09, shape (n, 2) to shape (n, 2), degrees.

    >>> [round(float(value), 6) for value in shift(np.array([[116.404, 39.915]]))[0]]
    [116.416627, 39.9227]
    """
    return _from_gcj02(gcj02.shift(lonlat))


def unshift(lonlat: np.ndarray) -> np.ndarray:
    """BD-09 → WGS 84, shape (n, 2) to shape (n, 2), degrees; out and back differs by less than 1 mm."""
    moved = np.asarray(lonlat, dtype=float)
    guess = moved - (_EAST, _NORTH)
    for _ in range(gcj02.INVERSE_STEPS):
        correction = _from_gcj02(guess) - moved
        guess = guess - correction
        if np.abs(correction).max(initial=0.0) < gcj02.INVERSE_TOLERANCE_DEGREES:
            break
    return gcj02.unshift(guess)


def _from_gcj02(lonlat: np.ndarray) -> np.ndarray:
    x, y = lonlat[:, 0], lonlat[:, 1]
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _TURN)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _TURN)
    return np.column_stack((radius * np.cos(angle) + _EAST, radius * np.sin(angle) + _NORTH))
