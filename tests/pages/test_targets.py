"""Targets and the values observed since."""

from __future__ import annotations

from blueprints.shared import split_conflicts
from domain.words import Grade, ObservationKind
from services.schemas import ObservationOut, SourceOut
from tests.pages.conftest import Ask
from tests.pages.reading import Page, text

SOURCE = SourceOut(document=None, clause=None, publication="测试年报", date="2024")


def observation(key: str, conflict: str | None) -> ObservationOut:
    return ObservationOut(
        key=key, indicator_zh="营收", indicator_en="Revenue", scope="市", scope_en="City", place=None, period="2010",
        value=1.0, value_text=None, unit="亿元", kind=ObservationKind.OBSERVED, conflict=conflict, target=None,
        source=SOURCE, grade=Grade.B,
    )  # fmt: skip


def line(page: Page, key: str) -> str:
    return text(page.by_id(f"target-{key}"))


def test_a_target_stands_with_comparison_unit_year_scope_and_clause(ask: Ask) -> None:
    row = line(ask("/targets"), "yt14-1-cluster-share")
    assert all(part in row for part in ("不少于", "50", "%", "2016", "鹰潭市", "鹰府发〔2014〕19号 第1条"))


def test_an_observation_of_the_same_scope_stands_beside_its_target(ask: Ask) -> None:
    row = line(ask("/targets"), "jx25-5-clusters-1000")
    assert "实际" in row
    assert "2022" in row


def test_what_was_looked_for_and_not_found_is_unknown(ask: Ask) -> None:
    assert "未知" in line(ask("/targets"), "yt14-12-energy-intensity")


def test_values_that_disagree_stand_side_by_side(ask: Ask) -> None:
    conflicts = [text(section) for section in ask("/targets").all("section", "conflict")]
    assert any("1,240" in box and "1,327" in box and "说法不一" in box for box in conflicts)


def test_one_statement_alone_is_no_conflict() -> None:
    alone, first, second = observation("a", "x"), observation("b", "y"), observation("c", "y")
    assert split_conflicts([alone, first, second]) == ([[first, second]], [alone])


def test_targets_are_filtered_by_text_without_script(ask: Ask) -> None:
    page = ask("/targets?q=碳")
    rows = [row for row in page.all("tr") if row.get("data-filter-row") is not None]
    assert any(row.get("hidden") is None for row in rows) or "没有符合" in page.html
    assert any(row.get("hidden") is not None for row in rows)


def test_no_target_is_shown_before_it_was_set(ask: Ask) -> None:
    page = ask("/targets?as_of=2014-01-01")
    assert 'id="target-yt14-1-cluster-share"' not in page.html


def test_a_printed_value_does_not_repeat_its_unit(ask: Ask) -> None:
    assert "亿元 亿元" not in text(ask("/targets").all("main")[0])
    assert "亿元亿元" not in text(ask("/targets").all("main")[0])
