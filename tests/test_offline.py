"""Nothing is ever loaded from another host: not by a page, a style sheet, a script or the exported file.

A plain link to a source is no loading; everything that loads by itself is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import quote, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask.testing import FlaskClient

from config import ROOT
from models.database import Database
from services.export import map_file

STATIC = ROOT / "static"
PAGES = [
    "/",
    "/parks",
    "/parks/yingtan-gaoxin",
    "/chains",
    "/chains/CU",
    "/gaps",
    "/gaps/what-if?chain=CU&land=guixi-jingkai:CU-ROD:5",
    "/gaps/designations",
    "/policies",
    f"/policies/{quote('鹰府发〔2014〕19号')}",
    "/targets",
    "/parks/nobody",
]
# attributes a browser follows unasked, by element; an <a href> waits for a click
LOADS = {
    "src": {"script", "img", "iframe", "frame", "embed", "audio", "video", "source", "track", "input"},
    "srcset": {"img", "source"},
    "href": {"link", "base", "use", "image", "script", "feimage"},
    "xlink:href": {"use", "image", "script", "feimage"},
    "data": {"object"},
    "poster": {"video"},
    "background": {"body", "table", "td"},
    "action": {"form"},
    "formaction": {"button", "input"},
    "ping": {"a"},
    "manifest": {"html"},
}
CSS_ADDRESS = re.compile(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""", re.IGNORECASE)
HOST = re.compile(r"""(?:https?:|wss?:|ftp:)?//[\w-]+(?:\.[\w-]+)+[^\s"'`)<>]*""", re.IGNORECASE)
# addresses that name something and load nothing: XML namespaces, and the link of Leaflet's attribution, which is off
NAMES = {
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/1999/xlink",
    "http://www.w3.org/1999/xhtml",
    "https://leafletjs.com",
}
CSS_FILES = sorted(STATIC.rglob("*.css"))
JS_FILES = sorted(STATIC.rglob("*.js"))
TODAY = date(2026, 11, 21)


def stays_here(address: str) -> bool:
    """Whether an address names no other host.

    >>> stays_here("/static/a.css"), stays_here("data:,"), stays_here("#x"), stays_here("url.png")
    (True, True, True, True)
    >>> stays_here("//cdn.example/a.js"), stays_here("https://a.example"), stays_here(" HTTP://a.example")
    (False, False, False)
    """
    parts = urlsplit(address.strip())
    return not parts.netloc and parts.scheme in {"", "data"}


def loaded(html: str) -> Iterator[str]:
    """Every address a browser follows when it opens the page."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        tag = element.tag.rpartition("}")[2].lower()
        for name, value in element.attrib.items():
            name = "xlink:href" if name.endswith("}href") else name
            if name == "style":
                yield from css_addresses(value)
            elif tag in LOADS.get(name, set()):
                yield from (part.split()[0] for part in (value.split(",") if name == "srcset" else [value]) if part)
        yield from inside(tag, element)


def inside(tag: str, element: Element) -> Iterator[str]:
    if tag == "style":
        yield from css_addresses(element.text or "")
    elif tag == "meta" and (element.get("http-equiv") or "").lower() == "refresh":
        yield (element.get("content") or "").partition("=")[2]


def css_addresses(css: str) -> list[str]:
    """What a style sheet loads.

    >>> css_addresses("a { background: url( 'x.png' ) } @import '//a.example/b.css'; b { fill: url(#dots) }")
    ['x.png', '//a.example/b.css', '#dots']
    """
    return [quoted or imported for quoted, imported in CSS_ADDRESS.findall(css)]


def addresses_in_script(script: str) -> set[str]:
    """Every address of a host that stands in a script, names left out; comments do not count.

    >>> sorted(addresses_in_script('fetch("//a.example/x") // see https://b.example/'))
    ['//a.example/x']
    >>> addresses_in_script('svg("http://www.w3.org/2000/svg"); 1 / 2')
    set()
    """
    code = re.sub(r"/\*.*?\*/", "", script, flags=re.DOTALL)
    code = re.sub(r"(?m)(^|\s)//\s.*$", "", code)
    return {found for found in HOST.findall(code) if found not in NAMES}


def policy_rules(policy: str) -> dict[str, list[str]]:
    """A content policy as directive → sources."""
    return {name: sources for name, *sources in (rule.split() for rule in policy.split(";"))}


@pytest.mark.parametrize("address", PAGES)
def test_a_page_loads_nothing_from_another_host_and_its_content_policy_forbids_it(
    client: FlaskClient, address: str
) -> None:
    for language in ("", "/en"):
        answer = client.get(language + address)
        found = list(loaded(answer.text))
        assert any(address.startswith("/static/") for address in found)
        assert [address for address in found if not stays_here(address)] == []
        rules = policy_rules(answer.headers["Content-Security-Policy"])
        assert rules.pop("default-src") == ["'none'"]
        assert "data:" not in rules["script-src"]
        for name, sources in rules.items():
            for source in sources:
                assert source in {"'self'", "'none'", "data:"} or source.startswith("'nonce-"), (name, source)


@pytest.mark.parametrize("path", CSS_FILES, ids=lambda path: str(path.relative_to(STATIC)))
def test_a_style_sheet_loads_only_files_that_are_there(path: Path) -> None:
    for address in css_addresses(path.read_text(encoding="utf-8")):
        assert stays_here(address), address
        if not address.startswith(("#", "data:")):
            assert (path.parent / address).resolve().is_file(), address


@pytest.mark.parametrize("path", JS_FILES, ids=lambda path: str(path.relative_to(STATIC)))
def test_a_script_names_no_other_host(path: Path) -> None:
    assert addresses_in_script(path.read_text(encoding="utf-8")) == set()


def test_the_exported_file_loads_nothing_at_all(base: Database) -> None:
    with base.read() as session:
        html = map_file(session, as_of=TODAY, today=TODAY, chain=None, approval_no=None)
    data_begin = html.index('<script type="application/json" id="onemap-data">')
    data_end = html.index("</script>", data_begin)
    page = html[:data_begin] + html[data_end + len("</script>") :]  # the data are inert
    outside = {address for address in loaded(page) if not address.startswith(("data:", "#"))}
    leaflet = (STATIC / "vendor" / "leaflet" / "leaflet.css").read_text(encoding="utf-8")
    assert outside <= set(css_addresses(leaflet))  # pictures of controls the map does not have
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert scripts
    assert [addresses_in_script(script) for script in scripts if addresses_in_script(script)] == []
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    rules = policy_rules(policy[1])
    assert rules["default-src"] == ["'none'"]
    assert "connect-src" not in rules
    for name in ("script-src", "style-src"):
        assert all(source.startswith("'sha256-") for source in rules[name])
