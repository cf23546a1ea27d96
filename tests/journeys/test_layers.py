"""What is drawn is chosen in a tree of layers; names and legend follow."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.browsing import legend_keys, marked_places, named_places, open_map, wait_for_gaps
from tests.journeys.rules import GAOXIN

EXPANSIONS = {"gaoxin-tuoyuan", "yujiang-kuoqu"}


def zones(page: Page) -> set[str]:
    """The zones the page has data of and can draw."""
    found: list[str] = page.evaluate(
        "OneMap.data.places.filter((p) => p.layer === 'zone' && p.drawn !== 'unplaced').map((p) => p.code)"
    )
    return set(found)


def test_the_tree_has_belt_parks_zones_chains_and_support(page: Page) -> None:
    open_map(page)
    groups = page.locator("[data-layer-group]").evaluate_all("boxes => boxes.map((box) => box.dataset.layerGroup)")
    assert groups[:5] == ["belt", "parks", "zones", "chains", "support"]
    expect(page.locator("#layer-chains")).to_be_disabled()
    page.select_option("#chain-select", "CU")
    expect(page.locator("#layer-chains")).to_be_enabled()


def test_unticking_a_kind_takes_its_marks_names_and_legend_away_and_ticking_brings_them_back(page: Page) -> None:
    open_map(page)
    before, legend = marked_places(page), legend_keys(page)
    assert before >= EXPANSIONS
    page.uncheck("#layer-zones-expansion_area")
    assert marked_places(page) == before - EXPANSIONS
    assert not named_places(page) & EXPANSIONS
    assert legend_keys(page) == legend - {"kind-expansion_area"}
    expect(page.locator('[data-place-list] [data-open="gaoxin-tuoyuan"]')).to_have_count(0)
    assert "layers=zones.expansion_area" in page.url
    page.check("#layer-zones-expansion_area")
    assert marked_places(page) == before
    assert legend_keys(page) == legend
    assert "layers" not in page.url


def test_the_belt_goes_with_its_names_and_its_legend(page: Page) -> None:
    open_map(page)
    expect(page.locator("#map .label--route:not(.label--out)").first).to_have_text("320国道")
    page.uncheck("#layer-belt")
    for gone in ("path.belt", "path.section", "path.stop", ".label--route", ".label--section", ".label--stop"):
        expect(page.locator(f"#map {gone}")).to_have_count(0)
    assert not legend_keys(page) & {"belt", "sections", "stops"}
    assert marked_places(page)


def test_a_group_box_switches_all_its_layers_and_shows_when_only_some_are_on(page: Page) -> None:
    open_map(page)
    group = page.locator("#layer-zones")
    every_place, every_zone = marked_places(page), zones(page)
    page.uncheck("#layer-zones-sub_zone")
    assert group.evaluate("box => [box.checked, box.indeterminate]") == [True, True]
    group.click()
    assert group.evaluate("box => [box.checked, box.indeterminate]") == [True, False]
    assert marked_places(page) == every_place
    group.click()
    assert group.evaluate("box => [box.checked, box.indeterminate]") == [False, False]
    assert marked_places(page) == every_place - every_zone
    assert page.locator('[data-layer^="zones."]:checked').count() == 0
    expect(group).to_be_focused()


def test_a_state_of_the_chosen_chain_can_be_hidden(page: Page) -> None:
    open_map(page, "/?chain=CU")
    wait_for_gaps(page)
    before = marked_places(page)
    states: dict[str, dict[str, str]] = page.evaluate("OneMap.data.chains.find((chain) => chain.code === 'CU').states")
    unknown = {code for code in before if states.get(code, {"state": "unknown"})["state"] == "unknown"}
    assert unknown
    page.uncheck("#layer-chains-unknown")
    assert marked_places(page) == before - unknown
    assert GAOXIN in marked_places(page)
    assert "gap-present" in legend_keys(page)


def test_with_nothing_switched_on_the_list_says_what_to_do(page: Page) -> None:
    open_map(page)
    for group in ("parks", "zones", "base"):
        page.uncheck(f"#layer-{group}")
    assert marked_places(page) == set()
    expect(page.locator("[data-place-list]")).to_contain_text("勾选")


def test_hidden_layers_come_back_with_the_address(page: Page) -> None:
    open_map(page, "/?layers=zones.expansion_area,belt.line")
    assert not marked_places(page) & EXPANSIONS
    expect(page.locator("#map path.belt--line")).to_have_count(0)
    expect(page.locator("#layer-belt-line")).not_to_be_checked()
