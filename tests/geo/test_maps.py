"""The map's shell: Folium draws constants, nothing is fetched from outside, and no text of ours reaches a template."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import folium
import pytest
from branca.element import Element
from flask import Flask, Response, render_template
from playwright.sync_api import Browser, Page

from config import ROOT
from domain.permissions import ANYBODY
from geo import maps
from geo.maps import ExternalLinkError, LayerKey, MapOptions, map_shell
from tests.conftest import serve
from tests.journeys.browsing import shared_browser

STATIC = ROOT / "static"
TILES = "https://tiles.example.cn/{z}/{x}/{y}.png?key=abc&style=quiet"
HOSTILE = (
    "{{7*7}}",
    "{% raw %}",
    "{# note",
    "<img src=x onerror=alert(1)>",
    "</script>",
    "${1}",
    "`",
    "Park",
    "_park",
    "1park",
    "park name",
    "园区",
    "park\n",
    "",
)


@pytest.fixture(scope="module")
def shell() -> maps.MapShell:
    return map_shell(MapOptions())


def test_folium_makes_the_map_and_a_group_for_every_layer(shell: maps.MapShell) -> None:
    assert "var map_onemap = L.map(" in shell.script
    for layer in LayerKey:
        assert f"var feature_group_{layer} = L.featureGroup(" in shell.script
        assert f"feature_group_{layer}.addTo(map_onemap);" in shell.script
    assert shell.html == '<div class="folium-map" id="map"></div>'


def test_panes_stand_in_order_and_only_marks_flows_and_outlines_take_the_pointer(shell: maps.MapShell) -> None:
    order = [int(z) for z in re.findall(r"pane_onemap_\w+\.style\.zIndex = (\d+)", shell.script)]
    assert order == sorted(order)
    assert len(order) == len(maps.PANES)
    without_pointer = set(re.findall(r"pane_(onemap_\w+)\.style\.pointerEvents = 'none'", shell.script))
    assert set(maps.PANES) - without_pointer == {
        "onemap_outlines", "onemap_flows", "onemap_facilities", "onemap_marks",
    }  # fmt: skip


def test_leaflet_shows_no_attribution_of_its_own(shell: maps.MapShell) -> None:
    assert '"attributionControl": false' in shell.script


def test_nothing_outside_is_asked_for(shell: maps.MapShell) -> None:
    for text in (shell.html, shell.script, *shell.css_links, *shell.js_links, *shell.controller_links):
        assert "//" not in text


def test_every_file_the_page_needs_is_there(shell: maps.MapShell) -> None:
    for link in (*shell.css_links, *shell.js_links, *shell.controller_links):
        assert (STATIC / link).is_file(), link


def test_libraries_folium_would_add_are_not_used(shell: maps.MapShell) -> None:
    """jquery, bootstrap and the marker fonts serve popups, icons and layer controls; the shell has none of them."""
    assert not re.search(
        r"\$\(|jQuery|bootstrap|AwesomeMarkers|L\.popup|bindPopup|bindTooltip|L\.control\.layers", shell.script
    )
    assert [link for link in shell.js_links if "vendor" in link] == ["vendor/leaflet/leaflet.js"]


def test_a_link_to_another_host_is_refused() -> None:
    drawn = maps._draw(MapOptions())
    drawn.add_js_link("planted", "https://cdn.example.com/planted.js")
    with pytest.raises(ExternalLinkError) as caught:
        maps._fragments(drawn)
    assert caught.value.addresses == ("https://cdn.example.com/planted.js",)


@pytest.mark.parametrize("address", ["//cdn.example.com/x.css", "http://cdn.example.com/x.css"])
def test_a_style_sheet_from_another_host_is_refused(address: str) -> None:
    drawn = maps._draw(MapOptions())
    drawn.add_css_link("planted", address)
    with pytest.raises(ExternalLinkError):
        maps._fragments(drawn)


def test_an_address_in_the_script_is_refused() -> None:
    drawn = maps._draw(MapOptions())
    drawn.get_root().script.add_child(Element("fetch('https://elsewhere.example/');"))
    with pytest.raises(ExternalLinkError):
        maps._fragments(drawn)


def test_a_folium_layer_with_its_own_tiles_is_refused() -> None:
    drawn = maps._draw(MapOptions())
    drawn.add_child(folium.TileLayer("https://other.example/{z}/{x}/{y}.png", attr="x"))
    with pytest.raises(ExternalLinkError):
        maps._fragments(drawn, tile_url=TILES)


def test_a_planted_link_stays_on_its_own_map(shell: maps.MapShell) -> None:
    drawn = maps._draw(MapOptions())
    drawn.add_js_link("planted", "https://cdn.example.com/planted.js")
    again = maps._fragments(maps._draw(MapOptions()))
    assert again == shell
    assert ("planted", "https://cdn.example.com/planted.js") not in folium.Map.default_js


def test_two_shells_of_the_same_options_are_one_text() -> None:
    assert maps._fragments(maps._draw(MapOptions())) == maps._fragments(maps._draw(MapOptions()))
    assert map_shell(MapOptions()) is map_shell(MapOptions())


def test_shells_of_different_options_do_not_mix(shell: maps.MapShell) -> None:
    other = map_shell(MapOptions(map_id="second", layers=(LayerKey.PARKS,), tile_url=TILES))
    assert "map_onemap" not in other.script
    assert "feature_group_belt" not in other.script
    assert "tiles.example.cn" not in shell.script
    assert map_shell(MapOptions()) == shell


def test_the_configured_tiles_are_the_only_outside_address() -> None:
    shell = map_shell(MapOptions(tile_url=TILES))
    assert re.findall(r"https?://[^\s\"']+", shell.script) == [TILES.replace("&", "\\u0026")]
    assert shell.tile_url == TILES


def test_no_template_mark_reaches_the_second_compilation(shell: maps.MapShell) -> None:
    for text in (shell.script, shell.html, map_shell(MapOptions(tile_url=TILES)).script):
        assert not re.search(r"\{\{|\{%|\{#", text)


@pytest.mark.parametrize("key", HOSTILE)
def test_an_id_is_a_key_or_nothing(key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        MapOptions(map_id=key)


@pytest.mark.parametrize("key", [*HOSTILE, "parks_"])
def test_a_layer_is_one_of_the_enumerated(key: str) -> None:
    with pytest.raises(ValueError, match=r"not a key|no such layer"):
        MapOptions(layers=(key,))  # type: ignore[arg-type]


def test_a_layer_is_named_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        MapOptions(layers=(LayerKey.PARKS, LayerKey.PARKS))


@pytest.mark.parametrize("number", ["28", "{{7*7}}", float("nan"), float("inf"), True, None])
@pytest.mark.parametrize("field", ["center_lat", "center_lon", "zoom", "min_zoom", "max_zoom"])
def test_numbers_are_numbers(field: str, number: object) -> None:
    with pytest.raises(ValueError, match="not a number"):
        MapOptions(**{field: number})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)//{z}{x}{y}",
        "ftp://tiles.example.cn/{z}/{x}/{y}",
        "https://tiles.example.cn/{z}/{x}.png",
        'https://tiles.example.cn/{z}/{x}/{y}.png"+alert(1)+"',
        "https://tiles.example.cn/{z}/{x}/{y}.png</script>",
        "https://tiles.example.cn/{z}/{x}/{y}/{{7*7}}",
        "https://tiles.example.cn/{z}/{x}/{y}/{%25}",
        "https://tiles.example.cn/{z}/{x}/{y}/{key}",
        "https://user:word@tiles.example.cn/{z}/{x}/{y}",
        "https://tiles.example.cn/{z}/{x}/{y}\n",
        "//tiles.example.cn/{z}/{x}/{y}",
    ],
)
def test_a_tile_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="tile address"):
        MapOptions(tile_url=address)


@pytest.mark.parametrize("folder", [STATIC / "vendor", ROOT / "tests" / "vendor"])
def test_vendored_files_are_those_of_the_manifest(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    listed = {file["path"]: file["sha256"] for library in manifest["libraries"] for file in library["files"]}
    found = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert found == listed
    for library in manifest["libraries"]:
        assert library["version"]
        assert library["licence"]


SCRIPTS = sorted((STATIC / "js").glob("*.js"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_our_scripts_never_turn_text_into_markup_or_code(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc|bindPopup|bindTooltip"
    )
    assert not re.search(forbidden, source)
    assert "</script" not in source.lower()
    assert not re.search(r"^\s*(import|export)\s", source, re.MULTILINE), "modules do not load from a file on disk"


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_controller_names_its_hooks_in_its_head(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    head = source[: source.index("(function")]
    used = set(re.findall(r"\[(data-[a-z-]+)", source[len(head) :]))
    shared = {"data-onemap", "data-controls", "data-options-phone", "data-side", "data-language-link"}
    assert used - shared - set(re.findall(r"data-[a-z-]+", head)) == set()


# ---- the shell filled from the sample, in a browser, under the page's policy -----------------------------------------

HOSTILE_NAME = "{{7*7}}<img src=x onerror=alert(1)>${1}"
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-test'; style-src 'self' 'nonce-test'; "
    "img-src 'self' data:; connect-src 'self'"
)
OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll('.label:not(.label--out) .label__text, .mark')]
    .map(e => [e.textContent || e.getAttribute('aria-label'), e.getBoundingClientRect(), e.classList.contains('mark')]);
  const hit = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
  return boxes.flatMap((a, i) => boxes.slice(i + 1)
    .filter(b => !(a[2] && b[2]) && hit(a[1], b[1])).map(b => a[0] + ' / ' + b[0]));
}"""


