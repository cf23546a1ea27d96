"""Every page there is: no fault, no barrier, nothing beside the screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.journeys.browsing import PHONE, WIDE, open_map, out_of_reach, scrolls_sideways

AXE = (Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
YINGTAN_2014 = quote("鹰府发〔2014〕19号")
# endpoint → the addresses that stand for it; the English pages are added below
PAGES: dict[str, list[str]] = {
    "map.show": ["/", "/?place=yingtan-gaoxin", "/?chain=CU", "/?theme=wall"],
    "parks.show_all": ["/parks"],
    "parks.show": ["/parks/yingtan-gaoxin", "/parks/hongwuhu", "/parks/yingtan"],
    "chains.show_all": ["/chains"],
    "chains.show": ["/chains/CU", "/chains/CU?place=yingtan-gaoxin&radius=45"],
    "gaps.show_all": ["/gaps", "/gaps?chain=CU"],
    "gaps.show_designations": ["/gaps/designations"],
    "what_if.show": ["/gaps/what-if?chain=CU&land=guixi-jingkai:CU-ROD:5:30"],
    "policies.show_all": ["/policies"],
    "policies.show": [f"/policies/{YINGTAN_2014}"],
    "targets.show_all": ["/targets"],
    "login.show": ["/login?next=/gaps"],
    "boundaries.show": ["/boundaries"],
    "boundaries.show_layer": ["/boundaries/parks"],
    "boundary_history.show": ["/boundaries/parks/yujiang-gongye"],
}
ANSWERS: dict[str, str] = {
    "api.openapi_document": "/api/v1/openapi.json",
    "api.map_data": "/api/v1/map",
    "api.parks": "/api/v1/parks",
    "api.zones": "/api/v1/zones",
    "api.park": "/api/v1/parks/yingtan-gaoxin",
    "api.zone": "/api/v1/zones/hongwuhu",
    "api.place": "/api/v1/places/yuehu",
    "api.belt": "/api/v1/belt",
    "api.chains": "/api/v1/chains",
    "api.chain": "/api/v1/chains/CU",
    "api.designations": "/api/v1/designations",
    "api.targets": "/api/v1/targets",
    "api.offers": "/api/v1/offers",
    "api.policies": "/api/v1/policies",
    "api.search": "/api/v1/search?q=%E9%93%9C",
    "gap_api.gaps": "/api/v1/gaps",
    "gap_api.gap_overlay": "/api/v1/gaps/overlay?chain=CU",
    "gap_api.gaps_of_place": "/api/v1/gaps/places/yingtan-gaoxin?chain=CU",
    "gap_api.gap_unknowns": "/api/v1/gaps/unknowns?chain=CU",
    "gap_api.gap_designations": "/api/v1/gaps/designations",
    "gap_api.what_if": "/api/v1/whatif?chain=CU&land=yingtan-gaoxin:CU-ROD:5",
    "health.show": "/healthz",
    "static": "/static/css/base.css",
}
DOWNLOADS = {
    "export.map_file": "/export/map.html?as_of=2020-01-01",
    "gaps.download": "/gaps.csv?chain=CU",
    "en_gaps.download": "/en/gaps.xlsx?chain=CU",
}
FOR_OFFICERS = {"studio.show", "studio.template", "studio.export"}  # tests/pages/test_studio_in_browser.py
FOR_ACCOUNTS = {"login.show_own", "admin.show", "admin.show_account", "admin.show_audit"}  # test_accounts.py
FOR_EDITORS = {"boundary_changesets.show", "boundary_uploads.show", "boundary_uploads.state"} | {
    "boundary_editor.show", "boundary_packages.show", "boundary_packages.show_conflicts",
}  # test_boundaries_in_browser.py, test_editor.py  # fmt: skip
ANSWERS_FOR_EDITORS = {"boundary_edits.token", "boundary_edits.features", "boundary_edits.things"}  # tests/api
CHINESE = [address for addresses in PAGES.values() for address in addresses]
EVERY_PAGE = [*CHINESE, *(f"/en{address}" for address in CHINESE)]


def show(page: Page, address: str) -> None:
    """A page in full: a map is waited for."""
    if address.removeprefix("/en").startswith("/?") or address in {"/", "/en/"}:
        open_map(page, address)
    else:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200


def barriers(page: Page) -> list[tuple[str, str]]:
    """What axe-core finds: (rule, element)."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then((result) => result.violations)"
    )
    return [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]]


def test_every_address_of_the_app_is_walked(app: Flask) -> None:
    twice = {*PAGES, *FOR_OFFICERS, *FOR_ACCOUNTS, *FOR_EDITORS}
    walked = {*twice, *(f"en_{endpoint}" for endpoint in twice), *ANSWERS, *DOWNLOADS, *ANSWERS_FOR_EDITORS}
    readable = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())}
    assert walked == readable


@pytest.mark.parametrize("address", EVERY_PAGE)
def test_a_page_has_no_fault_and_no_barrier_on_a_screen_and_on_a_telephone(page: Page, address: str) -> None:
    show(page, address)
    for size in (WIDE, PHONE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert barriers(page) == [], size
        assert not scrolls_sideways(page), size
        assert out_of_reach(page) == [], size


def test_every_answer_and_file_opens_without_a_fault(page: Page) -> None:
    for address in ANSWERS.values():
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address


def test_the_exported_map_is_a_download(page: Page) -> None:
    page.goto("/healthz")
    with page.expect_download() as download:
        page.evaluate("(address) => { location.href = address; }", DOWNLOADS["export.map_file"])
    assert download.value.suggested_filename == "onemap.html"
    assert Path(download.value.path()).stat().st_size > 100_000
