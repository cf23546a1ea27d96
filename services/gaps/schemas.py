"""Chain gaps as they are answered: for pages, JSON and the exported file alike. Yuan are 亿元 a year."""

from __future__ import annotations

from dataclasses import dataclass

from domain.designations import Finding
from domain.words import Audience, GapKind, Grade, Remedy, Stage
from services.schemas import Answer, DesignationOut, FactOut, NamedOut, SourceOut


class SupplierOut(Answer):
    """A place that supplies. capacity_range_yi_yuan: the class of size of a capacity that is withheld here."""

    place: str
    place_zh: str
    place_en: str
    amount_yi_yuan: float
    capacity_range_yi_yuan: tuple[float, float] | None


class GapTargetOut(Answer):
    """What a clause asks of the cluster's output by the end of a year, in its scope."""

    year: int
    scope: str
    value_yi_yuan: float
    document: str
    clause: str


class GapOut(Answer):
    """A node at a place. Demand, supply and coverage count unknown capacities as 0.

    coverage: null where only unknown buyers ask. is_approximate: a withheld capacity went into it as the stand-in of
    its class of size. by_presence: 按有无判断, no yuan are known. is_partial: besides these yuan there is demand for
    which none are known. grade: the worst of the capacities and coefficients used. designated_by: clauses that
    designate the chain here. radius_min: the minutes that count; null: all of the belt. firms: that stand here.
    data_revision: of the data it was computed from.
    """

    place: str
    place_zh: str
    place_en: str
    node: str
    node_zh: str
    node_en: str
    chain: str
    stage: Stage | None
    kind: GapKind
    kind_low: GapKind
    kind_high: GapKind
    demand_yi_yuan: float
    supplied_yi_yuan: float
    gap_yi_yuan: float
    coverage: float | None
    coverage_low: float
    coverage_high: float
    suppliers: list[SupplierOut]
    remedy: Remedy | None
    output_at_risk_yi_yuan: float
    supplier_count: int
    single_point: bool
    by_presence: bool
    is_partial: bool
    is_approximate: bool
    is_surveyed: bool
    relatedness: float
    target: GapTargetOut | None
    designated_by: list[SourceOut]
    firms: int
    vacant_plots: int | None
    largest_vacant_plot_ha: float | None
    radius_min: float | None
    data_revision: int
    grade: Grade
    source: SourceOut
    sentence_zh: str
    sentence_en: str


class LocalShareOut(Answer):
    """本地配套率, 0-1; null where there is no demand."""

    by_value: float | None
    without_raw_material: float | None
    simple_mean: float | None


class OverlayNodeOut(NamedOut):
    stage: Stage | None


@dataclass(frozen=True, slots=True)
class OverlayPlaceOut:  # no pydantic model: there may be thousands
    """kinds: one character a node of the overlay, its place in `kinds` of the overlay, '.' where there is nothing to
    tell. gaps: node → 亿元, where above 0. present: nodes with a firm."""

    code: str
    kinds: str
    gap_yi_yuan: float
    gaps: dict[str, float]
    present: list[str]


class FlowOut(Answer):
    """Who supplies whom by the allocation; the two places differ."""

    node: str
    supplier: str
    buyer: str
    amount_yi_yuan: float


class OverlayOut(Answer):
    """The gaps of a chain on the map. counted_at: zone → the park whose gaps speak for it. flows: the largest ones."""

    chain: str
    radius: str
    as_of: str
    audience: Audience
    data_revision: int
    kinds: list[GapKind]
    nodes: list[OverlayNodeOut]
    places: list[OverlayPlaceOut]
    counted_at: dict[str, str]
    flows: list[FlowOut]
    flows_total: int
    local_share: LocalShareOut


class PlaceGapsOut(Answer):
    """A chain's gaps at one place, the largest first, with what is wanted to know more."""

    place: str
    place_zh: str
    place_en: str
    counted_at: str
    chain: str
    radius: str
    as_of: str
    audience: Audience
    data_revision: int
    surveyed: bool
    local_share: LocalShareOut
    items: list[GapOut]


class UnknownOut(Answer):
    """A firm whose capacity nobody knows: what asking it could move. moved_yi_yuan null: no bound.
    upper_yi_yuan: for officers only."""

    enterprise: str
    enterprise_zh: str
    place: str
    place_zh: str
    place_en: str
    node: str
    node_zh: str
    node_en: str
    moved_ranks: float
    moved_yi_yuan: float | None
    upper_yi_yuan: float | None


class ToSurveyOut(Answer):
    """A place where nobody has looked for the chain, though firms of it stand there or a clause designates it."""

    place: str
    place_zh: str
    place_en: str
    firms: int
    designated_by: list[SourceOut]


class LandingOut(Answer):
    """An enterprise that might come. counted_at: the park whose gaps it changes. fits: whether one vacant plot known
    there is large enough; null where the land asked for or the plots are unknown."""

    place: str
    place_zh: str
    place_en: str
    counted_at: str
    node: str
    node_zh: str
    node_en: str
    capacity_yi_yuan: float
    land_mu: float | None
    vacant_plots: int | None
    largest_vacant_plot_ha: float | None
    fits: bool | None


class GapChangeOut(Answer):
    """A node at a place before and after."""

    before: GapOut
    after: GapOut


class NodeAtOut(Answer):
    """A node at a place. amount_yi_yuan: what is told of it there, where something is."""

    place: str
    place_zh: str
    place_en: str
    node: str
    node_zh: str
    node_en: str
    amount_yi_yuan: float | None


class WhatIfOut(Answer):
    """What landings would change; nothing is stored. changed: what people read (kind, gap, coverage, remedy) differs;
    others: cells where only output at risk, the places in reach or the interval does. closed and opened: yuan by which
    gaps shrink and grow, the growth being the landings' own demand that nobody meets. gap_before, gap_after: of the
    whole chain; null where no yuan of demand are known. land_mu: of all landings; null
    where any did not say. is_approximate: a withheld capacity went into it as the stand-in of its class of size."""

    chain: str
    radius: str
    as_of: str
    audience: Audience
    data_revision: int
    landings: list[LandingOut]
    land_mu: float | None
    changed: list[GapChangeOut]
    others: int
    closed_yi_yuan: float
    opened_yi_yuan: float
    gap_before_yi_yuan: float | None
    gap_after_yi_yuan: float | None
    local_share_before: LocalShareOut
    local_share_after: LocalShareOut
    induced_demand: list[NodeAtOut]
    new_single_points: list[NodeAtOut]
    is_approximate: bool


class FirmRefOut(FactOut):
    """An enterprise by name, with what attests it."""

    code: str
    name_zh: str
    name_en: str


class FindingPlaceOut(Answer):
    """A place in a finding. surveyed_on: when somebody last looked for the chain there; null: nobody has, so that "no
    enterprise" is unknown. projects: permits, signings and plans. firms_in_county: firms of the chain known to stand
    somewhere in its county, in which park nobody says. enterprises: the first of the firms."""

    place: str
    place_zh: str
    place_en: str
    surveyed_on: str | None
    firms: int
    projects: int
    firms_in_county: int
    county_zh: str | None
    county_en: str | None
    enterprises: list[FirmRefOut]
    designations: list[DesignationOut]


class FindingOut(FactOut):
    """Designation against reality, of one chain at one place; `shared`: at all places that are designated for it.
    grade: the worst of what it rests on."""

    finding: Finding
    chain: str
    chain_zh: str
    chain_en: str
    places: list[FindingPlaceOut]
    sentence_zh: str
    sentence_en: str
