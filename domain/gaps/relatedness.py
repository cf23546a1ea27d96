"""Relatedness density 关联密度: how much of what usually goes with a node a place already has."""

from __future__ import annotations

import numpy as np

from domain.gaps.reach import Bools, Floats


def density(present: Bools) -> Floats:
    """For every node and place, 0–1.

    present: (nodes, places). Proximity of two nodes is the smaller of the shares of their places that they have in
    common; the density is the part of a node's proximity to all others that stands at the place. 0 where a node goes
    with nothing, as one that is nowhere present does.

    >>> density(np.array([[True, True], [True, False], [False, True]])).round(2).tolist()
    [[0.5, 0.5], [1.0, 1.0], [1.0, 1.0]]
    """
    stands = present.astype(np.float64)
    both = stands @ stands.T
    alone = both.diagonal()
    larger = np.maximum(np.maximum(alone[:, None], alone[None, :]), 1.0)
    proximity = both / larger
    np.fill_diagonal(proximity, 0.0)
    total = proximity.sum(axis=1, keepdims=True)
    return np.asarray((proximity @ stands) / np.where(total > 0, total, 1.0))
