"""Text from the database is text everywhere: no template runs it, no browser runs it, no character of it is lost.

RELIABILITY rows 1, B1 and B2. Every name that can be written is hostile here, each ending in the name of what it names.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import quote
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.periods import PartialDate
from models import (
    BeltSection,
    BeltStop,
    Chain,
    ChainNode,
    Clause,
    Designation,
    Enterprise,
    Facility,
    Offer,
    Place,
    PlaceName,
    PolicyDocument,
    Source,
    Target,
)
from models.database import Database, now
from services.export import map_file
from tests.conftest import app_over, serve
from tests.journeys.browsing import file_origin, filled_panel, mark, open_map, shared_browser, watched_page

PAYLOADS = {
    "template-and-image": "{{7*7}}<img src=x onerror=alert(1)>${1}",
    "script-and-raw": "</script><script>alert(2)</script>{% raw %}",
}
YINGTAN_2014 = "鹰府发〔2014〕19号"
GAOXIN, CHAIN, NODE, FIRM = "yingtan-gaoxin", "WM", "WM-METER", "sanchuan"
FACILITY, SECTION = "gaoxin-fuhuaqi", "gaoxin-yanfa"
DESIGNATION, TARGET = "yt14-2-yingtan-gaoxin-water", "yt14-1-gaoxin-copper-alloy"
TODAY = date(2026, 11, 21)
# page → what of the hostile text it must show, all of it
SHOWS = {
    "/parks": {"park"},
    f"/parks/{GAOXIN}": {"park", "firm", "facility", "designation", "node", "chain", "target", "alias", "publication"},
    "/chains": {"chain"},
    f"/chains/{CHAIN}": {"chain", "node", "firm", "park", "designation"},
    f"/gaps?chain={CHAIN}": {"chain", "node", "park"},
    f"/gaps/what-if?chain={CHAIN}&land={GAOXIN}:{NODE}:5": {"chain", "node", "park"},
    "/gaps/designations": {"chain", "park", "designation", "note", "firm", "publication"},
    "/policies": {"document"},
    f"/policies/{quote(YINGTAN_2014)}": {"document", "clause", "text", "designation", "target", "park", "offer"},
    "/targets": {"target", "document"},
}
ADDRESSES = (
    "/?q={}&theme={}&layers={}&at={}",
    "/?place={}",
    "/?chain={}",
    "/?as_of={}",
    "/parks?q={}&kind={}",
    "/targets?q={}",
    "/parks/{}",
    "/chains/{}",
    "/policies/{}",
    "/gaps?chain={}",
    "/gaps?node={}&sort=place",
    "/gaps?place={}&kind={}",
    "/gaps/what-if?land={}",
    "/gaps/what-if?try=1&place_1={}&node_1={}&capacity_1={}&mu_1={}",
    "/gaps/designations?chain={}",
)
TEXT = """() => {
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode())
    if (!walker.currentNode.parentElement.closest("script, style")) found.push(walker.currentNode.data);
  return found.join("\\n");
}"""
FOREIGN = """() => [...document.querySelectorAll("img, [onerror], script:not([type='application/json'])")]
  .filter((element) => element.tagName !== "SCRIPT" || /alert\\([12]\\)/.test(element.textContent) && !element.src)
  .map((element) => element.outerHTML.slice(0, 200))"""


@dataclass(frozen=True)
class Hostile:
    """A database whose names are hostile, and a server over it."""

    payload: str
    database: Database
    app: Flask
    address: str

    def name(self, thing: str) -> str:
        return f"{self.payload} {thing}"


def poison(session: Session, payload: str) -> None:
    """Write the payload wherever a name can be written."""

    def renamed(row: object, thing: str, *columns: str) -> None:
        for column in columns:
            assert hasattr(row, column)
            setattr(row, column, f"{payload} {thing}")

    renamed(session.get(Place, GAOXIN), "park", "name_zh", "short_name_zh", "name_en")
    alias = select(PlaceName).where(PlaceName.place_code == GAOXIN).order_by(PlaceName.id).limit(1)
    renamed(session.scalars(alias).one(), "alias", "name")
    renamed(session.get(Enterprise, FIRM), "firm", "name_zh", "short_name_zh", "product", "address")
    facility = session.get(Facility, FACILITY)
    assert facility is not None
    renamed(facility, "facility", "name_zh", "name_en", "type_zh", "status_zh")
    facility.lon, facility.lat, facility.source_datum = 117.02, 28.24, "WGS84"
    designation = session.scalars(select(Designation).where(Designation.key == DESIGNATION)).one()
    renamed(designation, "designation", "subject_zh", "subject_en")
    renamed(designation, "note", "note")
    renamed(session.get(ChainNode, NODE), "node", "name_zh", "name_en")
    renamed(session.get(Chain, CHAIN), "chain", "name_zh", "name_en")
    target = session.scalars(select(Target).where(Target.key == TARGET)).one()
    renamed(target, "target", "indicator_zh", "indicator_en", "scope_zh", "scope_en", "responsible")
    for offer in session.scalars(select(Offer)):
        renamed(offer, "offer", "name_zh", "name_en", "rule_zh", "rule_en")
    section = session.scalars(select(BeltSection).where(BeltSection.code == SECTION)).one()
    renamed(section, "section", "name_zh", "name_en", "function_zh", "function_en")
    for stop in session.scalars(select(BeltStop)):
        renamed(stop, "stop", "name_zh", "name_en")
    document = session.get(PolicyDocument, YINGTAN_2014)
    assert document is not None
    renamed(document, "document", "title", "title_en", "issuer", "scope", "note", "summary_text", "preamble_text")
    document.imported_at, document.issued_on = now(), PartialDate.parse("2014-07-31")
    clause = session.get(Clause, (YINGTAN_2014, "2"))
    assert clause is not None
    renamed(clause, "clause", "label", "label_en", "heading", "responsible")
    renamed(clause, "text", "text")
    firm = session.get(Enterprise, FIRM)
    assert firm is not None
    publication = Source(publication=f"{payload} publication", published_on=payload)
    session.add(publication)
    session.flush()
    firm.source_id = publication.id


@pytest.fixture(scope="module", params=list(PAYLOADS.values()), ids=list(PAYLOADS))
def hostile(
    request: pytest.FixtureRequest, _base_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hostile]:
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copy(_base_file, folder / "onemap.sqlite")
    database = Database(f"sqlite:///{folder / 'onemap.sqlite'}", busy_timeout_s=5)
    with database.write() as session:
        poison(session, request.param)
    app = app_over(database, folder)
    for address in serve(app):
        yield Hostile(request.param, database, app, address)
    app.extensions["onemap"]["database"].dispose()
    database.dispose()


@pytest.fixture
def page(hostile: Hostile, pytestconfig: pytest.Config) -> Iterator[Page]:
    """A page on the hostile server: a dialog, an error or a refusal by the content policy fails the test."""
    with watched_page(shared_browser(pytestconfig), hostile.address) as page:
        yield page


def see_it_is_only_text(page: Page, hostile: Hostile, *things: str) -> None:
    """Every thing's name stands on the page, whole; nothing was evaluated, nothing became an element."""
    text = page.evaluate(TEXT)
    assert [thing for thing in things if hostile.name(thing) not in text] == []
    assert "49<img" not in text
    assert page.evaluate(FOREIGN) == []