@pytest.fixture(scope="module")
def sample_server() -> Iterator[str]:
    """The map page over tests/fixtures/map_sample.json, without a database."""
    sample = json.loads((ROOT / "tests/fixtures/map_sample.json").read_text(encoding="utf-8"))
    place = json.loads((ROOT / "tests/fixtures/place_sample.json").read_text(encoding="utf-8"))
    gaps = json.loads((ROOT / "tests/fixtures/gaps_sample.json").read_text(encoding="utf-8"))
    app = Flask("sample", root_path=str(ROOT))
    app.jinja_env.globals.update(
        t=lambda zh, en: zh,
        csp_nonce=lambda: "test",
        static_url=lambda path: f"/static/{path}",
        is_demo=lambda: False,
        is_for_officers=lambda: False,
        actor=lambda: ANYBODY,
        may=lambda permission: False,
        login_link=lambda: "/login",
    )
    page = {
        "shell": map_shell(MapOptions()),
        "map_url": "/map.json",
        "place_url": "/places/CODE.json",
        "dates": sample["dates"],
        "chains": sample["chains"],
    }
    app.add_url_rule("/", "home", lambda: render_template("map.html", page=page))
    app.add_url_rule("/map.json", "map", lambda: sample)
    app.add_url_rule("/gaps/overlay", "gaps", lambda: gaps["overlay"])
    app.add_url_rule("/gaps/places/<code>", "gaps_of_place", lambda code: gaps["places"].get(code, ("", 404)))
    app.add_url_rule("/places/<code>.json", "place", lambda code: place if code == place["code"] else ("", 404))

    @app.after_request
    def strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    yield from serve(app)


