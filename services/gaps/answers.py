"""Gaps as they are answered: ranked rows with names, clauses, plots and sentences; the list, and one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.gaps.engine import Gaps
from domain.gaps.local_share import LocalShare, local_share
from domain.gaps.rows import GapRow, Supply, noteworthy, ranked, rows_at
from domain.words import Audience, Grade
from services.gaps.asking import Question, answer, chain_nodes, radius_text, told_cells
from services.gaps.kept import KeptGaps
from services.gaps.names import NodeName, VacantPlots, designating, node_names, place_names, vacant_plots
from services.gaps.schemas import (
    GapOut,
    GapTargetOut,
    LocalShareOut,
    PlaceGapsOut,
    SupplierOut,
)
from services.gaps.sentences import sentence_en, sentence_zh
from services.schemas import NamedOut, SourceOut

_GRADES = tuple(Grade)


@dataclass(frozen=True)
class GapPage:
    """A page of the ranked list. total: rows there are altogether."""

    items: list[GapOut]
    total: int


def list_gaps(session: Session, question: Question, *, limit: int | None = None, offset: int = 0) -> GapPage:
    """The rows asked for, the largest gap first. Raises NotFound for an unknown chain, place or node."""
    kept = answer(session, question)
    cells = told_cells(kept, question)
    shown = cells[offset:] if limit is None else cells[offset : offset + limit]
    return GapPage(gap_rows(session, kept, question, rows_at(kept.gaps, shown)), len(cells))


def place_gaps(session: Session, question: Question, place: str) -> PlaceGapsOut:
    """A chain's gaps at one place; a zone is answered with the park it counts at. Raises NotFound."""
    kept = answer(session, question)
    at = kept.inputs.ground.counted_at.get(place)
    if at is None or at not in kept.gaps.problem.network.index:
        raise NotFound(
            f"这个地点不参与缺口计算：{place[:40]}", f"no gaps are computed for: {place[:40]}", place=place[:40]
        )
    number = kept.gaps.problem.network.index[at]
    here = np.zeros(len(kept.gaps.problem.network), dtype=bool)
    here[number] = True
    cells = ranked(kept.gaps, {node: here & noteworthy(of) for node, of in kept.gaps.by_node.items()})
    surveyed = kept.gaps.problem.surveyed
    name = place_names(session, [place])[place]
    return PlaceGapsOut(
        place=place,
        place_zh=name.name_zh,
        place_en=name.name_en,
        counted_at=at,
        chain=question.chain or "",
        radius=radius_text(question.radius),
        as_of=question.as_of.isoformat(),
        audience=question.audience,
        data_revision=kept.revision,
        surveyed=surveyed is None or bool(surveyed[list(kept.gaps.by_node), number].all()),
        local_share=share_out(local_share(kept.gaps, {at})),
        items=gap_rows(session, kept, question, rows_at(kept.gaps, cells)),
    )


def gap_rows(session: Session, kept: KeptGaps, question: Question, rows: list[GapRow]) -> list[GapOut]:
    """Rows with names, clauses, plots and sentences, in their order."""
    shown = codes_shown(kept.gaps, question)
    counted_at = kept.inputs.ground.counted_at
    at = {row.place for row in rows}
    wanted = at | {supply.place for row in rows for supply in row.suppliers}
    places = place_names(session, wanted)
    nodes = node_names(session, [shown[row.node] for row in rows])
    clauses = designating(session, counted_at, at, question.as_of)
    plots = vacant_plots(session, counted_at, at)
    return [
        _gap_out(kept, question.as_of, row, nodes[shown[row.node]], places, clauses, plots.get(row.place))
        for row in rows
    ]


def share_out(share: LocalShare) -> LocalShareOut:
    return LocalShareOut(
        by_value=share.by_value, without_raw_material=share.without_raw_material, simple_mean=share.simple_mean
    )


def codes_shown(gaps: Gaps, question: Question) -> Mapping[str, str]:
    """Joined node → the code it is shown under: the one it has in the chain asked for."""
    graph = gaps.problem.graph
    if question.chain is None:
        return {code: code for code in graph.codes}
    return {graph.codes[number]: code for number, code in chain_nodes(gaps, question.chain).items()}


