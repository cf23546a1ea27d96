"""The page of a chain: from a node to the map and back, by pointer, keyboard, touch, and without any script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import serve
from tests.demo_dataset import demo_app
from tests.journeys.browsing import PHONE, WIDE, out_of_reach, scrolls_sideways, watched_page
from tests.journeys.test_walk import barriers

CHAIN = "/chains/CU?radius=45"
AT_B = f"{CHAIN}&place=demo-b"
SHOWN = """nodes => Object.fromEntries(nodes.map((node) => [node.dataset.node, node.dataset.kind || null]))"""
OVERLAY = """async (address) => (await fetch(address)).json()"""


@pytest.fixture(scope="session")
def demo_server(_migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over a small demonstration dataset."""
    with demo_app(_migrated_file, tmp_path_factory.mktemp("demo")) as app:
        yield from serve(app)


@pytest.fixture
def demo(browser: Browser, demo_server: str) -> Iterator[Page]:
    with watched_page(browser, demo_server) as page:
        yield page


@pytest.fixture
def demo_phone(browser: Browser, demo_server: str) -> Iterator[Page]:
    with watched_page(browser, demo_server, PHONE) as page:
        yield page


def node(page: Page, code: str) -> Locator:
    return page.locator(f"[data-graph] [data-node='{code}']")


def dot(page: Page, code: str) -> Locator:
    return page.locator(f".small-map [data-place='{code}']")


def kinds_shown(page: Page) -> dict[str, str | None]:
    """node → the kind it is painted with."""
    return dict(page.locator("[data-graph] [data-node]").evaluate_all(SHOWN))


def overlay(page: Page) -> dict[str, Any]:
    return dict(page.evaluate(OVERLAY, "/api/v1/gaps/overlay?chain=CU&radius=45"))


def kinds_at(drawn: dict[str, Any], place: str) -> dict[str, str | None]:
    """node → its kind at a place, by the overlay."""
    told = next(one for one in drawn["places"] if one["code"] == place)["kinds"]
    return {
        of["code"]: "none" if digit == "." else drawn["kinds"][int(digit)]
        for of, digit in zip(drawn["nodes"], told, strict=True)
    }


def standing(drawn: dict[str, Any], code: str) -> set[str]:
    """The places where a firm of a node stands, by the overlay."""
    return {one["code"] for one in drawn["places"] if code in one["present"]}


def lifted_places(page: Page) -> set[str]:
    return set(page.eval_on_selector_all("[data-place][data-stands]", "all => all.map((one) => one.dataset.place)"))


def see_node_lifted(page: Page, code: str) -> None:
    """Places where its firms stand are lifted, and each place takes the kind the node has there."""
    drawn = overlay(page)
    assert lifted_places(page) == standing(drawn, code) != set()
    for one in drawn["places"]:
        kind = kinds_at(drawn, one["code"])[code]
        expect(page.locator(f"[data-place='{one['code']}']")).to_have_attribute("data-kind", str(kind))


def see_rest(page: Page) -> None:
    assert lifted_places(page) == set()
    assert page.locator("[data-place][data-kind]").count() == 0
    assert page.locator("[data-graph][data-lifted], [data-graph][data-lifted-place]").count() == 0


def test_a_node_lifts_the_places_of_its_firms_and_leaving_it_restores_them(demo: Page) -> None:
    demo.goto(CHAIN)
    see_rest(demo)
    node(demo, "CU-CATH").hover()
    see_node_lifted(demo, "CU-CATH")
    sentence = demo.locator("[data-lifted-sentence]")
    expect(sentence).to_have_attribute("aria-live", "polite")
    expect(sentence).to_have_text(re.compile(r"^阴极铜：\d+ 个地点有企业，\d+ 处缺口"))
    demo.locator("h1").hover()
    see_rest(demo)
    expect(sentence).to_contain_text("指向或点按")


def test_the_keyboard_does_the_same(demo: Page) -> None:
    demo.goto(CHAIN)
    node(demo, "CU-CATH").focus()
    see_node_lifted(demo, "CU-CATH")
    demo.keyboard.press("Tab")
    assert demo.locator("[data-graph]").get_attribute("data-lifted") not in {None, "CU-CATH"}
    demo.keyboard.press("Escape")
    see_rest(demo)


def test_the_sentence_counts_what_the_overlay_has(demo: Page) -> None:
    demo.goto(CHAIN)
    drawn = overlay(demo)
    node(demo, "CU-CATH").focus()
    kinds = [kinds_at(drawn, one["code"])["CU-CATH"] for one in drawn["places"]]
    missing = sum(kind in {"fill", "secure"} for kind in kinds)
    expect(demo.locator("[data-lifted-sentence]")).to_contain_text(
        f"{len(standing(drawn, 'CU-CATH'))} 个地点有企业，{missing} 处缺口"
    )
    for kind in set(kinds) - {"none"}:
        expect(demo.locator(f"[data-kind-item='{kind}']")).to_contain_text(str(kinds.count(kind)))


