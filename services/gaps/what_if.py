"""What landings would change, before and after. Nothing is stored; the public's answer rests on stand-ins alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from domain.gaps.inputs import Landing
from domain.gaps.rows import GapRow
from domain.gaps.what_if import WhatIf, what_if
from domain.words import Audience
from geo.units import mu_to_ha
from services.gaps.answers import codes_shown, gap_rows, share_out
from services.gaps.asking import Question, answer, radius_text
from services.gaps.kept import KeptGaps
from services.gaps.landings import LandingAsked
from services.gaps.names import NodeName, VacantPlots, node_names, place_names, vacant_plots
from services.gaps.schemas import GapChangeOut, GapOut, LandingOut, NodeAtOut, WhatIfOut
from services.gaps.summary import total_gap
from services.schemas import NamedOut, SourceOut

_READ = ("kind", "gap_yi_yuan", "coverage", "remedy")


def try_landings(session: Session, question: Question, asked: Sequence[LandingAsked]) -> WhatIfOut:
    """The chain's gaps if these came; read_landings checks them. Raises NotFound for an unknown chain, BadRequest."""
    kept = answer(session, question)
    index, shown = kept.gaps.problem.graph.index, codes_shown(kept.gaps, question)
    joined = [kept.gaps.problem.graph.codes[index[landing.node]] for landing in asked]
    home = [kept.inputs.ground.counted_at[landing.place] for landing in asked]
    rows = [
        Landing(place, node, landing.capacity_yi_yuan) for place, node, landing in zip(home, joined, asked, strict=True)
    ]
    told = what_if(kept.gaps, rows)
    changes = _changes(session, kept, question, told)
    read = [change for change in changes if _is_read(change)]
    names = _Names(session, kept, told, asked, shown)
    secret = kept.inputs.veil.is_secret[list(kept.gaps.by_node)].any()
    return WhatIfOut(
        chain=question.chain or "",
        radius=radius_text(question.radius),
        as_of=question.as_of.isoformat(),
        audience=question.audience,
        data_revision=kept.revision,
        landings=[
            _landing_out(names, landing, place, node, names.plots.get(place))
            for landing, place, node in zip(asked, home, joined, strict=True)
        ],
        land_mu=_sum([landing.land_mu for landing in asked]),
        changed=read,
        others=len(changes) - len(read),
        closed_yi_yuan=sum(max(-_growth(was, now), 0.0) for was, now in told.changed),
        opened_yi_yuan=sum(max(_growth(was, now), 0.0) for was, now in told.changed),
        gap_before_yi_yuan=total_gap(kept.gaps),
        gap_after_yi_yuan=total_gap(told.after),
        local_share_before=share_out(told.share_before),
        local_share_after=share_out(told.share_after),
        induced_demand=[names.at(one.place, one.node, one.added_yi_yuan) for one in told.induced_demand],
        new_single_points=[names.at(place, node) for place, node in told.new_single_points],
        is_approximate=kept.audience is Audience.PUBLIC and bool(secret),
    )


class _Names:
    """What the places and nodes of one answer are called, and the vacant plots where something lands."""

    def __init__(
        self,
        session: Session,
        kept: KeptGaps,
        told: WhatIf,
        asked: Sequence[LandingAsked],
        shown: Mapping[str, str],
    ) -> None:
        counted_at = kept.inputs.ground.counted_at
        landed = {counted_at[landing.place] for landing in asked}
        induced = {one.place for one in told.induced_demand}
        wanted = {*landed, *induced, *(landing.place for landing in asked), *(at for at, _ in told.new_single_points)}
        self.shown = shown
        self.places: Mapping[str, NamedOut] = place_names(session, wanted)
        self.nodes: Mapping[str, NodeName] = node_names(session, shown.values())
        self.plots: Mapping[str, VacantPlots] = vacant_plots(session, counted_at, landed)

    def at(self, place: str, node: str, amount_yi_yuan: float | None = None) -> NodeAtOut:
        """A node (by its joined code) at a place."""
        name = self.nodes[self.shown[node]]
        return NodeAtOut(
            place=place,
            place_zh=self.places[place].name_zh,
            place_en=self.places[place].name_en,
            node=name.code,
            node_zh=name.name_zh,
            node_en=name.name_en,
            amount_yi_yuan=amount_yi_yuan,
        )


def _changes(session: Session, kept: KeptGaps, question: Question, told: WhatIf) -> list[GapChangeOut]:
    """Before and after of every cell that differs; what is after is marked as supposed."""
    after = replace(kept, gaps=told.after)
    was = gap_rows(session, kept, question, [before for before, _ in told.changed])
    now = gap_rows(session, after, question, [after for _, after in told.changed])
    return [GapChangeOut(before=one, after=_supposed(other)) for one, other in zip(was, now, strict=True)]


def _supposed(row: GapOut) -> GapOut:
    source = SourceOut(
        document=None,
        clause=None,
        publication=f"假设落地后的推算，不是事实（数据版本 {row.data_revision}）",
        date=row.source.date,
    )
    return row.model_copy(update={"source": source})


def _is_read(change: GapChangeOut) -> bool:
    return any(getattr(change.before, name) != getattr(change.after, name) for name in _READ)


def _landing_out(
    names: _Names, landing: LandingAsked, counted_at: str, node: str, plots: VacantPlots | None
) -> LandingOut:
    name = names.nodes[names.shown[node]]
    return LandingOut(
        place=landing.place,
        place_zh=names.places[landing.place].name_zh,
        place_en=names.places[landing.place].name_en,
        counted_at=counted_at,
        node=name.code,
        node_zh=name.name_zh,
        node_en=name.name_en,
        capacity_yi_yuan=landing.capacity_yi_yuan,
        land_mu=landing.land_mu,
        vacant_plots=None if plots is None else plots.count,
        largest_vacant_plot_ha=None if plots is None else plots.largest_ha,
        fits=_fits(landing.land_mu, plots),
    )


def _fits(land_mu: float | None, plots: VacantPlots | None) -> bool | None:
    """Whether one vacant plot is large enough; None where that cannot be said.

    >>> _fits(30.0, VacantPlots(2, 4.0)), _fits(90.0, VacantPlots(2, 4.0)), _fits(30.0, VacantPlots(0, None))
    (True, False, False)
    >>> _fits(None, VacantPlots(2, 4.0)), _fits(30.0, None), _fits(30.0, VacantPlots(1, None))
    (None, None, None)
    """
    if land_mu is None or plots is None or (plots.count and plots.largest_ha is None):
        return None
    return plots.largest_ha is not None and mu_to_ha(land_mu) <= plots.largest_ha


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _growth(before: GapRow, after: GapRow) -> float:
    return after.gap_yi_yuan - before.gap_yi_yuan
