"""What the public may see of what one firm alone can make: the class of size, never the figure.

Where a single firm with an unpublished capacity stands behind a node at a place, everything public is computed from a
stand-in of its class. So no public answer, what-if included, tells more of it than the class does.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

SMALLEST_YI_YUAN = 0.001
_STEPS = (1.0, 2.0, 5.0, 10.0)
_STAND_INS = (1.5, 3.0, 7.0)


def size_class(value_yi_yuan: float) -> tuple[float, float]:
    """The class of size (lower ≤ value < upper), 亿元, in steps of 1, 2, 5, 10. Raises ValueError below 0.

    >>> size_class(600.0), size_class(0.0), size_class(2.0)
    ((500.0, 1000.0), (0.0, 0.001), (2.0, 5.0))
    """
    if value_yi_yuan < 0:
        raise ValueError(f"a capacity below 0: {value_yi_yuan}")
    if value_yi_yuan < SMALLEST_YI_YUAN:
        return (0.0, SMALLEST_YI_YUAN)
    step, power = _step_of(value_yi_yuan)
    return (_scaled(_STEPS[step], power), _scaled(_STEPS[step + 1], power))


def stand_in(value_yi_yuan: float) -> float:
    """The figure that stands for the value in everything public, 亿元: the same for all values of a class; 0 for what
    is too small to count.

    >>> stand_in(600.0), stand_in(999.9), stand_in(0.0005)
    (700.0, 700.0, 0.0)
    """
    if size_class(value_yi_yuan)[0] == 0:
        return 0.0
    step, power = _step_of(value_yi_yuan)
    return _scaled(_STAND_INS[step], power)


def stand_ins(values_yi_yuan: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """`stand_in` of each value; the shape is kept.

    >>> stand_ins(np.array([3.0, 0.4])).tolist()
    [3.0, 0.3]
    """
    classes, position = np.unique(values_yi_yuan, return_inverse=True)
    return np.array([stand_in(float(value)) for value in classes])[position].reshape(values_yi_yuan.shape)


def _step_of(value: float) -> tuple[int, int]:
    power = math.floor(math.log10(value))
    while _scaled(10.0, power) <= value:
        power += 1
    while _scaled(1.0, power) > value:
        power -= 1
    return max(step for step in range(3) if _scaled(_STEPS[step], power) <= value), power


def _scaled(digit: float, power: int) -> float:
    """digit × 10^power without the noise of a float power."""
    return float(digit * 10**power if power >= 0 else digit / 10**-power)
