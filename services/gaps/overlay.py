"""A chain's gaps for the map and the matrix: the kind of every node at every place, and who supplies whom."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
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
        places=_overlay_places(gaps, order, codes),
        counted_at={
            code: at
            for code, at in sorted(kept.inputs.ground.counted_at.items())
            if code != at and at in problem.network.index
        },
        flows=flows,
        flows_total=flows_total,
        local_share=share_out(local_share(gaps)),
    )


def _overlay_places(gaps: Gaps, order: list[int], codes: Mapping[int, str]) -> list[OverlayPlaceOut]:
    places, present = gaps.problem.network.places, gaps.problem.capacities.present
    shape = (len(order), len(places))
    digits = np.array([gaps.by_node[node].kind for node in order], dtype=np.uint8).reshape(shape) + np.uint8(ord("0"))
    told = np.array([_is_told(gaps.by_node[node], present[node]) for node in order]).reshape(shape)
    kinds = np.where(told, digits, np.uint8(ord(NOTHING_TO_TELL))).T.tobytes().decode("ascii")
    missing = np.array([gaps.by_node[node].gap for node in order]).reshape(shape)
    shown = [codes[node] for node in order]
    by_place: list[dict[str, float]] = [{} for _ in places]
    at, row = np.nonzero(missing.T)
    for place, node, amount in zip(at.tolist(), row.tolist(), missing[row, at].tolist(), strict=True):
        by_place[place][shown[node]] = amount
    firms: list[list[str]] = [[] for _ in places]
    for place, node in zip(*(axis.tolist() for axis in np.nonzero(present[order].T)), strict=True):
        firms[place].append(shown[node])
    width = len(order)
    of_each = (kinds[start : start + width] for start in range(0, width * len(places), width))
    return list(map(OverlayPlaceOut, places, of_each, missing.sum(axis=0).tolist(), by_place, firms))


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
