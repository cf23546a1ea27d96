"""Rows of the fact tables as they are answered, on a day. Reading only; each function takes rows, not queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from domain import offers as offer_rules
from domain.disclosure import size_class
from domain.periods import Holding
from domain.words import Audience
from models import (
    Capacity,
    ChainNode,
    Designation,
    Enterprise,
    EnterpriseNode,
    Facility,
    Observation,
    Offer,
    OfferConfirmation,
    OfferTier,
    PlaceArea,
    PlaceCode,
    PlaceEvent,
    PlaceLevelFact,
    PlaceName,
    Target,
)
from services.citations import cited, timed
from services.pinyin import spelled
from services.schemas import (
    AreaOut,
    CapacityOut,
    ChainNodeRefOut,
    DesignationOut,
    EnterpriseOut,
    EventOut,
    FacilityOut,
    LevelOut,
    ObservationOut,
    OfferOut,
    PlaceCodeOut,
    PlaceNameOut,
    TargetOut,
    TierOut,
)


def level_out(row: PlaceLevelFact, as_of: date) -> LevelOut:
    return LevelOut(level=row.level, label_zh=row.label_zh, label_en=row.label_en, **timed(row, as_of), **cited(row))


def level_on(levels: Sequence[LevelOut]) -> LevelOut | None:
    """The level that holds on the day: the highest that surely does.

    Where a higher one may hold already (its start is unknown, and the surer one has no known end), the answer names
    both and is itself unknown. A higher level never precedes the known start of a lower one.
    """
    order = {"national": 0, "provincial": 1, "municipal": 2, "none": 3}
    ranked = sorted(levels, key=lambda level: order[level.level])
    sure = next((level for level in ranked if level.holds == Holding.YES), None)
    may = next(
        (
            level
            for level in ranked
            if level.holds == Holding.UNKNOWN
            and not any(
                order[lower.level] > order[level.level] and lower.holds == Holding.NO and lower.valid_to is None
                for lower in ranked
            )
        ),
        None,
    )
    if sure is None:
        return may
    if may is None or order[may.level] >= order[sure.level] or sure.valid_to is not None:
        return sure
    return sure.model_copy(
        update={
            "label_zh": f"{sure.label_zh}，或已为{may.label_zh}",
            "label_en": f"{sure.label_en}, or already {may.label_en}",
            "holds": Holding.UNKNOWN.value,
        }
    )


def name_out(row: PlaceName, as_of: date) -> PlaceNameOut:
    return PlaceNameOut(name=row.name, kind=row.kind, **timed(row, as_of), **cited(row))


def code_out(row: PlaceCode) -> PlaceCodeOut:
    return PlaceCodeOut(scheme=row.scheme, code=row.code, **cited(row))


def area_out(row: PlaceArea) -> AreaOut:
    return AreaOut(
        kind=row.kind, area_ha=row.area_ha, comparison=row.comparison, year=row.year, stated=row.stated, **cited(row)
    )


def event_out(row: PlaceEvent) -> EventOut:
    stated = str(row.happened_on) if row.happened_on else row.happened_on_stated
    return EventOut(event_zh=row.event_zh, event_en=row.event_en, happened_on=stated, **cited(row))


def designation_out(row: Designation, as_of: date) -> DesignationOut:
    return DesignationOut(
        key=row.key,
        place=row.place_code,
        kind=row.kind,
        subject_zh=row.subject_zh,
        subject_en=row.subject_en,
        chain=row.chain_code,
        conflict=row.conflict,
        **timed(row, as_of),
        **cited(row),
    )


def enterprise_out(
    row: Enterprise,
    nodes: Iterable[tuple[EnterpriseNode, ChainNode]],
    capacities: Iterable[Capacity],
    audience: Audience,
) -> EnterpriseOut:
    return EnterpriseOut(
        code=row.code,
        name_zh=row.name_zh,
        name_en=spelled(row.name_zh),
        place=row.place_code,
        county=row.county_code,
        address=row.address,
        product=row.product,
        listed_code=row.listed_code,
        evidence_on=row.evidence_on,
        nodes=[
            ChainNodeRefOut(
                code=node.code,
                name_zh=node.name_zh,
                name_en=node.name_en,
                chain=node.chain_code,
                is_built=link.is_built,
                basis=link.basis,
                **cited(link),
            )
            for link, node in nodes
        ],
        capacities=[capacity_out(capacity, audience) for capacity in capacities],
        **cited(row),
    )


def capacity_out(row: Capacity, audience: Audience) -> CapacityOut:
    """A stated capacity; one that no public source prints goes to the public as its class of size."""
    value, value_range, stated, citation = row.value, None, row.stated, cited(row)
    if audience is Audience.PUBLIC and not row.is_published:
        stated = value = citation["note"] = None  # a note may repeat the figure
        if row.value is not None:
            value_range = size_class(row.value)
            stated = f"{value_range[0]:g}–{value_range[1]:g} {row.unit or ''}".strip()
    return CapacityOut(
        node=row.node_code,
        kind=row.kind,
        status=row.status,
        value=value,
        value_range=value_range,
        unit=row.unit,
        year=row.year,
        stated=stated,
        **citation,
    )


def facility_out(row: Facility) -> FacilityOut:
    return FacilityOut(
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        system=row.system,
        type_zh=row.type_zh,
        place=row.place_code,
        county=row.county_code,
        lonlat=(row.lon, row.lat) if row.lon is not None and row.lat is not None else None,
        status_zh=row.status_zh,
        year=row.year,
        **cited(row),
    )


def target_out(row: Target) -> TargetOut:
    return TargetOut(
        key=row.key,
        indicator_zh=row.indicator_zh,
        indicator_en=row.indicator_en,
        value=row.value,
        unit=row.unit,
        unit_en=row.unit_en,
        comparison=row.comparison,
        year=row.year,
        scope=row.scope_zh,
        scope_en=row.scope_en,
        place=row.place_code,
        chain=row.chain_code,
        industry=row.industry_code,
        responsible=row.responsible.split(";") if row.responsible else [],
        **cited(row),
    )


def observation_out(row: Observation) -> ObservationOut:
    return ObservationOut(
        key=row.key,
        indicator_zh=row.indicator_zh,
        indicator_en=row.indicator_en,
        scope=row.scope_zh,
        scope_en=row.scope_en,
        place=row.place_code,
        period=row.period,
        value=row.value,
        value_text=row.value_text,
        unit=row.unit,
        kind=row.kind,
        conflict=row.conflict,
        target=row.target_key,
        **cited(row),
    )


def offer_out(
    row: Offer,
    tiers: Mapping[str, Sequence[OfferTier]],
    confirmations: Mapping[str, Sequence[OfferConfirmation]],
    as_of: date,
) -> OfferOut:
    status = offer_rules.offer_status(
        row.period,
        [
            offer_rules.Confirmation(record.confirmed_on, record.valid_until)
            for record in confirmations.get(row.code, [])
        ],
        as_of,
        row.reported,
    )
    return OfferOut(
        code=row.code,
        kind=row.kind,
        name_zh=row.name_zh,
        name_en=row.name_en,
        rule_zh=row.rule_zh,
        rule_en=row.rule_en,
        value=row.value,
        unit=row.unit,
        unit_en=row.unit_en,
        scope_zh=row.scope_zh,
        scope_en=row.scope_en,
        place=row.place_code,
        status=status.value,
        valid_from=None if row.valid_from is None else str(row.valid_from),
        valid_to=None if row.valid_to is None else str(row.valid_to),
        tiers=[
            TierOut(
                quantity=tier.quantity,
                lower=tier.lower,
                upper=tier.upper,
                unit=tier.unit,
                value=tier.value,
                value_unit=tier.value_unit,
                **cited(tier),
            )
            for tier in tiers.get(row.code, [])
        ],
        **cited(row),
    )
