"""Reading pages the way a strict browser does."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from html5lib import treebuilders
from werkzeug.test import TestResponse

YINGTAN_2014 = "鹰府发〔2014〕19号"
PAGES = (
    "/parks",
    "/parks?q=gaoxin&kind=development_zone",
    "/parks?q=nobody-has-this",
    "/parks/yingtan-gaoxin",
    "/parks/guixi-jingkai?as_of=2020-01-01",
    "/parks/yujiang-gongye",
    "/parks/hongwuhu",
    "/parks/yingtan",
    "/chains",
    "/chains/CU",
    "/chains/WC?as_of=2014-12-31",
    "/gaps",
    "/gaps?chain=WM&radius=45&kind=unverified&sort=place",
    "/gaps?chain=LT&radius=belt&kind=fill",
    "/gaps/what-if",
    "/gaps/what-if?chain=CU&land=guixi-jingkai:CU-ROD:5:30&land=yingtan-gaoxin:CU-MAG:8",
    "/gaps/designations",
    "/gaps/designations?chain=LT&as_of=2016-12-31",
    "/policies",
    "/policies?q=铜",
    f"/policies/{YINGTAN_2014}",
    "/policies/战略性新兴产业倍增计划",
    "/targets",
    "/targets?q=2016&as_of=2016-12-31",
    "/targets?as_of=1990-01-01",
    "/boundaries",
    "/boundaries/parks",
    "/boundaries/plots",
    "/boundaries/parks/yujiang-gongye",
    "/boundaries/belt_sections/gaoxin-yanfa?as_of=2020-01-01",
    "/parks/nobody",
)


class Page:
    """A parsed page. Parsing raises at the first fault of the markup."""

    def __init__(self, html: str) -> None:
        parser = html5lib.HTMLParser(
            strict=True, tree=treebuilders.getTreeBuilder("etree"), namespaceHTMLElements=False
        )
        self.html = html
        self.root: Element = parser.parse(html)
        self.parents = {child: parent for parent in self.root.iter() for child in parent}

    def all(self, tag: str | None = None, css_class: str | None = None) -> list[Element]:
        return [
            element
            for element in self.root.iter()
            if isinstance(element.tag, str)
            and (tag is None or element.tag == tag)
            and (css_class is None or css_class in element.get("class", "").split())
        ]

    def by_id(self, identifier: str) -> Element:
        return next(element for element in self.all() if element.get("id") == identifier)

    def ancestors(self, element: Element) -> Iterator[Element]:
        while element in self.parents:
            element = self.parents[element]
            yield element

    def section(self, heading: str) -> str:
        """The text of the section whose heading has this id."""
        return text(self.parents[self.by_id(heading)])


def text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def read(client: FlaskClient, address: str, *, status: int = 200) -> Page:
    answer = client.get(address)
    assert answer.status_code == status, address
    return Page(answer.text)


def read_answer(answer: TestResponse) -> Page:
    """The page of an answer, whatever its status."""
    return Page(answer.text)
