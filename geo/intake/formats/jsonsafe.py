"""JSON from strangers: how deep it goes is known before it is parsed, no key comes twice, big numbers stay exact."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import numpy as np
import numpy.typing as npt

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_OPEN_BRACE, _OPEN_BRACKET, _CLOSE_BRACE, _CLOSE_BRACKET = b"{[}]"
_EXACT_DIGITS = 18


class JsonError(ValueError):
    """No JSON. line: where, from 1; None: not known."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


class TooDeep(JsonError):
    """Deeper than allowed. feature: the number of the GeoJSON feature it lies in, from 1."""

    def __init__(self, feature: int) -> None:
        super().__init__("nested too deep")
        self.feature = feature


class DuplicateKey(JsonError):
    """An object says one thing twice."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the key {key[:60]!r} comes twice")
        self.key = key[:60]


def loads(content: bytes, max_depth: int) -> Any:
    """The value. NaN and Infinity, which JSON does not have, become nan; a number too large for a float becomes inf.

    Integers of more than 18 digits stay text. Raises JsonError, TooDeep, DuplicateKey.
    """
    check_depth(content, max_depth)
    try:
        return json.loads(
            content.decode("utf-8"),
            parse_constant=lambda _: math.nan,
            parse_int=lambda digits: int(digits) if len(digits) <= _EXACT_DIGITS else digits,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise JsonError(error.msg, error.lineno) from error
    except UnicodeDecodeError as error:
        raise JsonError("not UTF-8", content.count(b"\n", 0, error.start) + 1) from error
    except RecursionError as error:
        raise JsonError("nested too deep") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        raise DuplicateKey(next(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]
    return made


def check_depth(content: bytes, max_depth: int) -> None:
    """Raises TooDeep for JSON that nests deeper; whether it is JSON at all is not looked at."""
    letters = np.frombuffer(_STRING.sub(b"", content), dtype=np.uint8)
    is_open = (letters == _OPEN_BRACE) | (letters == _OPEN_BRACKET)
    is_close = (letters == _CLOSE_BRACE) | (letters == _CLOSE_BRACKET)
    brackets = letters[is_open | is_close]
    steps = np.where((brackets == _OPEN_BRACE) | (brackets == _OPEN_BRACKET), 1, -1)
    depths = np.cumsum(steps)
    too_deep = depths > max_depth
    if too_deep.any():
        raise TooDeep(_feature_at(brackets, depths, int(np.argmax(too_deep))))


def _feature_at(brackets: npt.NDArray[np.uint8], depths: npt.NDArray[np.int64], end: int) -> int:
    """The number of the feature at a bracket: of the objects in the array that lies directly in the root object."""
    number, in_array = 0, False
    opened = np.flatnonzero(np.diff(depths[: end + 1], prepend=0) > 0)
    for index in opened[depths[opened] <= 3]:
        if depths[index] == 2:
            in_array, number = brackets[index] == _OPEN_BRACKET, 0
        elif depths[index] == 3 and in_array and brackets[index] == _OPEN_BRACE:
            number += 1
    return max(number, 1)
