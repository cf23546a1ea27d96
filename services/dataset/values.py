"""What a row of a dataset's file says, as the values of its table; what cannot be meant is a fault of its column."""

from __future__ import annotations

from typing import Any

from domain.words import (
    AreaKind,
    CapacityKind,
    CapacityStatus,
    Comparison,
    DesignationKind,
    EdgeType,
    Grade,
    ObservationKind,
    OfferKind,
    OfferReport,
    PlaceKind,
    PlaceLayer,
    Stage,
    SupportSystem,
)
from services.dataset.reading import Row

Values = dict[str, Any]
PERIOD = ("valid_from", "valid_to", "attested_on")
LARGEST_COEFFICIENT = 10.0
LARGEST_CAPACITY = 1e9
LARGEST_MINUTES = 1e6


def amount(row: Row, column: str, most: float) -> float | None:
    """A number from 0 to the most that can be meant; None = empty cell."""
    value = row.optional_number(column)
    if value is not None and value < 0:
        row.fail(column, f"不能为负：{value:g}", f"must not be negative: {value:g}")
    if value is not None and value > most:
        row.fail(column, f"大得不合理：{value:g} > {most:g}", f"absurdly large: {value:g} > {most:g}")
    return value


def period(row: Row, *columns: str) -> Values:
    """When it holds, by these columns or all of PERIOD."""
    told = {column: row.optional_partial_date(column) for column in columns or PERIOD}
    start, end = told["valid_from"], told["valid_to"]
    if start and end and end.last_day < start.first_day:
        row.fail("valid_to", f"早于起始 {start}", f"ends before it starts ({start})")
    return told


def place(row: Row) -> Values:
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
        **period(row),
    }


def area(row: Row) -> Values:
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


def event(row: Row) -> Values:
    stated = row.optional("happened_on")
    is_iso = stated is not None and len(stated) <= 10 and stated.replace("-", "").isdigit()
    return {
        "place_code": row.text("place"),
        "event_zh": row.text("event"),
        "event_en": row.text("event_en"),
        "happened_on": row.optional_partial_date("happened_on") if is_iso else None,
        "happened_on_stated": stated,
    }


def chain_node(row: Row) -> Values:
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


def chain_edge(row: Row) -> Values:
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


def enterprise(row: Row) -> Values:
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


def capacity(row: Row) -> Values:
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


def reference_price(row: Row) -> Values:
    price = row.number("price_yuan")
    if price <= 0:
        row.fail("price_yuan", "价格须大于零", "a price must be above zero")
    priced_on = row.optional_partial_date("priced_on")
    if priced_on is None:
        row.fail("priced_on", "价格须有日期", "a price needs its date")
    return {"node_code": row.text("node"), "price_yuan": price, "unit": row.text("unit"), "priced_on": priced_on}


def travel_minutes(row: Row) -> Values:
    a, b = sorted((row.text("place_a"), row.text("place_b")))
    if a == b:
        row.fail("place_b", f"须为两个不同的地点：{b}", f"minutes lie between two places: {b}")
    row.number("minutes")
    return {"place_a_code": a, "place_b_code": b, "minutes": amount(row, "minutes", LARGEST_MINUTES)}


def survey(row: Row) -> Values:
    day = row.optional_partial_date("surveyed_on")
    if day is None or day.first_day != day.last_day:
        row.fail("surveyed_on", "摸底须写明哪一天", "a survey needs its day")
    return {"place_code": row.text("place"), "chain_code": row.text("chain"), "surveyed_on": day.first_day}


def facility(row: Row) -> Values:
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


def designation(row: Row) -> Values:
    return {
        "place_code": row.text("place"),
        "kind": row.word("kind", DesignationKind),
        "subject_zh": row.text("subject_zh"),
        "subject_en": row.text("subject_en"),
        "chain_code": row.optional("chain"),
        "conflict": row.optional("conflict"),
        **period(row),
    }


def target(row: Row) -> Values:
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


def observation(row: Row) -> Values:
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


def offer(row: Row) -> Values:
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
        **period(row, "valid_from", "valid_to"),
    }
