"""How each CSV file of a dataset becomes rows of a table. Order matters: what is pointed at comes first."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from domain.words import NameKind, PlaceLevel
from models import (
    Base,
    Capacity,
    CatalogueItem,
    Chain,
    ChainEdge,
    ChainNode,
    Cluster,
    Designation,
    Enterprise,
    EnterpriseNode,
    Facility,
    Industry,
    IndustryClass,
    Observation,
    Offer,
    Place,
    PlaceArea,
    PlaceCode,
    PlaceEvent,
    PlaceLevelFact,
    PlaceName,
    ProvincialListItem,
    ReferencePrice,
    Survey,
    Target,
    TravelMinutes,
)
from services.dataset import values
from services.dataset.reading import CITATION, Row
from services.dataset.values import Values


@dataclass(frozen=True)
class Table:
    """One file: its own columns (the citation columns follow), its model, and how a row is read.

    `key` names a fact across its versions; None for things known by their code. `scope`: the attributes that staff
    replace the rows of as a whole (what they hold, a load leaves alone); none for what staff do not enter as sheets.
    """

    file: str
    columns: tuple[str, ...]
    model: type[Base]
    read: Callable[[Row], Values]
    key: Callable[[Row], str] | None = None
    scope: tuple[str, ...] = ()

    @property
    def all_columns(self) -> tuple[str, ...]:
        return (*self.columns, *CITATION)


def _joined(*columns: str) -> Callable[[Row], str]:
    """A key of these columns and the citation: the same thing said by two sources is two facts."""

    def key(row: Row) -> str:
        own = "|".join(row.values[column].strip() for column in columns)
        citation = "|".join(row.values[column].strip() for column in CITATION[:4])
        digest = hashlib.sha256(citation.encode()).hexdigest()[:12]
        return f"{own[:220]}|{digest}"

    return key


TABLES: tuple[Table, ...] = (
    Table(
        "places.csv",
        ("code", "layer", "kind", "name_zh", "short_name_zh", "name_en", "name_en_is_official", "parent", "county",
         "on_belt", *values.PERIOD),
        Place, values.place,
    ),
    Table("chains.csv", ("code", "name_zh", "name_en"), Chain,
          lambda row: {"code": row.text("code"), "name_zh": row.text("name_zh"), "name_en": row.text("name_en"),
                       "sort": row.line}),
    Table("classification.csv", ("code", "name_zh"), IndustryClass,
          lambda row: {"code": row.text("code"), "name_zh": row.text("name_zh")}),
    Table("chain_nodes.csv",
          ("code", "chain", "name_zh", "name_en", "stage", "gbt4754", "gbt4754_grade", "unit", "radius_min"),
          ChainNode, values.chain_node, scope=("code",)),
    Table("industries.csv", ("code", "name_zh", "name_en", "formation", "formation_en"), Industry,
          lambda row: {"code": row.text("code"), "name_zh": row.text("name_zh"), "name_en": row.text("name_en"),
                       "formation_zh": row.optional("formation"), "formation_en": row.optional("formation_en"),
                       "sort": row.line}),
    Table("enterprises.csv",
          ("code", "name_zh", "short_name_zh", "place", "county", "address", "listed_code", "lon", "lat", "datum",
           "product", "evidence_on"), Enterprise, values.enterprise, scope=("code",)),
    Table("facilities.csv",
          ("code", "system", "type_zh", "name_zh", "name_en", "place", "county", "lon", "lat", "datum", "status_zh",
           "year"), Facility, values.facility),
    Table("place_codes.csv", ("place", "scheme", "code"), PlaceCode,
          lambda row: {"place_code": row.text("place"), "scheme": row.text("scheme"), "code": row.text("code")},
          _joined("place", "scheme", "code")),
    Table("place_names.csv", ("place", "name", "kind", *values.PERIOD), PlaceName,
          lambda row: {"place_code": row.text("place"), "name": row.text("name"),
                       "kind": row.word("kind", NameKind), **values.period(row)},
          _joined("place", "name", "kind", "valid_from")),
    Table("place_levels.csv", ("place", "level", "label_zh", "label_en", *values.PERIOD), PlaceLevelFact,
          lambda row: {"place_code": row.text("place"), "level": row.word("level", PlaceLevel),
                       "label_zh": row.text("label_zh"), "label_en": row.text("label_en"), **values.period(row)},
          _joined("place", "level", "label_zh", "valid_from")),
    Table("place_areas.csv", ("place", "kind", "area_ha", "comparison", "year", "stated", "outline"), PlaceArea,
          values.area, _joined("place", "kind", "area_ha", "year")),
    Table("place_history.csv", ("place", "event", "event_en", "happened_on"), PlaceEvent, values.event,
          _joined("place", "event", "happened_on")),
    Table("provincial_lists.csv", ("list", "sort", "name_zh", "name_en"), ProvincialListItem,
          lambda row: {"list_code": row.text("list"), "sort": row.integer("sort"), "name_zh": row.text("name_zh"),
                       "name_en": row.text("name_en")},
          _joined("list", "name_zh")),
    Table("clusters.csv", ("code", "name_zh", "name_en", "level", "place", "chain", *values.PERIOD), Cluster,
          lambda row: {"code": row.text("code"), "name_zh": row.text("name_zh"), "name_en": row.text("name_en"),
                       "level": row.text("level"), "place_code": row.optional("place"),
                       "chain_code": row.optional("chain"), **values.period(row)},
          lambda row: row.text("code")),
    Table("designations.csv",
          ("key", "place", "kind", "subject_zh", "subject_en", "chain", "conflict", *values.PERIOD), Designation,
          values.designation, lambda row: row.text("key")),
    Table("catalogues.csv", ("catalogue", "sort", "name_zh", "name_en", "chain"), CatalogueItem,
          lambda row: {"catalogue": row.text("catalogue"), "sort": row.integer("sort"),
                       "name_zh": row.optional("name_zh"), "name_en": row.optional("name_en"),
                       "chain_code": row.optional("chain")},
          _joined("catalogue", "sort", "name_zh")),
    Table("targets.csv",
          ("key", "indicator_zh", "indicator_en", "value", "unit", "unit_en", "comparison", "year", "scope",
           "scope_en", "place", "chain", "industry", "responsible"), Target, values.target,
          lambda row: row.text("key")),
    Table("observations.csv",
          ("key", "indicator_zh", "indicator_en", "scope_zh", "scope_en", "place", "period", "value", "value_text",
           "unit", "kind", "conflict", "target"), Observation, values.observation, lambda row: row.text("key")),
    Table("offers.csv",
          ("code", "kind", "name_zh", "name_en", "rule_zh", "rule_en", "value", "unit", "unit_en", "scope_zh",
           "scope_en", "place", "valid_from", "valid_to", "status"), Offer, values.offer, lambda row: row.text("code")),
    Table("chain_edges.csv",
          ("chain", "supplier", "buyer", "edge_type", "alternative_group", "share", "coefficient", "coefficient_low",
           "coefficient_high", "coefficient_year", "coefficient_grade", "physical_coefficient", "physical_unit",
           "cost_share"), ChainEdge, values.chain_edge, _joined("supplier", "buyer", "edge_type", "alternative_group"),
          ("supplier_code", "buyer_code")),
    Table("enterprise_nodes.csv", ("enterprise", "node", "is_built", "basis"), EnterpriseNode,
          lambda row: {"enterprise_code": row.text("enterprise"), "node_code": row.text("node"),
                       "is_built": row.flag("is_built"), "basis": row.optional("basis")},
          _joined("enterprise", "node"), ("enterprise_code",)),
    Table("capacities.csv",
          ("enterprise", "node", "kind", "status", "value", "upper_value", "unit", "year", "stated", "published"),
          Capacity, values.capacity, _joined("enterprise", "node", "kind", "value", "unit", "year", "stated"),
          ("enterprise_code", "node_code")),
    Table("reference_prices.csv", ("node", "price_yuan", "unit", "priced_on"), ReferencePrice, values.reference_price,
          _joined("node", "priced_on"), ("node_code", "priced_on")),
    Table("travel_minutes.csv", ("place_a", "place_b", "minutes"), TravelMinutes, values.travel_minutes,
          lambda row: "|".join(sorted((row.text("place_a"), row.text("place_b")))), ("place_a_code", "place_b_code")),
    Table("surveys.csv", ("place", "chain", "surveyed_on"), Survey, values.survey,
          _joined("place", "chain", "surveyed_on"), ("place_code", "chain_code")),
)  # fmt: skip
"""Every table of cited rows. Documents, clauses, positions and the belt are read by their own modules."""