def _gap_out(
    kept: KeptGaps,
    as_of: date,
    row: GapRow,
    node: NodeName,
    places: Mapping[str, NamedOut],
    clauses: Mapping[tuple[str, str], list[SourceOut]],
    plots: VacantPlots | None,
) -> GapOut:
    problem, inputs = kept.gaps.problem, kept.inputs
    number, at = problem.graph.index[row.node], problem.network.index[row.place]
    told = GapOut(
        place=row.place,
        place_zh=places[row.place].name_zh,
        place_en=places[row.place].name_en,
        node=node.code,
        node_zh=node.name_zh,
        node_en=node.name_en,
        chain=node.chain,
        stage=node.stage,
        kind=row.kind,
        kind_low=row.kind_low,
        kind_high=row.kind_high,
        demand_yi_yuan=row.demand_yi_yuan,
        supplied_yi_yuan=row.supplied_yi_yuan,
        gap_yi_yuan=row.gap_yi_yuan,
        coverage=row.coverage,
        coverage_low=row.coverage_low,
        coverage_high=row.coverage_high,
        suppliers=[_supplier_out(kept, number, supply, places) for supply in row.suppliers],
        remedy=row.remedy,
        output_at_risk_yi_yuan=row.output_at_risk_yi_yuan,
        supplier_count=row.supplier_count,
        single_point=row.single_point,
        by_presence=row.by_presence,
        is_partial=row.is_partial,
        is_approximate=_is_approximate(kept, number, at, row),
        is_surveyed=problem.surveyed is None or bool(problem.surveyed[number, at]),
        relatedness=row.relatedness,
        target=None
        if row.target is None
        else GapTargetOut(
            year=row.target.year,
            scope=row.target.scope,
            value_yi_yuan=row.target.value_yi_yuan,
            document=row.target.document,
            clause=row.target.clause,
        ),
        designated_by=clauses.get((row.place, node.chain), []),
        firms=int(inputs.firms[number, at]),
        vacant_plots=None if plots is None else plots.count,
        largest_vacant_plot_ha=None if plots is None else plots.largest_ha,
        radius_min=_radius_min(kept, number),
        data_revision=kept.revision,
        grade=_GRADES[_grade(kept, number, at, row)],
        source=SourceOut(
            document=None,
            clause=None,
            publication=f"本应用由已录入数据推算（数据版本 {kept.revision}）",
            date=as_of.isoformat(),
        ),
        sentence_zh="",
        sentence_en="",
    )
    return told.model_copy(update={"sentence_zh": sentence_zh(told), "sentence_en": sentence_en(told)})


def _supplier_out(kept: KeptGaps, node: int, supply: Supply, places: Mapping[str, NamedOut]) -> SupplierOut:
    at = kept.gaps.problem.network.index[supply.place]
    is_withheld = _is_withheld(kept, node, at)
    return SupplierOut(
        place=supply.place,
        place_zh=places[supply.place].name_zh,
        place_en=places[supply.place].name_en,
        amount_yi_yuan=supply.amount_yi_yuan,
        capacity_range_yi_yuan=kept.inputs.veil.range_yi_yuan(node, at) if is_withheld else None,
    )


def _is_withheld(kept: KeptGaps, node: int, place: int) -> bool:
    return kept.audience is Audience.PUBLIC and bool(kept.inputs.veil.is_secret[node, place])


def _is_approximate(kept: KeptGaps, node: int, place: int, row: GapRow) -> bool:
    """Did a withheld capacity go into the figures: of the buyers here, or of those who supply them?"""
    at = kept.gaps.problem.network.index
    return any(_is_withheld(kept, buyer, place) for buyer, _ in kept.gaps.problem.graph.buyers[node]) or any(
        _is_withheld(kept, node, at[supply.place]) for supply in row.suppliers
    )


def _radius_min(kept: KeptGaps, node: int) -> float | None:
    limits = kept.gaps.problem.network.limits(kept.gaps.radius, kept.gaps.problem.graph.radius_min)
    return float(limits[node]) if np.isfinite(limits[node]) else None


def _grade(kept: KeptGaps, node: int, place: int, row: GapRow) -> int:
    """The worst grade, as a place in Grade, of what the row was computed from; D where nothing is known."""
    inputs, problem = kept.inputs, kept.gaps.problem
    known = problem.capacities.known
    used = [
        grade
        for buyer, _ in problem.graph.buyers[node]
        if known[buyer, place] > 0
        for grade in (int(inputs.grades[buyer, place]), inputs.edge_grades.get((node, buyer), len(_GRADES) - 1))
    ]
    used += [int(inputs.grades[node, problem.network.index[supply.place]]) for supply in row.suppliers]
    if not used:
        used = [int(inputs.grades[near, place]) for near in (node, *problem.graph.neighbours[node])]
        used = [grade for grade in used if grade >= 0]
    return max(used, default=len(_GRADES) - 1)
