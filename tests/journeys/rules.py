"""What must be seen on a map, wherever it was opened: on the server and in the exported file alike."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.journeys.browsing import (
    filled_panel,
    kinds_on_the_map,
    legend_keys,
    mark,
    marked_places,
    wait_for_gaps,
)

YINGTAN_2014 = "鹰府发〔2014〕19号"
PLACES_MIN = 8
SECTIONS = ["余江生产制造段", "高新区物流园研发服务段", "月湖新城城市功能段", "贵溪生产制造段"]
UNDRAWN_SECTION = "洪五湖生态休闲片"
GAOXIN = "yingtan-gaoxin"
GUIXI = "guixi-jingkai"
LEVELS = {"level-national", "level-provincial"}
UNKNOWN_ONLY = {"gap-unverified", "gap-present", "gap-quiet"}
VERDICTS = {"gap-fill", "gap-secure", "gap-strengthen", "gap-extend", "gap-sound"}
HATCH = """() => [...document.querySelectorAll("#onemap-hatch rect")].map((part) => getComputedStyle(part).fill)"""
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
    """Choosing 铜 puts its gaps on places and legend: all 待核实, hatched, never red; choosing none undoes it."""
    legend_before, paint_before = legend_keys(page), paint_of_places(page)
    assert legend_before >= LEVELS
    page.select_option("#chain-select", "CU")
    wait_for_gaps(page)
    expect(page.locator("#legend-title")).to_contain_text("铜")
    assert legend_keys(page) >= UNKNOWN_ONLY
    assert not legend_keys(page) & (LEVELS | VERDICTS)
    kinds = kinds_on_the_map(page)
    assert set(kinds.values()) == {"unverified", "silent"}
    assert kinds[GAOXIN] == "unverified"
    for code in (code for code, kind in kinds.items() if kind == "unverified"):
        assert is_hatched(page, code), code
    assert not any(is_red(colour) for code in kinds for colour in colours_of_mark(page, code))
    assert not any(is_red(colour) for colour in page.evaluate(HATCH))
    assert {GAOXIN, "guixi"} <= places_with_firms(page)
    assert page.locator('[data-legend-item="gap-unverified"]').inner_text().endswith(f"待核实（{unverified(page)}）")
    page.select_option("#chain-select", "")
    expect(page.locator("#legend-title")).to_have_text("图例")
    assert legend_keys(page) == legend_before
    assert paint_of_places(page) == paint_before


def unverified(page: Page) -> int:
    """Nodes x places in sight that are 待核实, by the data."""
    count: int = page.evaluate(
        """() => OneMap.data.places
          .filter((place) => OneMap.layers.showsPlace(place) && place.lonlat)
          .filter((place) => window.map_onemap.getBounds().contains([place.lonlat[1], place.lonlat[0]]))
          .map((place) => OneMap.gaps.overlay().places.find((one) => one.code === place.code))
          .reduce((sum, place) => sum + (place ? place.kinds.split("0").length - 1 : 0), 0)"""
    )
    return count


def is_hatched(page: Page, code: str) -> bool:
    """Whether a mark has a hatched part."""
    return mark(page, code).locator('[style*="onemap-hatch"]').count() > 0


def colours_of_mark(page: Page, code: str) -> list[str]:
    """The plain fills of a mark."""
    fills: list[str] = mark(page, code).evaluate(
        """element => [...element.querySelectorAll("path, circle")].map((part) => getComputedStyle(part).fill)
          .filter((fill) => fill.startsWith("rgb"))"""
    )
    return fills


def places_with_firms(page: Page) -> set[str]:
    """The places whose mark says that a firm of the chain stands there."""
    found = page.locator("#map .mark--place:has(.gapmark__present)")
    return set(found.evaluate_all("marks => marks.map((mark) => mark.dataset.place)"))


def paint_of_places(page: Page) -> dict[str, dict[str, list[str]]]:
    """place → the paint of its mark."""
    return {code: mark(page, code).evaluate(PAINT) for code in sorted(marked_places(page))}


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
