"""Capacities by node and place, added up from enterprises: what is known, what may be there besides."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from domain.gaps.inputs import Capacity
from domain.gaps.reach import Bools, Floats

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, eq=False)
class CapacityTable:
    """All arrays (nodes, places).

    known: 亿元, reported and estimated; unknown counts as 0. upper: 亿元 that the unknown ones may have at most, inf
    where one has no bound, 0 where none is unknown. is_unknown: an enterprise of unknown capacity stands there.
    present: an enterprise stands there, with a capacity above 0 or an unknown one.
    """

    known: Floats
    upper: Floats
    is_unknown: Bools
    present: Bools

    @classmethod
    def from_codes(
        cls,
        node: npt.NDArray[np.integer],
        place: npt.NDArray[np.integer],
        value_yi_yuan: Floats,
        shape: tuple[int, int],
        *,
        is_unknown: Bools | None = None,
        upper_yi_yuan: Floats | None = None,
    ) -> CapacityTable:
        """Add up one entry an enterprise. shape: (nodes, places). The value of an unknown one is not used.
        upper_yi_yuan: inf = no bound; None = none has one.

        >>> table = CapacityTable.from_codes(np.array([0, 0]), np.array([1, 1]), np.array([2.0, 3.0]), (1, 2))
        >>> table.known.tolist(), table.present.tolist()
        ([[0.0, 5.0]], [[False, True]])
        """
        cell = node * np.intp(shape[1])
        cell += place
        size = shape[0] * shape[1]
        if is_unknown is None or not is_unknown.any():
            known = _added_up(cell, value_yi_yuan, shape)
            nothing = np.zeros(shape)
            return cls(known, nothing, np.zeros(shape, dtype=bool), known > 0)
        known = _added_up(cell, np.where(is_unknown, 0.0, value_yi_yuan), shape)
        open_cell = cell[is_unknown]
        bound = np.full(len(open_cell), np.inf) if upper_yi_yuan is None else upper_yi_yuan[is_unknown]
        upper = _added_up(open_cell, bound, shape)
        unknown = np.bincount(open_cell, minlength=size).reshape(shape) > 0
        return cls(known, upper, unknown, (known > 0) | unknown)

    @classmethod
    def from_rows(
        cls, rows: Iterable[Capacity], node_index: Mapping[str, int], place_index: Mapping[str, int], node_count: int
    ) -> CapacityTable:
        """Add up rows; their order makes no difference.

        Raises ValueError for an unknown node or place, a negative or infinite number, a known capacity without one.
        """
        ordered = sorted(rows, key=lambda row: (row.place, row.node, row.enterprise, amount(row)))
        for row in ordered:
            if row.node not in node_index or row.place not in place_index:
                raise ValueError(f"a capacity names an unknown node or place: {row.node}, {row.place}")
        return cls.from_codes(
            np.array([node_index[row.node] for row in ordered], dtype=np.intp),
            np.array([place_index[row.place] for row in ordered], dtype=np.intp),
            np.array([0.0 if row.is_unknown else amount(row) for row in ordered]),
            (node_count, len(place_index)),
            is_unknown=np.array([row.is_unknown for row in ordered], dtype=bool),
            upper_yi_yuan=np.array([amount(row) if row.is_unknown else 0.0 for row in ordered]),
        )

    def with_cells(self, cells: Iterable[tuple[int, int, Sequence[Capacity]]]) -> CapacityTable:
        """The table with some (node, place) added up anew from all rows that now stand there."""
        arrays: dict[str, Any] = dict(vars(self))
        for node, place, rows in cells:
            one = CapacityTable.from_rows(
                rows, {row.node: 0 for row in rows}, {row.place: 0 for row in rows} or {"": 0}, 1
            )
            for name, cell in vars(one).items():
                arrays[name] = with_value(arrays[name], (node, place), cell[0, 0], getattr(self, name))
        return CapacityTable(**arrays)

    def with_landings(self, landings: Iterable[tuple[int, int, float]]) -> CapacityTable:
        """The table with (node, place, 亿元) added."""
        result = self._copied()
        for node, place, value in landings:
            result.known[node, place] += value
            result.present[node, place] |= value > 0
        return result

    def _copied(self) -> CapacityTable:
        return CapacityTable(self.known.copy(), self.upper.copy(), self.is_unknown.copy(), self.present.copy())

    def highest(self, nodes: npt.NDArray[np.intp]) -> Floats:
        """What may be there at most, 亿元: known and the upper bounds of the unknown."""
        return self.known[nodes] + self.upper[nodes]

    def median(self, nodes: npt.NDArray[np.intp]) -> Floats:
        """The median of the places that have capacity at the node, all of it known; nan where no place has."""
        counts = (self.known[nodes] > 0) & ~self.is_unknown[nodes]
        return np.array(
            [
                np.median(row[counted]) if counted.any() else np.nan
                for row, counted in zip(self.known[nodes], counts, strict=True)
            ]
        )


def with_value(
    array: npt.NDArray[Scalar], cell: tuple[int, int], value: Scalar, original: npt.NDArray[Scalar]
) -> npt.NDArray[Scalar]:
    """The array with one cell set: the original itself is never changed, and not copied where the value is the same."""
    if array[cell] == value:
        return array
    result = array.copy() if array is original else array
    result[cell] = value
    return result


def _added_up(cell: npt.NDArray[np.integer], value: Floats, shape: tuple[int, int]) -> Floats:
    return np.asarray(np.bincount(cell, value, shape[0] * shape[1]), dtype=np.float64).reshape(shape)


def amount(row: Capacity) -> float:
    """The number that counts of a row, 亿元: its value, or the upper bound (inf without one) when it is unknown.

    Raises ValueError for a negative or infinite number, and for a known capacity without one.
    """
    number = row.upper_yi_yuan if row.is_unknown else row.value_yi_yuan
    if number is None and row.is_unknown:
        return math.inf
    if number is None or not (math.isfinite(number) and number >= 0):
        raise ValueError(f"a capacity out of range: {row.place}, {row.node}: {number}")
    return number
