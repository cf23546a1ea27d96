"""What the public may see of a capacity that no public source prints: the class of size, never the figure.

Everything public is computed from a stand-in of the class. So no public answer, what-if included, tells more of it than
the class does.
"""

from __future__ import annotations

from bisect import bisect_right

_POWERS = range(-3, 300)  # of ten; what is below 0.001 亿元 is too small to count
_STEPS = (1, 2, 5)
_STAND_INS = (1.5, 3.0, 7.0)


def size_class(value_yi_yuan: float) -> tuple[float, float]:
    """The class of size (lower ≤ value < upper), 亿元, in steps of 1, 2, 5, 10. Raises ValueError below 0.

    >>> size_class(600.0), size_class(0.0), size_class(2.0)
    ((500.0, 1000.0), (0.0, 0.001), (2.0, 5.0))
    """
    at = _class_of(value_yi_yuan)
    return (_EDGES[at], _EDGES[at + 1])


def stand_in(value_yi_yuan: float) -> float:
    """The figure that stands for the value in everything public, 亿元: the same for all values of a class; 0 for what
    is too small to count.

    >>> stand_in(600.0), stand_in(999.9), stand_in(0.0005)
    (700.0, 700.0, 0.0)
    """
    return _FIGURES[_class_of(value_yi_yuan)]


def _class_of(value: float) -> int:
    if not 0 <= value < _EDGES[-1]:
        raise ValueError(f"a capacity below 0 or without end: {value}")
    return bisect_right(_EDGES, value) - 1


def _scaled(digit: float, power: int) -> float:
    """digit × 10^power without the noise of a float power."""
    return float(digit * 10**power if power >= 0 else digit / 10**-power)


_EDGES = [0.0, *(_scaled(step, power) for power in _POWERS for step in _STEPS)]
_FIGURES = [0.0, *(_scaled(figure, power) for power in _POWERS for figure in _STAND_INS)]