def test_a_place_gives_every_node_its_kind_there_and_leaving_it_takes_them_back(demo: Page) -> None:
    demo.goto(CHAIN)
    drawn = overlay(demo)
    assert set(kinds_shown(demo).values()) == {None}
    dot(demo, "demo-b").hover()
    assert kinds_shown(demo) == kinds_at(drawn, "demo-b")
    expect(demo.locator("[data-lifted-sentence]")).to_contain_text("示例高新区：")
    demo.locator("h1").hover()
    assert set(kinds_shown(demo).values()) == {None}
    dot(demo, "demo-c").focus()
    assert kinds_shown(demo) == kinds_at(drawn, "demo-c")
    stands = demo.eval_on_selector_all("[data-node][data-stands]", "all => all.map((one) => one.dataset.node)")
    assert set(stands) == {code for code in kinds_shown(demo) if "demo-c" in standing(drawn, code)}


def test_with_a_place_chosen_another_one_is_only_looked_at(demo: Page) -> None:
    demo.goto(AT_B)
    drawn = overlay(demo)
    assert kinds_shown(demo) == kinds_at(drawn, "demo-b")
    dot(demo, "demo-a").hover()
    assert kinds_shown(demo) == kinds_at(drawn, "demo-a")
    demo.locator("h1").hover()
    assert kinds_shown(demo) == kinds_at(drawn, "demo-b")
    expect(node(demo, "CU-PREC").locator("+ .node-marks [data-gap]")).to_have_text("11.5")
    expect(node(demo, "CU-CATH").locator("+ .node-marks .node__gap")).to_be_hidden()


def test_the_links_of_what_is_lifted_keep_chain_place_radius_and_node(demo: Page) -> None:
    demo.goto(AT_B)
    demo.locator(".gaps-here__item a[data-lift-node='CU-PREC']").focus()
    card = demo.locator("[data-lifted-card]")
    expect(card.locator("[data-here]")).to_contain_text("16.5")
    asked = parse_qs(urlsplit(card.locator("[data-lifted-map]").get_attribute("href") or "").query)
    assert asked == {"chain": ["CU"], "place": ["demo-b"], "radius": ["45"], "node": ["CU-PREC"]}
    expect(card.locator("[data-lifted-link]")).to_have_attribute("href", "#node-CU-PREC")


def test_a_place_on_the_small_map_is_chosen_by_following_it(demo: Page) -> None:
    demo.goto(CHAIN)
    dot(demo, "demo-c").focus()
    demo.keyboard.press("Enter")
    demo.wait_for_url(re.compile("place=demo-c"))
    expect(demo.locator("#graph-title")).to_contain_text("示例余溪工业园")
    assert kinds_shown(demo) == kinds_at(overlay(demo), "demo-c")


def test_one_tap_lifts_and_the_next_follows(browser: Browser, demo_server: str) -> None:
    context = browser.new_context(
        base_url=demo_server, viewport={"width": PHONE[0], "height": PHONE[1]}, has_touch=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(CHAIN)
    node(page, "CU-CATH").tap()
    see_node_lifted(page, "CU-CATH")
    assert "#node" not in page.url
    expect(page.locator("[data-lifted-card]")).to_be_in_viewport()
    node(page, "CU-CATH").tap()
    expect(page).to_have_url(re.compile("#node-CU-CATH$"))
    expect(page.locator("#node-CU-CATH")).to_be_in_viewport()
    context.close()


def test_on_a_telephone_tables_are_folded_and_an_anchor_opens_the_one_it_lies_in(demo_phone: Page) -> None:
    demo_phone.goto(AT_B)
    expect(demo_phone.locator("details[data-fold][open]")).to_have_count(0)
    demo_phone.locator(".gaps-here__item a[data-lift-node]").first.click()
    demo_phone.wait_for_url(re.compile("#node-"))
    code = demo_phone.url.rpartition("#")[2]
    expect(demo_phone.locator(f"[id='{code}']")).to_be_in_viewport()
    expect(demo_phone.locator("details[data-fold][open]")).to_have_count(1)
    demo_phone.goto("/chains/CU#node-CU-ROD")
    expect(demo_phone.locator("#node-CU-ROD")).to_be_in_viewport()
    demo_phone.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(demo_phone.locator("details:not([open])")).to_have_count(0)


def test_everything_is_there_without_script(browser: Browser, demo_server: str) -> None:
    context = browser.new_context(base_url=demo_server, java_script_enabled=False)
    page = context.new_page()
    page.goto("/chains/CU")
    expect(page.locator(".small-map .dot").first).to_be_visible()
    page.select_option("#chain-place", "demo-b")
    page.select_option("#chain-radius", "0")
    page.locator(".explorer__form button").click()
    page.wait_for_url(re.compile(r"place=demo-b.*radius=0"))
    expect(node(page, "CU-CATH")).to_have_attribute("data-kind", "fill")
    expect(page.locator(".gaps-here__item").first).to_be_visible()
    expect(page.locator("#node-CU-CATH")).to_be_visible()
    context.close()


@pytest.mark.parametrize("address", [AT_B, f"/en{AT_B}", CHAIN])
def test_a_chain_at_a_place_has_no_barrier_and_nothing_beside_the_screen(demo: Page, address: str) -> None:
    demo.goto(address)
    for size in (WIDE, (1000, 800), PHONE):
        demo.set_viewport_size({"width": size[0], "height": size[1]})
        if size == PHONE or not address.startswith("/en"):
            assert barriers(demo) == [], size
        assert not scrolls_sideways(demo), size
        assert out_of_reach(demo) == [], size
    dot(demo, "demo-a").focus()
    assert barriers(demo) == []
