"""Names, clauses and plots for the rows of one answer, read for those rows only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.periods import Holding
from domain.words import Stage
from models import ChainNode, Designation, Place, Plot
from services.citations import source_out
from services.places import open_rows
from services.schemas import NamedOut, SourceOut


@dataclass(frozen=True)
class NodeName:
    code: str
    name_zh: str
    name_en: str
    chain: str
    stage: Stage | None
    sort: int


@dataclass(frozen=True)
class VacantPlots:
    """Plots known to be vacant. count None: nothing is known of the plots here."""

    count: int | None
    largest_ha: float | None


def place_names(session: Session, codes: Collection[str]) -> dict[str, NamedOut]:
    """code → short name, for these places."""
    statement = select(Place.code, Place.short_name_zh, Place.name_en).where(Place.code.in_(sorted(codes)))
    return {code: NamedOut(code=code, name_zh=zh, name_en=en) for code, zh, en in session.execute(statement)}


def node_names(session: Session, codes: Iterable[str]) -> dict[str, NodeName]:
    """code → names, for these nodes."""
    of = ChainNode
    statement = select(of.code, of.name_zh, of.name_en, of.chain_code, of.stage, of.sort)
    rows = session.execute(statement.where(of.code.in_(sorted(set(codes)))))
    return {row.code: NodeName(row.code, row.name_zh, row.name_en, row.chain_code, row.stage, row.sort) for row in rows}


def designating(
    session: Session, counted_at: Mapping[str, str], places: Collection[str], as_of: date
) -> dict[tuple[str, str], list[SourceOut]]:
    """(place, chain) → the clauses that designate the chain there, or in a zone that counts there."""
    members = sorted(code for code, at in counted_at.items() if at in places)
    found: dict[tuple[str, str], list[SourceOut]] = defaultdict(list)
    for row in open_rows(
        session, Designation, Designation.chain_code.is_not(None), Designation.place_code.in_(members)
    ):
        if row.period.holds_on(as_of) is not Holding.NO:
            sources = found[counted_at[row.place_code], str(row.chain_code)]
            if (source := source_out(row.source)) not in sources:
                sources.append(source)
    return dict(found)


def vacant_plots(session: Session, counted_at: Mapping[str, str], places: Collection[str]) -> dict[str, VacantPlots]:
    """place → its vacant plots, those of its zones too; a place of whose plots nothing is known is left out."""
    members = sorted(code for code, at in counted_at.items() if at in places)
    areas: dict[str, list[float]] = defaultdict(list)
    counts: dict[str, int] = defaultdict(int)
    for plot in open_rows(session, Plot, Plot.place_code.in_(members)):
        if plot.is_vacant is None:
            continue
        at = counted_at[plot.place_code or ""]
        counts[at] += bool(plot.is_vacant)
        if plot.is_vacant and plot.area_ha:
            areas[at].append(plot.area_ha)
    return {at: VacantPlots(count, max(areas[at], default=None)) for at, count in counts.items()}
