"""How wide a text stands, before any font is known."""

from __future__ import annotations

import unicodedata

_NARROW_EMS = 0.56


def ems(text: str) -> float:
    """The width of a text in em: a Chinese character is one wide, a Latin letter about half.

    >>> ems("阴极铜"), round(ems("Cu-DHP"), 2), ems("")
    (3.0, 3.36, 0)
    """
    return sum(1.0 if unicodedata.east_asian_width(char) in "WF" else _NARROW_EMS for char in text)
