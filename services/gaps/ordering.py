"""The list of gaps in the order asked for, a page of it, and where in it each row stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.errors import BadRequest
from domain.gaps.kinds import KINDS
from domain.gaps.rows import Cells, rows_at
from domain.words import GapKind
from models import ChainNode
from services.gaps.answers import codes_shown, gap_rows
from services.gaps.asking import Question, answer, told_cells
from services.gaps.kept import KeptGaps
from services.gaps.names import place_names
from services.gaps.schemas import GapOut

KINDS_IN_ORDER = (
    GapKind.FILL,
    GapKind.SECURE,
    GapKind.STRENGTHEN,
    GapKind.EXTEND,
    GapKind.UNVERIFIED,
    GapKind.SOUND,
)
"""As people read them: what asks for something first."""


class Order(StrEnum):
    """What the list is ordered by; rows that are equal in it keep the order of the gaps."""

    GAP = "gap"
    COVERAGE = "coverage"
    RISK = "risk"
    KIND = "kind"
    PLACE = "place"
    NODE = "node"


@dataclass(frozen=True)
class Listing:
    """A page of the list. position: (place, node as shown) → where its row stands in the whole list, from 0."""

    items: list[GapOut]
    total: int
    position: Mapping[tuple[str, str], int]


def parse_order(text: str) -> Order:
    """Raises BadRequest for a word that is none.

    >>> parse_order("risk").value
    'risk'
    """
    try:
        return Order(text)
    except ValueError:
        raise BadRequest(
            f"排序应为：{'、'.join(Order)}", f"the order must be one of: {', '.join(Order)}", place="sort"
        ) from None


def list_in_order(
    session: Session, question: Question, order: Order, *, limit: int | None = None, offset: int = 0
) -> Listing:
    """The rows asked for in an order. Raises NotFound for an unknown chain, place or node."""
    kept = answer(session, question)
    cells = told_cells(kept, question)
    shown = codes_shown(kept.gaps, question)
    if order is not Order.GAP:
        cells = sorted(cells, key=_key(session, kept, shown, cells, order))
    places, codes = kept.gaps.problem.network.places, kept.gaps.problem.graph.codes
    page = cells[offset:] if limit is None else cells[offset : offset + limit]
    return Listing(
        items=gap_rows(session, kept, question, rows_at(kept.gaps, page)),
        total=len(cells),
        position={(places[place], shown[codes[node]]): at for at, (node, place) in enumerate(cells)},
    )


def _key(
    session: Session, kept: KeptGaps, shown: Mapping[str, str], cells: Cells, order: Order
) -> Callable[[tuple[int, int]], Any]:
    """The key of a (node, place) in the order."""
    gaps = kept.gaps
    if order is Order.COVERAGE:
        return lambda cell: np.nan_to_num(gaps.by_node[cell[0]].coverage[cell[1]], nan=2.0)  # unknown comes last
    if order is Order.RISK:
        return lambda cell: -gaps.by_node[cell[0]].output_at_risk[cell[1]]
    if order is Order.KIND:
        rank = {KINDS.index(kind): at for at, kind in enumerate(KINDS_IN_ORDER)}
        return lambda cell: rank[int(gaps.by_node[cell[0]].kind[cell[1]])]
    if order is Order.PLACE:
        codes = gaps.problem.network.places
        names = place_names(session, {codes[place] for _, place in cells})
        spelled = {at: (names[codes[at]].name_en.casefold(), codes[at]) for _, at in cells}
        return lambda cell: spelled[cell[1]]
    sort = dict(session.execute(select(ChainNode.code, ChainNode.sort)).all())
    by_node = {node: shown[gaps.problem.graph.codes[node]] for node, _ in cells}
    return lambda cell: (sort[by_node[cell[0]]], by_node[cell[0]])
