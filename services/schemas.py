"""What the app answers, as plain typed values: the same for pages, JSON and the exported file.

Every fact carries `source` and `grade`. Names come in both languages; a page picks one.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from domain.words import (
    AreaKind,
    CapacityKind,
    CapacityStatus,
    Comparison,
    DesignationKind,
    Drawn,
    EdgeType,
    Grade,
    NameKind,
    ObservationKind,
    OfferKind,
    PlaceKind,
    PlaceLayer,
    PlaceLevel,
    Stage,
    SupportSystem,
)

LonLat = tuple[float, float]
GeoJson = dict[str, Any]


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class SourceOut(Answer):
    """A clause of a document, or a publication with the date it prints."""

    document: str | None
    clause: str | None
    publication: str | None
    date: str | None


class FactOut(Answer):
    source: SourceOut
    grade: Grade
    note: str | None = None


class TimedFactOut(FactOut):
    """`holds`: yes, no or unknown on the day asked for."""

    valid_from: str | None
    valid_to: str | None
    attested_on: str | None
    holds: str


class NamedOut(Answer):
    code: str
    name_zh: str
    name_en: str


class LevelOut(TimedFactOut):
    level: PlaceLevel
    label_zh: str
    label_en: str


class PlaceNameOut(TimedFactOut):
    name: str
    kind: NameKind


class PlaceCodeOut(FactOut):
    scheme: str
    code: str


class AreaOut(FactOut):
    kind: AreaKind
    area_ha: float
    comparison: Comparison
    year: str | None
    stated: str


class EventOut(FactOut):
    event_zh: str
    event_en: str
    happened_on: str | None


class DesignationOut(TimedFactOut):
    key: str
    place: str
    kind: DesignationKind
    subject_zh: str
    subject_en: str
    chain: str | None
    conflict: str | None


class ChainNodeRefOut(FactOut):
    """`is_built` false: a permit, a signing or a plan is all there is; it never counts as presence."""

    code: str
    name_zh: str
    name_en: str
    chain: str
    is_built: bool
    basis: str | None


class CapacityOut(FactOut):
    """A figure that no public source prints is withheld from the public: no value, `value_range` and `stated` are its
    class of size."""

    node: str | None
    kind: CapacityKind
    status: CapacityStatus
    value: float | None
    value_range: tuple[float, float] | None = None
    unit: str | None
    year: str | None
    stated: str | None


class EnterpriseOut(FactOut):
    """`name_en` is pinyin: no official English name is known."""

    code: str
    name_zh: str
    name_en: str
    place: str | None
    county: str | None
    address: str | None
    product: str | None
    listed_code: str | None
    evidence_on: str | None
    nodes: list[ChainNodeRefOut]
    capacities: list[CapacityOut]


class FacilityOut(FactOut):
    code: str
    name_zh: str
    name_en: str
    system: SupportSystem
    type_zh: str
    place: str | None
    county: str | None
    lonlat: LonLat | None
    status_zh: str | None
    year: str | None


class TargetOut(FactOut):
    key: str
    indicator_zh: str
    indicator_en: str
    value: float
    unit: str
    unit_en: str
    comparison: Comparison
    year: str | None
    scope: str
    scope_en: str
    place: str | None
    chain: str | None
    industry: str | None
    responsible: list[str]


class ObservationOut(FactOut):
    key: str
    indicator_zh: str
    indicator_en: str
    scope: str
    scope_en: str
    place: str | None
    period: str | None
    value: float | None
    value_text: str | None
    unit: str | None
    kind: ObservationKind
    conflict: str | None
    target: str | None


class TierOut(FactOut):
    """Half-open: lower ≤ quantity < upper; no upper: without end."""

    quantity: str
    lower: float
    upper: float | None
    unit: str
    value: float
    value_unit: str


class OfferOut(FactOut):
    """`status` is decided by confirmation records and the day asked for, never by the document alone."""

    code: str
    kind: OfferKind
    name_zh: str
    name_en: str
    rule_zh: str | None
    rule_en: str | None
    value: float | None
    unit: str | None
    unit_en: str | None
    scope_zh: str | None
    scope_en: str | None
    place: str | None
    status: str
    valid_from: str | None
    valid_to: str | None
    tiers: list[TierOut]


class GeometryOut(FactOut):
    """How the place stands on the map and why it stands there. Accuracy in metres."""

    drawn: Drawn
    basis_zh: str
    basis_en: str
    accuracy_m: float | None
    datum: str | None
    version: int | None
    method: str | None


class PlaceOut(FactOut):
    code: str
    layer: PlaceLayer
    kind: PlaceKind
    name_zh: str
    short_name_zh: str
    name_en: str
    name_en_is_official: bool
    county: str | None
    county_zh: str | None
    county_en: str | None
    parent: str | None
    is_on_belt: bool
    holds: str
    level: LevelOut | None
    drawn: Drawn
    lonlat: LonLat | None
    accuracy_m: float | None
    area: AreaOut | None
    area_ha: float | None
    priority: int
    url: str
    en_url: str


class PlaceDetailOut(PlaceOut):
    """Everything known of a place. `vacancy` and `contact` are null: nobody has published them."""

    names: list[PlaceNameOut]
    codes: list[PlaceCodeOut]
    levels: list[LevelOut]
    areas: list[AreaOut]
    history: list[EventOut]
    designations: list[DesignationOut]
    enterprises: list[EnterpriseOut]
    facilities: list[FacilityOut]
    targets: list[TargetOut]
    observations: list[ObservationOut]
    offers: list[OfferOut]
    children: list[NamedOut]
    geometry: GeometryOut
    vacancy: None = None
    contact: None = None


class SectionOut(TimedFactOut):
    code: str
    name_zh: str
    name_en: str
    function_zh: str
    function_en: str
    length_km: float | None
    places: list[str]
    drawn: bool


class ChainOut(FactOut):
    code: str
    name_zh: str
    name_en: str
    nodes: int
    nodes_present: int
    enterprises: int
    clauses: list[SourceOut]
    url: str


class NodeOut(FactOut):
    code: str
    chain: str
    name_zh: str
    name_en: str
    stage: Stage
    industry_class: str | None
    industry_class_zh: str | None
    industry_class_grade: Grade | None
    unit: str | None
    radius_min: float | None
    same_as: list[str]
    state: str
    enterprises: list[EnterpriseOut]
    projects: list[EnterpriseOut]


class EdgeOut(FactOut):
    supplier: str
    buyer: str
    edge_type: EdgeType
    alternative_group: str | None
    coefficient: float | None
    coefficient_low: float | None
    coefficient_high: float | None
    coefficient_year: str | None
    coefficient_grade: Grade | None
    physical_coefficient: float | None
    physical_unit: str | None
    cost_share: float | None


class ChainDetailOut(ChainOut):
    node_list: list[NodeOut]
    edges: list[EdgeOut]
    designations: list[DesignationOut]
    states: dict[str, Any]


class ClauseOut(Answer):
    number: str
    label_zh: str | None
    label_en: str | None
    heading: str | None
    text: str | None
    responsible: list[str]
    designations: list[DesignationOut]
    targets: list[TargetOut]
    offers: list[OfferOut]
    others: list[str]


class DocumentOut(Answer):
    key: str
    number: str | None
    title: str
    title_en: str
    issuer: str | None
    issued_on: str | None
    scope: str | None
    note: str | None
    is_imported: bool
    clauses: int
    facts: int


class DocumentDetailOut(DocumentOut):
    summary: str | None
    preamble: str | None
    clause_list: list[ClauseOut]


class Listing(Answer):
    """A page of a list: `next` is the address of the following one, or null."""

    items: list[Any]
    total: int
    next: str | None
