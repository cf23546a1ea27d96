"""Gaps as a person reads them: one row a node at a place, ranked by the gap in yuan, with who supplies how much."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from domain.gaps.engine import Gaps, supplies
from domain.gaps.inputs import Cluster, Target
from domain.gaps.judge import NodeGaps
from domain.gaps.kinds import KINDS, REMEDIES, code_of
from domain.gaps.reach import Bools
from domain.gaps.relatedness import density
from domain.words import GapKind, Remedy

Cells = list[tuple[int, int]]
"""(node number, place number)."""


@dataclass(frozen=True)
class Supply:
    """A place that supplies another at a node, by the allocation."""

    place: str
    amount_yi_yuan: float


@dataclass(frozen=True)
class GapRow:
    """A node at a place. Meanings and units: NodeGaps; coverage is None where only unknown buyers ask.

    target: what the clause asks of the cluster, when the kind is strengthen. relatedness: density, 0–1.
    suppliers: in the order of the allocation, the place itself first.
    """

    place: str
    node: str
    demand_yi_yuan: float
    supplied_yi_yuan: float
    gap_yi_yuan: float
    coverage: float | None
    coverage_low: float
    coverage_high: float
    kind: GapKind
    kind_low: GapKind
    kind_high: GapKind
    remedy: Remedy | None
    output_at_risk_yi_yuan: float
    supplier_count: int
    single_point: bool
    by_presence: bool
    is_partial: bool
    relatedness: float
    target: Target | None
    suppliers: tuple[Supply, ...]


def demanded(gaps: NodeGaps) -> Bools:
    """(places): demand, or what unknown buyers may ask for."""
    return gaps.is_demanded


def noteworthy(gaps: NodeGaps) -> Bools:
    """(places): demand, or a kind other than sound at either end of the interval."""
    sound = code_of(GapKind.SOUND)
    return np.asarray(gaps.is_demanded | (gaps.kind_low != sound) | (gaps.kind_high != sound))


def everything(gaps: NodeGaps) -> Bools:
    return np.ones(len(gaps.demand), dtype=bool)


def list_rows(gaps: Gaps, cells: Callable[[NodeGaps], Bools] = noteworthy) -> list[GapRow]:
    """The rows of the cells asked for, ranked."""
    return rows_at(gaps, ranked(gaps, {node: cells(of) for node, of in gaps.by_node.items()}))


def ranked(gaps: Gaps, asked: Mapping[int, Bools]) -> Cells:
    """The cells, the largest gap first; then in the order of the kinds, 延链 by relatedness, by place, by node.
    asked: by node number, (places)."""
    node = np.repeat(np.array(list(asked), dtype=np.intp), [int(of.sum()) for of in asked.values()])
    place = np.concatenate([np.flatnonzero(of) for of in asked.values()] or [np.empty(0, dtype=np.intp)])
    gap, kind = (
        np.array([getattr(gaps.by_node[v], name)[p] for v, p in zip(node.tolist(), place.tolist(), strict=True)])
        for name in ("gap", "kind")
    )
    related = density(gaps.problem.capacities.present)[node, place]
    order = np.lexsort((node, place, np.where(kind == code_of(GapKind.EXTEND), -related, 0.0), kind, -gap))
    return list(zip(node[order].tolist(), place[order].tolist(), strict=True))


def rows_of(gaps: Gaps, cells: Iterable[tuple[int, int]]) -> list[GapRow]:
    """The rows of cells (node number, place number), ranked."""
    asked: dict[int, Bools] = {}
    for node, place in cells:
        asked.setdefault(node, np.zeros(len(gaps.problem.network), dtype=bool))[place] = True
    return rows_at(gaps, ranked(gaps, asked))


def rows_at(gaps: Gaps, cells: Cells) -> list[GapRow]:
    """The rows of cells, in their order."""
    tables = _suppliers(gaps, sorted({node for node, _ in cells}))
    related = density(gaps.problem.capacities.present) if cells else np.empty((0, 0))
    return [
        _row(gaps, node, place, tuple(tables.get((node, place), ())), float(related[node, place]))
        for node, place in cells
    ]


def _suppliers(gaps: Gaps, nodes: Sequence[int]) -> dict[tuple[int, int], list[Supply]]:
    places = gaps.problem.network.places
    flows = supplies(gaps, nodes)
    result: dict[tuple[int, int], list[Supply]] = defaultdict(list)
    columns = (flows.node.tolist(), flows.buyer.tolist(), flows.supplier.tolist(), flows.amount.tolist())
    for node, buyer, supplier, amount in zip(*columns, strict=True):
        result[node, buyer].append(Supply(places[supplier], amount))
    return result


def _row(gaps: Gaps, node: int, place: int, suppliers: tuple[Supply, ...], relatedness: float) -> GapRow:
    found, problem = gaps.by_node[node], gaps.problem
    coverage = float(found.coverage[place])
    kind = KINDS[found.kind[place]]
    return GapRow(
        place=problem.network.places[place],
        node=problem.graph.codes[node],
        demand_yi_yuan=float(found.demand[place]),
        supplied_yi_yuan=float(found.supplied[place]),
        gap_yi_yuan=float(found.gap[place]),
        coverage=None if math.isnan(coverage) else coverage,
        coverage_low=float(found.coverage_low[place]),
        coverage_high=float(found.coverage_high[place]),
        kind=kind,
        kind_low=KINDS[found.kind_low[place]],
        kind_high=KINDS[found.kind_high[place]],
        remedy=REMEDIES[found.remedy[place]],
        output_at_risk_yi_yuan=float(found.output_at_risk[place]),
        supplier_count=int(found.supplier_count[place]),
        single_point=bool(found.single_point[place]),
        by_presence=bool(found.by_presence[place]),
        is_partial=bool(found.is_partial[place]),
        relatedness=relatedness,
        target=_target(gaps, node, place) if kind is GapKind.STRENGTHEN else None,
        suppliers=suppliers,
    )


def _target(gaps: Gaps, node: int, place: int) -> Target | None:
    """The largest open target among the clusters designated at the place that the node belongs to."""
    index = gaps.problem.graph.index

    def belongs(cluster: Cluster) -> bool:
        named = {index.get(code) for code in cluster.nodes}
        return cluster.place == gaps.problem.network.places[place] and node in named

    targets = [cluster.open_target(gaps.problem.as_of) for cluster in gaps.problem.clusters if belongs(cluster)]
    return max(filter(None, targets), key=lambda target: target.value_yi_yuan, default=None)
