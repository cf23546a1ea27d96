"""What holds on every page, in both languages."""

from __future__ import annotations

from collections import Counter
from urllib.parse import unquote, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from models import Chain, ChainNode, Designation, Enterprise, Place, Target
from tests.pages.conftest import Ask
from tests.pages.reading import PAGES, YINGTAN_2014, Page, read, text

SVG = "{http://www.w3.org/2000/svg}"
BOTH = [*PAGES, *(f"/en{address}" for address in PAGES)]


@pytest.fixture(params=BOTH)
def page(request: pytest.FixtureRequest, ask: Ask) -> Page:
    address = str(request.param)
    return ask(address, status=404 if "nobody" in address and "q=" not in address else 200)


def test_a_page_is_valid_and_has_one_heading_and_its_landmarks(page: Page) -> None:
    assert len(page.all("h1")) == 1
    for landmark in ("header", "nav", "main", "footer"):
        assert page.all(landmark), landmark
    counts = Counter(element.get("id") for element in page.all() if element.get("id"))
    assert [identifier for identifier, count in counts.items() if count > 1] == []


def test_a_page_keeps_to_the_strict_content_policy(page: Page) -> None:
    for element in page.all():
        assert element.get("style") is None
        assert [name for name in element.keys() if name.startswith("on")] == []  # noqa: SIM118
        assert element.tag != "script" or element.get("src")


def test_every_table_has_a_caption_and_scoped_headings(page: Page) -> None:
    for table in page.all("table"):
        assert [text(caption) for caption in table.iter("caption")] != []
        assert all(text(caption) for caption in table.iter("caption"))
        assert {heading.get("scope") for heading in table.iter("th")} <= {"col", "row"}
        assert all("data-label" in cell.attrib for cell in table.iter("td"))


def test_every_number_stands_beside_its_source(page: Page) -> None:
    for figure in page.all("span", "figure"):
        block = next(element for element in page.ancestors(figure) if element.tag in {"tr", "dd", "div", "li"})
        if block.tag == "li" and not _sources(block):  # the tiers of an offer share the row's source
            block = next(element for element in page.ancestors(figure) if element.tag == "tr")
        assert _sources(block), text(block)


def _sources(block: object) -> list[str]:
    found = [e for e in block.iter("span") if "source" in e.get("class", "").split()]  # type: ignore[attr-defined]
    return [text(element) for element in found if text(element) and "未知" not in text(element)]


def test_every_link_inside_the_page_leads_somewhere(page: Page) -> None:
    identifiers = {element.get("id") for element in page.all()}
    anchors = [element.get("href", "") for element in page.root.iter() if element.tag in {"a", f"{SVG}a"}]
    for anchor in anchors:
        if anchor.startswith("#"):
            assert unquote(anchor[1:]) in identifiers, anchor


@pytest.mark.parametrize("address", ["/parks/yingtan-gaoxin", "/en/parks/yingtan", "/targets", "/chains/CU"])
def test_every_link_to_a_clause_or_node_arrives(ask: Ask, address: str) -> None:
    page = ask(address)
    pages: dict[str, Page] = {}
    for link in page.all("a"):
        parts = urlsplit(link.get("href", ""))
        if parts.fragment and parts.path:
            target = pages.setdefault(parts.path, ask(parts.path))
            assert target.by_id(unquote(parts.fragment)) is not None
    assert pages


def test_the_english_page_keeps_its_links_english(ask: Ask) -> None:
    page = ask(f"/en/policies/{YINGTAN_2014}")
    links = {link.get("href", "") for link in page.all("a") if link.get("data-language-link") is None}
    assert {link for link in links if link.startswith("/") and not link.startswith("/en/")} == set()


def test_a_hostile_name_appears_literally(client: FlaskClient) -> None:
    hostile = "{{7*7}}<img src=x onerror=alert(1)>${1}"
    database = client.application.extensions["onemap"]["database"]
    with database.write() as session:
        session.execute(update(Place).values(name_zh=hostile, short_name_zh=hostile))
        session.execute(update(Chain).values(name_zh=hostile))
        session.execute(update(ChainNode).values(name_zh=hostile))
        session.execute(update(Enterprise).values(name_zh=hostile))
        session.execute(update(Target).values(indicator_zh=hostile))
        session.execute(update(Designation).values(subject_zh=hostile))
    for address in (
        "/parks",
        "/parks/yingtan-gaoxin",
        "/chains",
        "/chains/CU",
        f"/policies/{YINGTAN_2014}",
        "/targets",
    ):
        page = read(client, address)
        assert hostile in text(page.root.find("body")), address  # type: ignore[arg-type]
        assert page.all("img") == []