@pytest.fixture
def browser(pytestconfig: pytest.Config) -> Browser:
    return shared_browser(pytestconfig)


@pytest.fixture
def open_map(browser: Browser, sample_server: str) -> Iterator[Callable[..., Page]]:
    """Opens the sample map; afterwards: no error, no dialog, nothing asked of another host."""
    faults: list[str] = []
    pages: list[Page] = []

    def open_page(query: str = "", width: int = 1440) -> Page:
        page = browser.new_page(viewport={"width": width, "height": 900})
        pages.append(page)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("dialog", lambda dialog: (faults.append("dialog"), dialog.dismiss()))
        page.on(
            "request", lambda request: None if request.url.startswith(sample_server) else faults.append(request.url)
        )
        page.goto(f"{sample_server}/{query}")
        page.wait_for_selector("[data-onemap][data-ready]")
        return page

    yield open_page
    for page in pages:
        page.close()
    assert [fault for fault in faults if not fault.startswith("data:")] == []


def test_every_placed_place_has_a_mark_and_the_rest_a_line_in_the_list(open_map: Callable[..., Page]) -> None:
    page = open_map()
    marks = page.eval_on_selector_all(".mark--place", "marks => marks.map(mark => mark.dataset.place).sort()")
    assert marks == ["sample-a", "sample-b", "sample-c", "sample-d", "sample-e"]
    assert page.locator("#unplaced").inner_text().startswith("样例己片区")
    assert page.locator("#map .section").count() == 2
    assert page.locator("#map .belt--line").count() == 1


