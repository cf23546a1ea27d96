"""What presence alone can say: who is next to whom, and which inputs are lacking where no yuan can be computed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from domain.gaps.graph import ChainGraph, MissingWeight
from domain.gaps.reach import Bools


def next_to_present(graph: ChainGraph, present: Bools, node: int) -> Bools:
    """(places): a node next to this one, over an edge of any type, is present there."""
    near = list(graph.neighbours[node])
    return np.asarray(present[near].any(axis=0))


def wanted_over(graph: ChainGraph, present: Bools, edge: MissingWeight) -> Bools:
    """(places): the supplier's product is wanted on this edge: its buyer is present, or the place has both an ancestor
    of the supplier and a descendant of the buyer, so that the chain is broken between them."""
    below = present[list(graph.descendants[edge.buyer])].any(axis=0)
    above = present[list(graph.ancestors[edge.supplier])].any(axis=0)
    return np.asarray(present[edge.buyer] | (above & below))


def wanted_and_lacking(
    graph: ChainGraph, present: Bools, node: int, present_in_reach: Callable[[int], Bools]
) -> tuple[Bools, Bools]:
    """(places) twice: is the node wanted on an edge without a weight; and on one that no place within reach can
    serve, neither with it nor with a substitute. present_in_reach: (places) by node.
    """
    places = present.shape[1]
    wanted, unserved = np.zeros(places, dtype=bool), np.zeros(places, dtype=bool)
    for edge in graph.missing[node]:
        here = wanted_over(graph, present, edge)
        served = present_in_reach(node)
        for other in edge.others:
            served = served | present_in_reach(other)
        wanted |= here
        unserved |= here & ~served
    return wanted, unserved
