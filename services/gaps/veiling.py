"""What the public may see of what firms can make (docs/adr/0011): of each figure that no public source prints the class
of size, and a stand-in of that class in whatever is computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from domain.disclosure import size_class, stand_in
from domain.gaps.capacity import with_value
from domain.gaps.reach import Bools, Floats
from services.gaps.standing import Standing

Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Veil:
    """Arrays (nodes, places). is_secret: a known figure behind the capacity is unpublished. low, high: what the public
    is told of the known capacity, 亿元: published figures and classes of size added up."""

    is_secret: Bools
    low: Floats
    high: Floats

    @classmethod
    def over(cls, rows: Sequence[Standing], node: Codes, place: Codes, shape: tuple[int, int]) -> Veil:
        """node, place: of each row, by number."""
        bounds = np.array([_bounds(row) for row in rows]).reshape(-1, 2)
        secret = np.array([_is_secret(row) for row in rows], dtype=bool)
        veil = cls(np.zeros(shape, dtype=bool), np.zeros(shape), np.zeros(shape))
        veil.is_secret[node[secret], place[secret]] = True
        np.add.at(veil.low, (node, place), bounds[:, 0])
        np.add.at(veil.high, (node, place), bounds[:, 1])
        return veil

    def with_cell(self, cell: tuple[int, int], rows: Sequence[Standing], original: Veil) -> Veil:
        """With one (node, place) anew; arrays of the original are never changed."""
        nowhere = np.zeros(len(rows), dtype=np.intp)
        one = Veil.over(rows, nowhere, nowhere, (1, 1))
        return Veil(
            with_value(self.is_secret, cell, one.is_secret[0, 0], original.is_secret),
            with_value(self.low, cell, one.low[0, 0], original.low),
            with_value(self.high, cell, one.high[0, 0], original.high),
        )

    def range_yi_yuan(self, node: int, place: int) -> tuple[float, float]:
        return float(self.low[node, place]), float(self.high[node, place])


def as_public(row: Standing) -> Standing:
    """The firm as the public computes with it: the stand-in of an unpublished capacity, the top of the class of what
    bounds an unpublished unknown one."""
    told = row.capacity
    if told.is_published:
        return row
    value, upper, unit = told.value_yi_yuan, told.upper_yi_yuan, told.unit_yi_yuan
    public = replace(
        told,
        value_yi_yuan=None if value is None else stand_in(value / unit) * unit,
        upper_yi_yuan=None if upper is None else size_class(upper / unit)[1] * unit,
    )
    return row._replace(capacity=public)


def _is_secret(row: Standing) -> bool:
    return row.capacity.value_yi_yuan is not None and not row.capacity.is_published


def _bounds(row: Standing) -> tuple[float, float]:
    """What the public is told of a known capacity, 亿元: itself twice, or its class of size where it is secret."""
    value, unit = row.capacity.value_yi_yuan or 0.0, row.capacity.unit_yi_yuan
    if not _is_secret(row):
        return (value, value)
    low, high = size_class(value / unit)
    return (low * unit, high * unit)