@pytest.mark.parametrize("theme", ["light", "wall", "print"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_name_lies_on_another_or_on_a_mark(open_map: Callable[..., Page], theme: str, width: int) -> None:
    page = open_map(f"?theme={theme}", width)
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("query", ["", "?place=sample-a&chain=CU", "?theme=wall"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_page_is_accessible(open_map: Callable[..., Page], query: str, width: int) -> None:
    page = open_map(query, width)
    if "place" in query:
        page.wait_for_selector("#panel:not([aria-busy])")
    page.evaluate((ROOT / "tests/vendor/axe-core/axe.min.js").read_text(encoding="utf-8") + "\n;0")
    assert page.evaluate("axe.run().then(result => result.violations.map(violation => violation.id))") == []


def test_statements_that_disagree_stand_side_by_side_with_their_clauses(open_map: Callable[..., Page]) -> None:
    page = open_map()
    page.click('#map [data-place="sample-a"]')
    page.wait_for_selector("#panel .conflict")
    sides = page.locator("#panel .conflict").first.locator(".conflict__side").all_inner_texts()
    assert [("第2条" in side, "第15条" in side) for side in sides] == [(True, False), (False, True)]
    assert page.locator("#panel").get_by_text("园区管委会").count() == 2


def test_hostile_text_is_shown_as_it_is(open_map: Callable[..., Page]) -> None:
    page = open_map("?place=sample-a")
    page.wait_for_selector("#panel .conflict")
    assert HOSTILE_NAME in page.inner_text("#panel")
    assert HOSTILE_NAME in page.text_content("[data-place-list]")
    assert page.locator('.label[data-place="sample-c"]').text_content() == HOSTILE_NAME
    assert page.locator("img[src=x]").count() == 0


def test_escape_closes_the_details_and_the_focus_returns(open_map: Callable[..., Page]) -> None:
    page = open_map()
    page.focus('.mark[data-place="sample-b"]')
    page.focus('.mark[data-place="sample-a"]')
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel-title:focus")
    assert "place=sample-a" in page.url
    page.keyboard.press("Escape")
    assert page.is_hidden("#panel")
    assert page.evaluate("document.activeElement.dataset.place") == "sample-a"
    assert "place=" not in page.url


def test_the_legend_follows_the_chain(open_map: Callable[..., Page]) -> None:
    page = open_map()
    page.select_option("#chain-select", "CU")
    page.wait_for_selector("[data-onemap][data-gaps=ready]")
    items = page.eval_on_selector_all("[data-legend-item^=gap-]", "list => list.map(item => item.dataset.legendItem)")
    assert items == ["gap-fill", "gap-secure", "gap-sound", "gap-unverified", "gap-present", "gap-quiet"]
    hatched = page.evaluate("document.querySelector('.mark[data-place=sample-c] path').style.fill")
    assert "onemap-hatch" in hatched


def test_hostile_names_in_the_gaps_are_shown_as_they_are(open_map: Callable[..., Page]) -> None:
    page = open_map("?chain=CU&node=CU-BAD&place=sample-a")
    page.wait_for_selector("#panel [data-gap-row]")
    assert (page.locator("#node-select option:checked").text_content() or "").startswith(HOSTILE_NAME)
    assert HOSTILE_NAME in page.inner_text(".gap-legend__scope")
    assert HOSTILE_NAME in page.inner_text("#panel [data-gap-row=CU-BAD] strong")
    assert HOSTILE_NAME in page.inner_text("#panel [data-gap-row=CU-BAD] .gap-row__sentence")
    assert HOSTILE_NAME in (page.get_attribute(".mark[data-place=sample-a]", "aria-label") or "")
    flow = page.locator(".flow")
    assert HOSTILE_NAME in (flow.get_attribute("aria-label") or "")
    flow.focus()
    assert HOSTILE_NAME in page.inner_text("[data-tip]")
    assert page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("甲开", "样例甲开发区"),
        ("jkfq", "样例甲开发区"),
        ("yigong", "样例乙工业园区"),
        ("眼镜", "样例乙工业园区"),
        ("{{7", HOSTILE_NAME),
    ],
)
def test_search_knows_names_pinyin_initials_and_industries(
    open_map: Callable[..., Page], words: str, first: str
) -> None:
    page = open_map()
    page.fill("#search", words)
    assert first in page.locator("#search-results [role=option]").first.inner_text()


def test_a_layer_switched_off_is_in_the_address_and_its_group_is_mixed(open_map: Callable[..., Page]) -> None:
    page = open_map()
    page.uncheck('[data-layer="zones.sub_zone"]')
    assert "layers=zones.sub_zone" in page.url
    assert page.locator('.mark[data-place="sample-d"]').count() == 0
    assert page.evaluate("document.querySelector('[data-layer-group=zones]').indeterminate")
