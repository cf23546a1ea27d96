"""Every fault of a sheet is named by row and column, and nothing of the file is stored."""

from __future__ import annotations

import pytest

from models import ChainEdge, TravelMinutes
from models.database import Database
from services.entry.faults import BadEntryFile
from tests.entry_sheets import (
    CAPACITY,
    EDGE,
    ENTERPRISE,
    ESTIMATED,
    GRADED,
    GROUPED,
    MINUTES,
    NODE,
    OF_A_CLAUSE,
    PRICE,
    STANDING,
    SURVEY,
    as_csv,
    data_revision_of,
    faults,
    open_rows,
    rows_of,
    take_in,
)

FAULTS: list[tuple[str, str, dict[str, str], str, str]] = [
    ("a coefficient below zero", "chain_edges", {**GRADED, "coefficient": "-1"}, "coefficient", "negative"),
    ("an absurd coefficient", "chain_edges", {**GRADED, "coefficient": "10.5"}, "coefficient", "absurd"),
    ("a coefficient of no grade", "chain_edges", {**EDGE, "coefficient": "0.5"}, "coefficient_grade", "grade"),
    ("a share above the whole", "chain_edges", {**GROUPED, "share": "1.5"}, "share", "between 0 and 1"),
    ("an edge to itself", "chain_edges", {**EDGE, "buyer": "CU-CATH"}, "buyer", "itself"),
    ("an unknown node", "chain_edges", {**EDGE, "buyer": "CU-WIRED"}, "buyer", "did you mean CU-WIRE"),
    ("a node by its name", "capacities", {**CAPACITY, "node": "阴极铜"}, "node", "did you mean CU-CATH"),
    ("an unknown enterprise", "capacities", {**CAPACITY, "enterprise": "aoyitte"}, "enterprise", "did you mean aoyite"),
    ("an unknown place", "surveys", {**SURVEY, "place": "贵溪"}, "place", "did you mean"),
    ("an unknown chain", "surveys", {**SURVEY, "chain": "XX"}, "chain", "no such code"),
    ("an unknown class", "chain_nodes", {**NODE, "gbt4754": "911"}, "gbt4754", "0911"),
    ("minutes below zero", "travel_minutes", {**MINUTES, "minutes": "-1"}, "minutes", "negative"),
    ("minutes of a place to itself", "travel_minutes", {**MINUTES, "place_b": "guixi"}, "place_b", "two places"),
    ("a capacity below zero", "capacities", {**CAPACITY, "value": "-1"}, "value", "negative"),
    ("an absurd capacity", "capacities", {**CAPACITY, "value": "1e10"}, "value", "absurd"),
    ("reported without a value", "capacities", {**CAPACITY, "value": ""}, "value", "needs its value"),
    ("estimated without a value", "capacities", {**ESTIMATED, "value": ""}, "value", "needs its value"),
    ("unknown with a value", "capacities", {**CAPACITY, "status": "unknown"}, "value", "no value"),
    ("a bound of what is known", "capacities", {**CAPACITY, "upper_value": "200"}, "upper_value", "unknown"),
    ("a survey of tomorrow", "surveys", {**SURVEY, "surveyed_on": "2026-11-22"}, "surveyed_on", "to come"),
    ("a survey of a month", "surveys", {**SURVEY, "surveyed_on": "2026-10"}, "surveyed_on", "day"),
    ("no number", "reference_prices", {**PRICE, "price_yuan": "七万"}, "price_yuan", "not a number"),
    ("not finite", "reference_prices", {**PRICE, "price_yuan": "inf"}, "price_yuan", "finite"),
    ("a price of nothing", "reference_prices", {**PRICE, "price_yuan": "0"}, "price_yuan", "above zero"),
    ("a word nobody knows", "chain_nodes", {**NODE, "stage": "上游"}, "stage", "upstream"),
    ("neither 0 nor 1", "enterprise_nodes", {**STANDING, "is_built": "yes"}, "is_built", "0 or 1"),
    ("no grade", "surveys", {**SURVEY, "grade": ""}, "grade", "empty"),
    ("no source", "surveys", {**SURVEY, "publication": ""}, "publication", "exactly one source"),
    ("two sources", "surveys", {**SURVEY, "document": "鹰府发〔2014〕19号"}, "publication", "exactly one source"),
    ("an unknown clause", "surveys", {**OF_A_CLAUSE, "clause": "99"}, "clause", "no such clause"),
    ("a clause of no document", "surveys", {**SURVEY, "clause": "1"}, "clause", "document"),
    ("a longitude alone", "enterprises", {**ENTERPRISE, "lon": "117"}, "lat", "together"),
    ("a code that is too long", "enterprises", {**ENTERPRISE, "code": "x" * 65}, "code", "longer than 64"),
    ("a control character", "enterprises", {**ENTERPRISE, "address": "a\x07b"}, "address", "U+0007"),
    ("a text no cell holds", "enterprises", {**ENTERPRISE, "address": "长" * 32_768}, "address", "32767"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "sheet", "row", "column", "says"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_bad_row_is_named_and_nothing_is_stored(
    base: Database, what: str, sheet: str, row: dict[str, str], column: str, says: str
) -> None:
    before = data_revision_of(base)
    with pytest.raises(BadEntryFile) as refused:
        take_in(base, sheet, row)
    lines = str(refused.value).splitlines()
    assert len(lines) == 1, lines
    assert f"[表.csv 第 2 行 {column} / row 2, column {column}]" in lines[0]
    assert says in lines[0]
    assert data_revision_of(base) == before


def test_one_bad_row_keeps_the_good_ones_out(base: Database) -> None:
    with pytest.raises(BadEntryFile):
        take_in(base, "travel_minutes", MINUTES, {**MINUTES, "place_b": "nowhere"})
    assert open_rows(base, TravelMinutes) == []


def test_all_faults_of_a_file_are_told_at_once(base: Database) -> None:
    bad = {**CAPACITY, "enterprise": "none", "kind": "any", "value": "many", "grade": "E", "publication": ""}
    told = faults(base, "capacities", as_csv("capacities", CAPACITY, bad, {**CAPACITY, "published": "maybe"}))
    assert ["row 3" in line for line in told] == [True] * 5 + [False]
    assert {line.split("column ")[1] for line in told} == {
        "enterprise]", "kind]", "value]", "grade]", "publication]", "published]",
    }  # fmt: skip


def test_of_many_faults_fifty_are_told_and_the_others_counted(base: Database) -> None:
    told = faults(base, "surveys", as_csv("surveys", *[{**SURVEY, "place": "none"}] * 60))
    assert (len(told), told[-1]) == (51, "另有 10 处 / 10 more")


def test_a_row_that_stands_twice_is_named(base: Database) -> None:
    told = faults(base, "capacities", as_csv("capacities", CAPACITY, CAPACITY, {**CAPACITY, "value": "110.0"}))
    assert ["repeats row 2" in line for line in told] == [True, True]


def test_minutes_are_the_same_both_ways(base: Database) -> None:
    back = {**MINUTES, "place_a": "yujiang", "place_b": "guixi"}
    told = faults(base, "travel_minutes", as_csv("travel_minutes", MINUTES, {**back, "minutes": "51"}))
    assert len(told) == 1
    assert "minutes not symmetric" in told[0]
    assert "row 3, column minutes" in told[0]
    assert take_in(base, "travel_minutes", MINUTES, back).counts["added"] == 1


def edges(base: Database, group: str) -> list[dict[str, str]]:
    return [row for row in rows_of(base, "chain_edges") if row["alternative_group"] == group]


def test_shares_of_a_group_add_up_with_those_the_file_does_not_name(base: Database) -> None:
    ore, scrap = edges(base, "BL")
    told = faults(base, "chain_edges", as_csv("chain_edges", {**ore, "share": "0.7"}))
    assert "missing: CU-SCRAP" in told[0]
    told = faults(base, "chain_edges", as_csv("chain_edges", {**ore, "share": "0.7"}, {**scrap, "share": "0.2"}))
    assert "do not add up to 1: 0.9" in told[0]
    assert "column share" in told[0]
    take_in(base, "chain_edges", {**ore, "share": "0.7"}, {**scrap, "share": "0.3"})
    told = faults(base, "chain_edges", as_csv("chain_edges", {**ore, "share": "0.6"}))
    assert "do not add up to 1: 0.9" in told[0]
    told = faults(base, "chain_edges", as_csv("chain_edges", {**ore, "alternative_group": "", "share": ""}))
    assert "do not add up to 1: 0.3" in told[0]
    take_in(base, "chain_edges", {**ore, "share": "0.7000000001"})
    assert {edge.share for edge in open_rows(base, ChainEdge, ChainEdge.alternative_group == "BL")} == {
        0.7000000001,
        0.3,
    }
