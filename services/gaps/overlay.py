"""A chain's gaps for the map and the matrix: the kind of every node at every place, and who supplies whom."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from domain.gaps.engine import Gaps, supplies
from domain.gaps.judge import NodeGaps
from domain.gaps.kinds import KINDS, code_of
from domain.gaps.local_share import local_share
from domain.gaps.reach import Bools, Floats
from domain.words import GapKind
from services.gaps.answers import share_out
from services.gaps.asking import Question, answer, chain_nodes, known_chain, radius_text
from services.gaps.names import node_names
from services.gaps.schemas import FlowOut, OverlayNodeOut, OverlayOut, OverlayPlaceOut

MOST_FLOWS = 400
NOTHING_TO_TELL = "."
_MOST_DRAWN = 16
_SOUND = code_of(GapKind.SOUND)


def overlay(session: Session, question: Question) -> OverlayOut:
    """A chain's gaps for the map and the matrix. Raises NotFound for an unknown chain."""
    kept = answer(session, question)
    gaps, problem = kept.gaps, kept.gaps.problem
    codes = chain_nodes(gaps, known_chain(session, question))
    names = node_names(session, codes.values())
    order = sorted(codes, key=lambda node: (names[codes[node]].sort, codes[node]))
    flows, flows_total = _flows(gaps, codes)
    return OverlayOut(
        chain=question.chain or "",
        radius=radius_text(question.radius),
        as_of=question.as_of.isoformat(),
        audience=question.audience,
        data_revision=kept.revision,
        kinds=list(KINDS),
        nodes=[
            OverlayNodeOut(
                code=codes[node],
                name_zh=names[codes[node]].name_zh,
                name_en=names[codes[node]].name_en,
                stage=names[codes[node]].stage,
            )
            for node in order
        ],
        places=_overlay_places(_Drawn.of(gaps, order, codes), (str(session.get_bind().engine.url), question)),
        counted_at={
            code: at
            for code, at in sorted(kept.inputs.ground.counted_at.items())
            if code != at and at in problem.network.index
        },
        flows=flows,
        flows_total=flows_total,
        local_share=share_out(local_share(gaps)),
    )


@dataclass(frozen=True, eq=False)
class _Drawn:
    """What the rows are made of; arrays (places, nodes): characters of the kinds, 亿元 missing, is a firm there."""

    places: tuple[str, ...]
    nodes: tuple[str, ...]
    kinds: npt.NDArray[np.uint8]
    missing: Floats
    present: Bools

    @classmethod
    def of(cls, gaps: Gaps, order: list[int], codes: Mapping[int, str]) -> _Drawn:
        present = gaps.problem.capacities.present
        shape = (len(order), len(gaps.problem.network.places))
        codes_told = np.array([gaps.by_node[node].kind for node in order], dtype=np.uint8).reshape(shape)
        told = np.array([_is_told(gaps.by_node[node], present[node]) for node in order]).reshape(shape)
        kinds = np.where(told, codes_told + np.uint8(ord("0")), np.uint8(ord(NOTHING_TO_TELL)))
        missing = np.array([gaps.by_node[node].gap for node in order]).reshape(shape)
        columns = (np.ascontiguousarray(array.T) for array in (kinds, missing, present[order]))
        return cls(tuple(gaps.problem.network.places), tuple(codes[node] for node in order), *columns)

    def differing(self, other: _Drawn) -> list[int]:
        """The places whose rows are not the same."""
        if (self.places, self.nodes) != (other.places, other.nodes):
            return list(range(len(self.places)))
        pairs = ((self.kinds, other.kinds), (self.missing, other.missing), (self.present, other.present))
        return np.flatnonzero(np.logical_or.reduce([(mine != its).any(axis=1) for mine, its in pairs])).tolist()

    def row(self, at: int) -> OverlayPlaceOut:
        missing = self.missing[at]
        some = np.flatnonzero(missing)
        return OverlayPlaceOut(
            code=self.places[at],
            kinds=self.kinds[at].tobytes().decode("ascii"),
            gap_yi_yuan=float(missing.sum()),
            gaps={self.nodes[node]: amount for node, amount in zip(some.tolist(), missing[some].tolist(), strict=True)},
            present=[self.nodes[node] for node in np.flatnonzero(self.present[at]).tolist()],
        )


_drawn: OrderedDict[tuple[Hashable, ...], tuple[_Drawn, list[OverlayPlaceOut]]] = OrderedDict()
_drawn_lock = threading.Lock()


def _overlay_places(drawn: _Drawn, key: tuple[Hashable, ...]) -> list[OverlayPlaceOut]:
    """The rows; those that are as they were when the same was asked last are taken from there."""
    with _drawn_lock:
        before = _drawn.get(key)
    if before is None or len(before[1]) != len(drawn.places):
        rows = [drawn.row(at) for at in range(len(drawn.places))]
    else:
        rows = list(before[1])
        for at in drawn.differing(before[0]):
            rows[at] = drawn.row(at)
    with _drawn_lock:
        _drawn[key] = (drawn, rows)
        _drawn.move_to_end(key)
        while len(_drawn) > _MOST_DRAWN:
            _drawn.popitem(last=False)
    return rows


def forget() -> None:
    """Keep no rows."""
    with _drawn_lock:
        _drawn.clear()


def _is_told(of: NodeGaps, present: Bools) -> Bools:
    """(places): there is demand, or a firm, or a kind other than sound."""
    return np.asarray(of.is_demanded | present | (of.kind != _SOUND))


def _flows(gaps: Gaps, codes: Mapping[int, str]) -> tuple[list[FlowOut], int]:
    """The largest ones between different places, and how many there are altogether."""
    found = supplies(gaps, codes)
    places = gaps.problem.network.places
    apart = np.flatnonzero(found.buyer != found.supplier)
    large = apart[found.amount[apart] >= _nth_largest(found.amount[apart], MOST_FLOWS)]
    order = large[np.lexsort((found.buyer[large], found.supplier[large], found.node[large], -found.amount[large]))]
    largest = [
        FlowOut(
            node=codes[int(found.node[at])],
            supplier=places[found.supplier[at]],
            buyer=places[found.buyer[at]],
            amount_yi_yuan=float(found.amount[at]),
        )
        for at in order[:MOST_FLOWS]
    ]
    return largest, len(apart)


def _nth_largest(amounts: Floats, number: int) -> float:
    """The amount in this place, the largest first; 0 where there are fewer."""
    return float(np.partition(amounts, -number)[-number]) if len(amounts) >= number else 0.0
