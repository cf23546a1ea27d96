"""Who is in reach of whom: pairs of places in the order in which they trade, cut into waves that numpy takes at once.

The order is minutes, buyer code, supplier code. Two pairs of one wave share neither buyer nor supplier, and of two
pairs that share one the earlier stands in an earlier wave; so a wave can be settled in one step, and the result is the
same as pair by pair.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from domain.gaps.inputs import Radius

Ints = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Unsigned = TypeVar("Unsigned", np.uint8, np.uint16)


@dataclass(frozen=True, eq=False)
class Waves:
    """Pairs of different places sorted by wave. rank: position of the pair in the order of trade."""

    buyer: Ints
    supplier: Ints
    rank: Ints
    wave: Ints

    @cached_property
    def bounds(self) -> Ints:
        """Where each wave starts, and the end."""
        ends = [len(self.wave)] if len(self.wave) else []
        starts = np.flatnonzero(np.diff(self.wave, prepend=-1))
        return np.concatenate([starts, ends]).astype(np.intp)


@dataclass(frozen=True, eq=False)
class Around:
    """For each buyer place the places around it: supplier[start : start + count] by buyer."""

    supplier: Ints
    count: Ints

    def flags(self, values: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """values: (nodes, places), bits. The bits that any of the places around has; 0 where there are none."""
        return self._gathered(np.bitwise_or, values)

    def any(self, values: Bools) -> Bools:
        """values: (nodes, places). Does it hold at any of the places around?"""
        return self.flags(values.view(np.uint8)) > 0

    def count_of(self, values: Bools) -> npt.NDArray[np.uint16]:
        """values: (nodes, places). At how many of the places around does it hold?"""
        return self._gathered(np.add, values.astype(np.uint16))

    def _gathered(self, function: np.ufunc, values: npt.NDArray[Unsigned]) -> npt.NDArray[Unsigned]:
        """Eight bytes at a time: neither `or` nor counts below 65,536 carry over into the neighbouring node."""
        nodes, places = values.shape
        by_place = np.zeros((places, -(-nodes // 8) * 8), dtype=values.dtype)
        by_place[:, :nodes] = values.T
        result = np.zeros_like(by_place)
        some = np.flatnonzero(self.count)
        if len(some):
            starts = (np.cumsum(self.count) - self.count)[some]
            words = by_place.view(np.uint64).take(self.supplier, axis=0)
            result.view(np.uint64)[some] = function.reduceat(words, starts, axis=0)
        return np.ascontiguousarray(result[:, :nodes].T)


class PairTable:
    """All pairs of different places that may trade at all, in their order. minutes may be inf (belt only)."""

    def __init__(self, buyer: Ints, supplier: Ints, minutes: Floats, place_count: int) -> None:
        order = np.lexsort((supplier, buyer, minutes))
        self.buyer, self.supplier, self.minutes = buyer[order], supplier[order], minutes[order]
        self._place_count = place_count
        self._waves: dict[int, Waves] = {}
        self._around: dict[tuple[int, int], Around] = {}

    def _count_within(self, limit_min: float) -> int:
        """Pairs within the limit come first; none within 0, which means the place alone."""
        return int(np.searchsorted(self.minutes, limit_min, side="right")) if limit_min > 0 else 0

    @cached_property
    def _by_wave(self) -> tuple[Ints, Ints]:
        of_buyer, of_supplier = [0] * self._place_count, [0] * self._place_count
        wave = []
        for buyer, supplier in zip(self.buyer.tolist(), self.supplier.tolist(), strict=True):
            number = max(of_buyer[buyer], of_supplier[supplier]) + 1
            of_buyer[buyer] = of_supplier[supplier] = number
            wave.append(number)
        waves = np.array(wave, dtype=np.intp)
        return np.argsort(waves, kind="stable"), waves

    def waves(self, limit_min: float) -> Waves:
        """The pairs within the limit, remembered."""
        count = self._count_within(limit_min)
        if count not in self._waves:
            order, wave = self._by_wave
            rank = order[order < count]
            self._waves[count] = Waves(self.buyer[rank], self.supplier[rank], rank, wave[rank])
        return self._waves[count]

    def around(self, limit_min: float) -> Around:
        """The places within the limit, each place itself among its own."""
        return self._ring(0, self._count_within(limit_min), with_self=True)

    def beyond(self, limit_min: float, outer_min: float) -> Around:
        """The places farther than the limit and not beyond the outer one."""
        return self._ring(self._count_within(limit_min), self._count_within(outer_min), with_self=False)

    def _ring(self, first: int, last: int, *, with_self: bool) -> Around:
        key = (-1 if with_self else first, last)
        if key not in self._around:
            own = np.arange(self._place_count if with_self else 0)
            buyer = np.concatenate([own, self.buyer[first:last]])
            supplier = np.concatenate([own, self.supplier[first:last]])
            order = np.argsort(buyer, kind="stable")
            self._around[key] = Around(supplier[order], np.bincount(buyer, minlength=self._place_count))
        return self._around[key]


class Network:
    """Places and the minutes between them.

    places: codes, sorted. first, second, minutes: each unordered pair once; a pair left out is out of reach.
    belt: which places are on the belt; None = all.
    """

    def __init__(
        self,
        places: Iterable[str],
        first: Ints,
        second: Ints,
        minutes: Floats,
        belt: Bools | None = None,
    ) -> None:
        self.places = tuple(places)
        if list(self.places) != sorted(set(self.places)):
            raise ValueError("places must be sorted and different")
        self.index = {code: number for number, code in enumerate(self.places)}
        self._first, self._second, self._minutes = first, second, minutes
        self._belt = np.ones(len(self.places), dtype=bool) if belt is None else belt

    @classmethod
    def from_rows(
        cls,
        places: Iterable[str],
        minutes: Mapping[tuple[str, str], float],
        belt: Collection[str] | None = None,
    ) -> Network:
        """minutes: by (place, place) in either direction or in both. Places named only there are added.

        Raises ValueError for minutes that are negative or not finite, that differ by direction, or of a place to
        itself other than 0.

        >>> Network.from_rows(["a"], {("a", "b"): 30.0}).places
        ('a', 'b')
        """
        known = tuple(sorted({*places, *(place for pair in minutes for place in pair)}))
        index = {code: number for number, code in enumerate(known)}
        once: dict[tuple[int, int], float] = {}
        for (a, b), value in sorted(minutes.items()):
            if not (math.isfinite(value) and value >= 0) or (a == b and value != 0):
                raise ValueError(f"minutes out of range: {a}, {b}: {value}")
            i, j = sorted((index[a], index[b]))
            if once.setdefault((i, j), value) != value:
                raise ValueError(f"minutes differ by direction: {a}, {b}")
        pairs = [(i, j, value) for (i, j), value in once.items() if i != j]
        first, second = (np.array([pair[side] for pair in pairs], dtype=np.intp) for side in (0, 1))
        on_belt = None if belt is None else np.array([code in belt for code in known], dtype=bool)
        return cls(known, first, second, np.array([pair[2] for pair in pairs], dtype=np.float64), on_belt)

    def __len__(self) -> int:
        return len(self.places)

    def equals(self, other: Network) -> bool:
        """Are they the same places with the same minutes?"""
        return self is other or (
            self.places == other.places
            and all(
                np.array_equal(getattr(self, name), getattr(other, name))
                for name in ("_first", "_second", "_minutes", "_belt")
            )
        )

    @cached_property
    def _timed(self) -> PairTable:
        buyer, supplier = (
            np.concatenate([self._first, self._second]),
            np.concatenate([self._second, self._first]),
        )
        return PairTable(buyer, supplier, np.concatenate([self._minutes, self._minutes]), len(self))

    @cached_property
    def _whole_belt(self) -> PairTable:
        """Every two places of the belt; those without minutes come last, in the order of the codes."""
        minutes = np.full((len(self), len(self)), np.inf)
        minutes[self._first, self._second] = minutes[self._second, self._first] = self._minutes
        buyer, supplier = np.nonzero(self._belt[:, None] & self._belt[None, :])
        other = buyer != supplier
        buyer, supplier = buyer[other], supplier[other]
        return PairTable(buyer, supplier, minutes[buyer, supplier], len(self))

    def pairs(self, radius: Radius) -> PairTable:
        return self._whole_belt if radius.is_belt else self._timed

    def limits(self, radius: Radius, own_min: Floats) -> Floats:
        """How many minutes each node may go, from its own radius and the one asked for."""
        if radius.is_belt:
            return np.full(len(own_min), np.inf)
        return own_min if radius.minutes is None else np.full(len(own_min), radius.minutes)
