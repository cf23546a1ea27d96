"""What must be seen on a map, wherever it was opened: on the server and in the exported file alike."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.journeys.browsing import filled_panel, legend_keys, mark, marked_places

YINGTAN_2014 = "鹰府发〔2014〕19号"
PLACES_MIN = 8
SECTIONS = ["余江生产制造段", "高新区物流园研发服务段", "月湖新城城市功能段", "贵溪生产制造段"]
UNDRAWN_SECTION = "洪五湖生态休闲片"
GAOXIN = "yingtan-gaoxin"
GUIXI = "guixi-jingkai"
LEVELS = {"level-national", "level-provincial"}
STATES = {"state-present", "state-designated", "state-unknown"}
# the paint of a glyph: its own fill, and the colours of the pattern when a pattern fills it
PAINT = """element => {
  const shape = element.querySelector(".glyph__shape");
  const fill = getComputedStyle(shape).fill;
  const pattern = /url\\("?#([\\w-]+)"?\\)/.exec(fill);
  const parts = pattern ? [...document.getElementById(pattern[1]).querySelectorAll("rect")] : [];
  return {fill, hatch: parts.map((part) => getComputedStyle(part).fill)};
}"""


def see_places_and_belt(page: Page) -> None:
    """At least eight places, the belt's line, and each section drawn or listed with the reason why it is not."""
    assert len(marked_places(page)) >= PLACES_MIN
    for code in marked_places(page):
        expect(mark(page, code)).to_be_visible()
    expect(page.locator("#map path.belt--line")).to_be_visible()
    assert page.locator("#map path.section").count() == len(SECTIONS)
    listed = page.locator("[data-section-list] > *")
    for name in SECTIONS:
        entry = listed.filter(has_text=name)
        expect(entry).to_contain_text(f"{YINGTAN_2014} 第15条")
        expect(entry).not_to_contain_text("未画")
    expect(listed.filter(has_text=UNDRAWN_SECTION)).to_contain_text("未画")


def see_both_clauses_of_gaoxin(page: Page) -> None:
    """Clause 2 and clause 15 side by side, each with what it says; vacancy and contact unknown, with who could tell."""
    panel = filled_panel(page)
    expect(panel.locator("#panel-title")).to_have_text("鹰潭高新技术产业开发区")
    conflict = panel.locator(".conflict").first
    sides = conflict.locator(".conflict__side")
    clause_2 = sides.filter(has_text=f"{YINGTAN_2014} 第2条")
    clause_15 = sides.filter(has_text=f"{YINGTAN_2014} 第15条")
    expect(clause_2).to_contain_text("水工")
    expect(clause_15).to_contain_text("高新技术研发")
    assert stand_side_by_side(clause_2, clause_15)
    expect(conflict.locator(".conflict__title")).to_contain_text("说法不一")
    unknowns = panel.locator(".panel__section").filter(has_text="空置与联系人")
    for name in ("可供土地和厂房", "联系人"):
        row = unknowns.locator(".row").filter(has=page.locator(".row__name", has_text=name))
        expect(row).to_contain_text("未知")
        expect(row).to_contain_text("园区管委会")


def stand_side_by_side(one: Locator, other: Locator) -> bool:
    """Whether two boxes share their height and not their width."""
    a, b = one.bounding_box(), other.bounding_box()
    assert a is not None
    assert b is not None
    apart = a["x"] + a["width"] <= b["x"] + 1 or b["x"] + b["width"] <= a["x"] + 1
    return apart and a["y"] < b["y"] + b["height"] and b["y"] < a["y"] + a["height"]


def see_copper_change_the_map(page: Page) -> None:
    """Choosing 铜 recolours places and legend and hatches the unknown, never in red; choosing none undoes it."""
    legend_before, paint_before = legend_keys(page), paint_of_places(page)
    assert legend_before >= LEVELS
    page.select_option("#chain-select", "CU")
    expect(page.locator("#legend-title")).to_contain_text("铜")
    assert legend_keys(page) >= STATES
    assert not legend_keys(page) & LEVELS
    painted = paint_of_places(page)
    by_state = {state: places_in_state(page, state) for state in ("present", "designated", "unknown")}
    assert set.union(*by_state.values()) == set(painted)
    assert GAOXIN in by_state["present"]
    for state in ("present", "designated"):
        assert {len(painted[code]["hatch"]) for code in by_state[state]} == {0}
    assert len({painted[code]["fill"] for code in by_state["present"]}) == 1
    assert {painted[code]["fill"] for code in by_state["present"]}.isdisjoint(
        painted[code]["fill"] for code in by_state["designated"]
    )
    for code in by_state["unknown"]:
        assert len(painted[code]["hatch"]) == 2, code
        assert not any(is_red(colour) for colour in painted[code]["hatch"]), painted[code]
    assert page.locator('[data-legend-item="state-unknown"]').inner_text().startswith("未知")
    page.select_option("#chain-select", "")
    expect(page.locator("#legend-title")).to_have_text("图例")
    assert legend_keys(page) == legend_before
    assert paint_of_places(page) == paint_before


def paint_of_places(page: Page) -> dict[str, dict[str, list[str]]]:
    """place → the paint of its mark."""
    return {code: mark(page, code).evaluate(PAINT) for code in sorted(marked_places(page))}


def places_in_state(page: Page, state: str) -> set[str]:
    """The places whose mark shows a state of the chosen chain."""
    found = page.locator(f"#map .mark--place:has(.glyph--{state})")
    return set(found.evaluate_all("marks => marks.map((mark) => mark.dataset.place)"))


def is_red(colour: str) -> bool:
    """Whether 'rgb(r, g, b)' is a red: red well above the other two.

    >>> is_red("rgb(179, 38, 58)"), is_red("rgb(198, 203, 209)"), is_red("rgb(107, 117, 127)")
    (True, False, False)
    """
    red, green, blue = (float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3])
    return red > 1.4 * max(green, blue)


def see_level(page: Page, code: str, level: str, words: str) -> None:
    """The mark and the panel of a place tell its level."""
    expect(mark(page, code).locator(f".glyph--{level}")).to_be_visible()
    mark(page, code).click()
    expect(filled_panel(page).locator(".panel__badges").first).to_contain_text(words)
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
