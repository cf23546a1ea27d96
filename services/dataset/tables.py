"""How each CSV file of a dataset becomes rows of a table. Order matters: what is pointed at comes first."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from domain.words import (
    AreaKind,
    CapacityKind,
    CapacityStatus,
    Comparison,
    DesignationKind,
    EdgeType,
    Grade,
    NameKind,
    ObservationKind,
    OfferKind,
    OfferReport,
    PlaceKind,
    PlaceLayer,
    PlaceLevel,
    Stage,
    SupportSystem,
)
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
from services.dataset.reading import CITATION, Row

Values = dict[str, Any]
PERIOD = ("valid_from", "valid_to", "attested_on")
LARGEST_COEFFICIENT = 10.0
LARGEST_CAPACITY = 1e9
LARGEST_MINUTES = 1e6


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


def amount(row: Row, column: str, most: float) -> float | None:
    """A number from 0 to the most that can be meant; None = empty cell."""
    value = row.optional_number(column)
    if value is not None and value < 0:
        row.fail(column, f"不能为负：{value:g}", f"must not be negative: {value:g}")
    if value is not None and value > most:
        row.fail(column, f"大得不合理：{value:g} > {most:g}", f"absurdly large: {value:g} > {most:g}")
    return value


def _joined(*columns: str) -> Callable[[Row], str]:
    """A key of these columns and the citation: the same thing said by two sources is two facts."""

    def key(row: Row) -> str:
        own = "|".join(row.values[column].strip() for column in columns)
        citation = "|".join(row.values[column].strip() for column in CITATION[:4])
        digest = hashlib.sha256(citation.encode()).hexdigest()[:12]
        return f"{own[:220]}|{digest}"

    return key


def _period(row: Row, *columns: str) -> Values:
    period = {column: row.optional_partial_date(column) for column in columns or PERIOD}
    start, end = period["valid_from"], period["valid_to"]
    if start and end and end.last_day < start.first_day:
        row.fail("valid_to", f"早于起始 {start}", f"ends before it starts ({start})")
    return period


def _place(row: Row) -> Values:
    return {
        "code": row.text("code"),
        "layer": row.word("layer", PlaceLayer),
        "kind": row.word("kind", PlaceKind),
        "name_zh": row.text("name_zh"),
        "short_name_zh": row.text("short_name_zh"),
        "name_en": row.text("name_en"),
        "name_en_is_official": row.flag("name_en_is_official"),
        "parent_code": row.optional("parent"),
        "county_code": row.optional("county"),
        "is_on_belt": row.flag("on_belt"),
        "sort": row.line,
        **_period(row),
    }


def _area(row: Row) -> Values:
    area_ha = row.number("area_ha")
    if area_ha <= 0:
        row.fail("area_ha", "面积须大于零", "an area must be above zero")
    return {
        "place_code": row.text("place"),
        "kind": row.word("kind", AreaKind),
        "area_ha": area_ha,
        "comparison": row.word("comparison", Comparison),
        "year": row.optional("year"),
        "stated": row.text("stated"),
        "is_for_outline": row.flag("outline"),
    }


def _event(row: Row) -> Values:
    stated = row.optional("happened_on")
    is_iso = stated is not None and len(stated) <= 10 and stated.replace("-", "").isdigit()
    return {
        "place_code": row.text("place"),
        "event_zh": row.text("event"),
        "event_en": row.text("event_en"),
        "happened_on": row.optional_partial_date("happened_on") if is_iso else None,
        "happened_on_stated": stated,
    }


def _chain_node(row: Row) -> Values:
    return {
        "code": row.text("code"),
        "chain_code": row.text("chain"),
        "name_zh": row.text("name_zh"),
        "name_en": row.text("name_en"),
        "stage": row.word("stage", Stage),
        "industry_class_code": row.optional("gbt4754"),
        "industry_class_grade": row.optional_word("gbt4754_grade", Grade),
        "unit": row.optional("unit"),
        "radius_min": amount(row, "radius_min", LARGEST_MINUTES),
        "sort": row.line,
    }


def _share(row: Row) -> float | None:
    share = row.optional_number("share")
    if share is not None and not 0 <= share <= 1:
        row.fail("share", f"份额应在 0 与 1 之间：{share:g}", f"a share lies between 0 and 1: {share:g}")
    if share is not None and row.optional("alternative_group") is None:
        row.fail("share", "份额须属于一个替代组", "a share belongs to an alternative group")
    return share


def _chain_edge(row: Row) -> Values:
    supplier, buyer = row.text("supplier"), row.text("buyer")
    if supplier == buyer:
        row.fail("buyer", f"{buyer} 指向自己", f"{buyer} points at itself")
    coefficient = amount(row, "coefficient", LARGEST_COEFFICIENT)
    grade = row.optional_word("coefficient_grade", Grade)
    if coefficient is not None and grade is None:
        row.fail("coefficient_grade", "系数须注明可信度", "a coefficient needs its grade")
    return {
        "chain_code": row.text("chain"),
        "supplier_code": supplier,
        "buyer_code": buyer,
        "edge_type": row.word("edge_type", EdgeType),
        "alternative_group": row.optional("alternative_group"),
        "share": _share(row),
        "coefficient": coefficient,
        "coefficient_low": amount(row, "coefficient_low", LARGEST_COEFFICIENT),
        "coefficient_high": amount(row, "coefficient_high", LARGEST_COEFFICIENT),
        "coefficient_year": row.optional("coefficient_year"),
        "coefficient_grade": grade,
        "physical_coefficient": row.optional_number("physical_coefficient"),
        "physical_unit": row.optional("physical_unit"),
        "cost_share": row.optional_number("cost_share"),
    }


def _point(row: Row) -> Values:
    lon, lat = row.optional_number("lon"), row.optional_number("lat")
    if (lon is None) != (lat is None):
        row.fail("lat", "经纬度须成对", "longitude and latitude go together")
    if lon is not None and lat is not None and not (73 <= lon <= 136 and 3 <= lat <= 54):
        row.fail("lon", f"不在中国范围内：{lon}, {lat}", f"not in China: {lon}, {lat}")
    return {"lon": lon, "lat": lat, "source_datum": row.optional("datum")}


def _enterprise(row: Row) -> Values:
    return {
        "code": row.text("code"),
        "name_zh": row.text("name_zh"),
        "short_name_zh": row.optional("short_name_zh"),
        "place_code": row.optional("place"),
        "county_code": row.optional("county"),
        "address": row.optional("address"),
        "listed_code": row.optional("listed_code"),
        **_point(row),
        "product": row.optional("product"),
        "evidence_on": row.optional("evidence_on"),
        "sort": row.line,
    }


def _capacity(row: Row) -> Values:
    value, upper = amount(row, "value", LARGEST_CAPACITY), amount(row, "upper_value", LARGEST_CAPACITY)
    status = row.word("status", CapacityStatus)
    is_unknown = status is CapacityStatus.UNKNOWN
    if value is None and not is_unknown:
        row.fail("value", f"状态为 {status} 的能力须有数值", f"a capacity that is {status} needs its value")
    if value is not None and is_unknown:
        row.fail("value", "未知的能力不能有数值，只能有上限", "an unknown capacity has no value, only an upper value")
    if upper is not None and not is_unknown:
        row.fail("upper_value", "上限只用于未知的能力", "an upper value is for an unknown capacity")
    return {
        "enterprise_code": row.text("enterprise"),
        "node_code": row.optional("node"),
        "kind": row.word("kind", CapacityKind),
        "status": status,
        "value": value,
        "upper_value": upper,
        "is_published": row.flag("published"),
        "unit": row.optional("unit"),
        "year": row.optional("year"),
        "stated": row.optional("stated"),
    }


def _reference_price(row: Row) -> Values:
    price = row.number("price_yuan")
    if price <= 0:
        row.fail("price_yuan", "价格须大于零", "a price must be above zero")
    priced_on = row.optional_partial_date("priced_on")
    if priced_on is None:
        row.fail("priced_on", "价格须有日期", "a price needs its date")
    return {"node_code": row.text("node"), "price_yuan": price, "unit": row.text("unit"), "priced_on": priced_on}


def _travel_minutes(row: Row) -> Values:
    a, b = sorted((row.text("place_a"), row.text("place_b")))
    if a == b:
        row.fail("place_b", f"须为两个不同的地点：{b}", f"minutes lie between two places: {b}")
    row.number("minutes")
    return {"place_a_code": a, "place_b_code": b, "minutes": amount(row, "minutes", LARGEST_MINUTES)}


def _survey(row: Row) -> Values:
    day = row.optional_partial_date("surveyed_on")
    if day is None or day.first_day != day.last_day:
        row.fail("surveyed_on", "摸底须写明哪一天", "a survey needs its day")
    return {"place_code": row.text("place"), "chain_code": row.text("chain"), "surveyed_on": day.first_day}


def _facility(row: Row) -> Values:
    return {
        "code": row.text("code"),
        "system": row.word("system", SupportSystem),
        "type_zh": row.text("type_zh"),
        "name_zh": row.text("name_zh"),
        "name_en": row.text("name_en"),
        "place_code": row.optional("place"),
        "county_code": row.optional("county"),
        **_point(row),
        "status_zh": row.optional("status_zh"),
        "year": row.optional("year"),
        "sort": row.line,
    }


def _designation(row: Row) -> Values:
    return {
        "place_code": row.text("place"),
        "kind": row.word("kind", DesignationKind),
        "subject_zh": row.text("subject_zh"),
        "subject_en": row.text("subject_en"),
        "chain_code": row.optional("chain"),
        "conflict": row.optional("conflict"),
        **_period(row),
    }


def _target(row: Row) -> Values:
    return {
        "indicator_zh": row.text("indicator_zh"),
        "indicator_en": row.text("indicator_en"),
        "value": row.number("value"),
        "unit": row.text("unit"),
        "unit_en": row.text("unit_en"),
        "comparison": row.word("comparison", Comparison),
        "year": row.optional("year"),
        "scope_zh": row.text("scope"),
        "scope_en": row.text("scope_en"),
        "place_code": row.optional("place"),
        "chain_code": row.optional("chain"),
        "industry_code": row.optional("industry"),
        "responsible": ";".join(row.items("responsible")) or None,
        "sort": row.line,
    }


def _observation(row: Row) -> Values:
    return {
        "indicator_zh": row.text("indicator_zh"),
        "indicator_en": row.text("indicator_en"),
        "scope_zh": row.text("scope_zh"),
        "scope_en": row.text("scope_en"),
        "place_code": row.optional("place"),
        "period": row.optional("period"),
        "value": row.optional_number("value"),
        "value_text": row.optional("value_text"),
        "unit": row.optional("unit"),
        "kind": row.word("kind", ObservationKind),
        "conflict": row.optional("conflict"),
        "target_key": row.optional("target"),
        "sort": row.line,
    }


def _offer(row: Row) -> Values:
    return {
        "code": row.text("code"),
        "kind": row.word("kind", OfferKind),
        "name_zh": row.text("name_zh"),
        "name_en": row.text("name_en"),
        "rule_zh": row.optional("rule_zh"),
        "rule_en": row.optional("rule_en"),
        "value": row.optional_number("value"),
        "unit": row.optional("unit"),
        "unit_en": row.optional("unit_en"),
        "scope_zh": row.optional("scope_zh"),
        "scope_en": row.optional("scope_en"),
        "place_code": row.optional("place"),
        "reported": row.word("status", OfferReport),
        "sort": row.line,
        **_period(row, "valid_from", "valid_to"),
    }


TABLES: tuple[Table, ...] = (
    Table(
        "places.csv",
        ("code", "layer", "kind", "name_zh", "short_name_zh", "name_en", "name_en_is_official", "parent", "county",
         "on_belt", *PERIOD),
        Place, _place,
    ),
    Table("chains.csv", ("code", "name_zh", "name_en"), Chain,
          lambda row: {"code": row.text("code"), "name_zh": row.text("name_zh"), "name_en": row.text("name_en"),
                       "sort": row.line}),
    Table("classification.csv", ("code", "name_zh"), IndustryClass,
          lambda row: {"code": row.text("code"), "name_zh": row.text("name_zh")}),
    Table("chain_nodes.csv",
          ("code", "chain", "name_zh", "name_en", "stage", "gbt4754", "gbt4754_grade", "unit", "radius_min"),
          ChainNode, _chain_node, scope=("code",)),
    Table("industries.csv", ("code", "name_zh", "name_en", "formation", "formation_en"), Industry,
          lambda row: {"code": row.text("code"), "name_zh": row.text("name_zh"), "name_en": row.text("name_en"),
                       "formation_zh": row.optional("formation"), "formation_en": row.optional("formation_en"),
                       "sort": row.line}),
    Table("enterprises.csv",
          ("code", "name_zh", "short_name_zh", "place", "county", "address", "listed_code", "lon", "lat", "datum",
           "product", "evidence_on"), Enterprise, _enterprise, scope=("code",)),
    Table("facilities.csv",
          ("code", "system", "type_zh", "name_zh", "name_en", "place", "county", "lon", "lat", "datum", "status_zh",
           "year"), Facility, _facility),
    Table("place_codes.csv", ("place", "scheme", "code"), PlaceCode,
          lambda row: {"place_code": row.text("place"), "scheme": row.text("scheme"), "code": row.text("code")},
          _joined("place", "scheme", "code")),
    Table("place_names.csv", ("place", "name", "kind", *PERIOD), PlaceName,
          lambda row: {"place_code": row.text("place"), "name": row.text("name"),
                       "kind": row.word("kind", NameKind), **_period(row)},
          _joined("place", "name", "kind", "valid_from")),
    Table("place_levels.csv", ("place", "level", "label_zh", "label_en", *PERIOD), PlaceLevelFact,
          lambda row: {"place_code": row.text("place"), "level": row.word("level", PlaceLevel),
                       "label_zh": row.text("label_zh"), "label_en": row.text("label_en"), **_period(row)},
          _joined("place", "level", "label_zh", "valid_from")),
    Table("place_areas.csv", ("place", "kind", "area_ha", "comparison", "year", "stated", "outline"), PlaceArea, _area,
          _joined("place", "kind", "area_ha", "year")),
    Table("place_history.csv", ("place", "event", "event_en", "happened_on"), PlaceEvent, _event,
          _joined("place", "event", "happened_on")),
    Table("provincial_lists.csv", ("list", "sort", "name_zh", "name_en"), ProvincialListItem,
          lambda row: {"list_code": row.text("list"), "sort": row.integer("sort"), "name_zh": row.text("name_zh"),
                       "name_en": row.text("name_en")},
          _joined("list", "name_zh")),
    Table("clusters.csv", ("code", "name_zh", "name_en", "level", "place", "chain", *PERIOD), Cluster,
          lambda row: {"code": row.text("code"), "name_zh": row.text("name_zh"), "name_en": row.text("name_en"),
                       "level": row.text("level"), "place_code": row.optional("place"),
                       "chain_code": row.optional("chain"), **_period(row)},
          lambda row: row.text("code")),
    Table("designations.csv",
          ("key", "place", "kind", "subject_zh", "subject_en", "chain", "conflict", *PERIOD), Designation, _designation,
          lambda row: row.text("key")),
    Table("catalogues.csv", ("catalogue", "sort", "name_zh", "name_en", "chain"), CatalogueItem,
          lambda row: {"catalogue": row.text("catalogue"), "sort": row.integer("sort"),
                       "name_zh": row.optional("name_zh"), "name_en": row.optional("name_en"),
                       "chain_code": row.optional("chain")},
          _joined("catalogue", "sort", "name_zh")),
    Table("targets.csv",
          ("key", "indicator_zh", "indicator_en", "value", "unit", "unit_en", "comparison", "year", "scope",
           "scope_en", "place", "chain", "industry", "responsible"), Target, _target, lambda row: row.text("key")),
    Table("observations.csv",
          ("key", "indicator_zh", "indicator_en", "scope_zh", "scope_en", "place", "period", "value", "value_text",
           "unit", "kind", "conflict", "target"), Observation, _observation, lambda row: row.text("key")),
    Table("offers.csv",
          ("code", "kind", "name_zh", "name_en", "rule_zh", "rule_en", "value", "unit", "unit_en", "scope_zh",
           "scope_en", "place", "valid_from", "valid_to", "status"), Offer, _offer, lambda row: row.text("code")),
    Table("chain_edges.csv",
          ("chain", "supplier", "buyer", "edge_type", "alternative_group", "share", "coefficient", "coefficient_low",
           "coefficient_high", "coefficient_year", "coefficient_grade", "physical_coefficient", "physical_unit",
           "cost_share"), ChainEdge, _chain_edge, _joined("supplier", "buyer", "edge_type", "alternative_group"),
          ("supplier_code", "buyer_code")),
    Table("enterprise_nodes.csv", ("enterprise", "node", "is_built", "basis"), EnterpriseNode,
          lambda row: {"enterprise_code": row.text("enterprise"), "node_code": row.text("node"),
                       "is_built": row.flag("is_built"), "basis": row.optional("basis")},
          _joined("enterprise", "node"), ("enterprise_code",)),
    Table("capacities.csv",
          ("enterprise", "node", "kind", "status", "value", "upper_value", "unit", "year", "stated", "published"),
          Capacity, _capacity, _joined("enterprise", "node", "kind", "value", "unit", "year", "stated"),
          ("enterprise_code", "node_code")),
    Table("reference_prices.csv", ("node", "price_yuan", "unit", "priced_on"), ReferencePrice, _reference_price,
          _joined("node", "priced_on"), ("node_code", "priced_on")),
    Table("travel_minutes.csv", ("place_a", "place_b", "minutes"), TravelMinutes, _travel_minutes,
          lambda row: "|".join(sorted((row.text("place_a"), row.text("place_b")))), ("place_a_code", "place_b_code")),
    Table("surveys.csv", ("place", "chain", "surveyed_on"), Survey, _survey, _joined("place", "chain", "surveyed_on"),
          ("place_code", "chain_code")),
)  # fmt: skip
"""Every table of cited rows. Documents, clauses, positions and the belt are read by their own modules."""