def see_it_on_a_map(page: Page, hostile: Hostile) -> None:
    """Mark, label, chain, legend, layer tree, panel and search, on the server and in the exported file alike."""
    see_it_is_only_text(page, hostile, "park", "section", "stop", "chain")
    assert (mark(page, GAOXIN).get_attribute("aria-label") or "").startswith(hostile.name("park"))
    facility = page.locator(f'#map [data-facility="{FACILITY}"]')
    assert (facility.get_attribute("aria-label") or "").startswith(hostile.name("facility"))
    expect(page.locator(f'#map .label[data-place="{GAOXIN}"] .label__text')).to_have_text(hostile.name("park"))
    page.select_option("#chain-select", CHAIN)
    expect(page.locator("#legend-title")).to_have_text(hostile.name("chain"))
    expect(page.locator("#layer-tree")).to_contain_text(hostile.name("chain"))
    for typed, thing in (("7*7", "park"), ("%", "park"), (f"{hostile.payload} firm", "firm"), ("node", "node")):
        if typed in hostile.name(thing):
            page.fill("#search", typed)
            found = page.locator("#search-results .option__words > span:first-child")
            assert hostile.name(thing) in found.all_text_contents(), typed
    page.fill("#search", hostile.name("park"))
    page.locator("#search").press("Enter")
    expect(filled_panel(page).locator("#panel-title")).to_have_text(hostile.name("park"))
    see_it_is_only_text(
        page, hostile, "park", "firm", "facility", "designation", "node", "target", "alias", "offer", "note"
    )
    page.hover(f'#map .mark--place[data-place="{GAOXIN}"]')
    see_it_is_only_text(page, hostile, "park")


def test_the_map_shows_it_literally(page: Page, hostile: Hostile) -> None:
    see_it_on_a_map(open_map(page), hostile)


def test_the_english_map_shows_it_literally(page: Page, hostile: Hostile) -> None:
    open_map(page, f"/en/?place={GAOXIN}&chain={CHAIN}&theme=wall")
    see_it_is_only_text(page, hostile, "park", "firm", "facility", "designation", "node", "target", "chain")


@pytest.mark.parametrize("address", SHOWS)
def test_every_page_shows_it_literally(page: Page, hostile: Hostile, address: str) -> None:
    page.goto(address)
    see_it_is_only_text(page, hostile, *SHOWS[address])


def test_a_search_in_the_texts_shows_what_was_asked_and_what_was_found(page: Page, hostile: Hostile) -> None:
    page.goto(f"/policies?q={quote(hostile.payload)}")
    see_it_is_only_text(page, hostile, "clause")
    expect(page.locator("mark").first).to_have_text(hostile.payload)
    expect(page.locator("#policy-q")).to_have_value(hostile.payload)


def test_what_an_address_brings_is_text_too(hostile: Hostile, pytestconfig: pytest.Config) -> None:
    asked = quote(hostile.payload, safe="")
    with watched_page(shared_browser(pytestconfig), hostile.address, refusals=(400, 404)) as page:
        for address in ADDRESSES:
            page.goto(address.replace("{}", asked))
            expect(page.locator("h1").first).to_be_attached()
            assert page.evaluate(FOREIGN) == [], address
            assert "49<img" not in page.evaluate(TEXT), address


def test_the_exported_file_shows_it_literally(hostile: Hostile, pytestconfig: pytest.Config, tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    with hostile.database.read() as session:
        html = map_file(session, as_of=TODAY, today=TODAY, chain=None, approval_no=hostile.name("approval"))
    path.write_text(html, encoding="utf-8")
    address = file_origin(path)
    with watched_page(shared_browser(pytestconfig), address) as page:
        open_map(page, address)
        see_it_on_a_map(page, hostile)
        expect(page.locator("#notices")).to_contain_text(hostile.name("approval"))


def test_the_json_equals_the_input(hostile: Hostile) -> None:
    client = hostile.app.test_client()

    def answer(path: str) -> dict[str, object]:
        return client.get(f"/api/v1{path}").get_json()  # type: ignore[no-any-return]

    def one(items: object, **wanted: str) -> dict[str, str]:
        assert isinstance(items, list)
        return next(item for item in items if wanted.items() <= item.items())

    place = answer(f"/places/{GAOXIN}")
    assert [place[name] for name in ("name_zh", "short_name_zh", "name_en")] == [hostile.name("park")] * 3
    firm = one(place["enterprises"], code=FIRM)
    assert firm["name_zh"] == hostile.name("firm")
    assert firm["source"]["publication"] == hostile.name("publication")  # type: ignore[index]
    assert one(place["facilities"], code=FACILITY)["name_zh"] == hostile.name("facility")
    assert one(place["designations"], key=DESIGNATION)["subject_zh"] == hostile.name("designation")
    assert one(place["targets"], key=TARGET)["indicator_zh"] == hostile.name("target")
    chain = answer(f"/chains/{CHAIN}")
    assert chain["name_zh"] == hostile.name("chain")
    assert one(chain["node_list"], code=NODE)["name_zh"] == hostile.name("node")
    drawn = answer("/map")
    assert one(drawn["places"], code=GAOXIN)["name_zh"] == hostile.name("park")
    assert one(drawn["sections"], code=SECTION)["function_zh"] == hostile.name("section")
    assert one(answer("/designations?limit=1000")["items"], key=DESIGNATION)["note"] == hostile.name("note")
    assert one(answer("/targets?limit=1000")["items"], key=TARGET)["indicator_en"] == hostile.name("target")
    found = answer(f"/search?q={quote(hostile.payload)}")["items"]
    assert one(found, type="place")["label_zh"] == hostile.name("park")
    assert one(found, type="enterprise")["label_zh"] == hostile.name("firm")


@pytest.mark.parametrize("language", ["", "/en"])
def test_no_page_as_sent_holds_a_foreign_element(hostile: Hostile, language: str) -> None:
    client = hostile.app.test_client()
    for address, things in (SHOWS | {"/": {"chain"}, f"/parks/{quote(hostile.payload, safe='')}": set()}).items():
        root = html5lib.parse(client.get(language + address).text, namespaceHTMLElements=False)
        text = "\n".join(words for words in root.itertext())
        assert [thing for thing in things if hostile.name(thing) not in text] == [], address
        assert "49<img" not in text
        assert [element for element in root.iter() if is_foreign(element)] == [], address


def is_foreign(element: Element) -> bool:
    """An element or attribute none of our templates has."""
    if not isinstance(element.tag, str):
        return False
    if element.tag == "script":
        return not element.get("src") and not element.get("nonce")
    return element.tag == "img" or any(name.lower().startswith("on") for name in element.attrib)
