"""The workbench's first journey: a Shapefile without coordinate system or encoding becomes the map's boundary, through
two people, and is rolled back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.permissions import Role
from models.database import Database
from services import cache
from tests.accounts import PASSWORD, add_account
from tests.conftest import app_over, serve
from tests.journeys.boundary_files import gbk_shapefile
from tests.journeys.browsing import open_map, watched_page

PARK = "yujiang-gongye"
RING = [
    (116.809, 28.204), (116.8175, 28.219), (116.8255, 28.213), (116.8285, 28.204),
    (116.829, 28.2035), (116.829, 28.204), (116.8285, 28.2035), (116.820, 28.199), (116.809, 28.204),
]  # fmt: skip
"""It crosses itself at its eastern corner."""


@pytest.fixture
def workbench(base: Database, tmp_path: Path) -> Iterator[str]:
    """A server where whoever made a changeset may not publish it."""
    for name, role in (("李编辑", Role.GIS_EDITOR), ("王发布", Role.GIS_PUBLISHER)):
        add_account(base, name, role)
    cache.clear()
    app = app_over(base, tmp_path, four_eyes=True)
    yield from serve(app)
    app.extensions["onemap"]["database"].dispose()


def log_in(page: Page, name: str) -> None:
    page.goto("/login?next=/boundaries")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    expect(page.locator(".site-account__name")).to_have_text(name)


def drawn_version(page: Page) -> int:
    """The version of the park's outline the map draws for everybody."""
    answer = page.request.get(f"/api/v1/parks/{PARK}")
    assert answer.ok
    return int(answer.json()["geometry"]["version"])


def test_a_bureaus_shapefile_becomes_the_boundary_and_is_rolled_back(
    browser: Browser, workbench: str, tmp_path: Path
) -> None:
    shapefile = tmp_path / "余江界址.zip"
    shapefile.write_bytes(gbk_shapefile([(PARK, "江西余江工业园区", RING)], stem="余江界址"))

    with watched_page(browser, workbench) as page:
        log_in(page, "李编辑")
        page.set_input_files("#file", shapefile)
        page.select_option("#layer", "parks")
        page.click("text=检查这个文件")

        expect(page.locator(".verdict--ask")).to_contain_text("需要您回答")
        expect(page.locator(".findings")).to_contain_text("江西余江工业园区")  # GBK read right, to be confirmed
        zone_39 = page.locator(".answer", has=page.locator("input[value='EPSG:4527']"))
        expect(zone_39.locator(".shape--box")).to_be_visible()
        zone_39.click()
        page.click("text=按这个回答接着检查")

        expect(page.locator(".verdict--repair")).to_contain_text("可以采用，但要先修复")
        expect(page.locator(".repair")).to_contain_text("江西余江工业园区")
        expect(page.locator(".repair .shape--new")).to_be_visible()
        assert drawn_version(page) == 1
        page.click("text=按所示修复并存为草稿")

        expect(page.locator("[role=status]")).to_contain_text("已存为草稿")
        expect(page.locator(".change tbody")).to_contain_text(re.compile(r"[−+][\d,.]+ 亩"))
        expect(page.locator(".impact")).to_contain_text("政策指定")
        expect(page.locator(".decide")).to_contain_text("须由另一位有发布权限的人发布")
        expect(page.locator("[name=acknowledged]")).to_have_count(0)
        page.click("text=核对 >> nth=-1")
        expect(page.locator(".step--done")).to_have_count(2)
        changeset = page.url.partition("?")[0]

    with watched_page(browser, workbench) as page:
        log_in(page, "王发布")
        page.goto(changeset)
        expect(page.locator(".look__stage .shape--old.is-schematic")).to_be_visible()
        expect(page.locator(".look__stage .shape--added")).to_be_visible()
        publish = page.locator("form[action$=publish] button")
        publish.click()
        assert drawn_version(page) == 1  # the browser holds it back: the impact is not acknowledged
        page.check("[name=acknowledged]")
        publish.click()
        expect(page.locator("[role=status]")).to_contain_text("已发布")
        assert drawn_version(page) == 2

        page.click("text=看地图")
        page.wait_for_selector("#onemap[data-ready]")
        panel = page.locator("#panel:not([aria-busy])")
        expect(panel).to_contain_text("江西余江工业园区")
        expect(panel).to_contain_text("余江界址.zip")
        expect(panel).not_to_contain_text("示意轮廓")
        drawn = page.locator(f"#map path[data-outline='{PARK}']")
        expect(drawn).to_be_attached()
        assert "outline--schematic" not in (drawn.get_attribute("class") or "")  # a firm line at last
        expect(page.locator("#legend")).to_contain_text("边界（已发布）")

    with watched_page(browser, workbench) as page:
        log_in(page, "李编辑")
        page.goto(f"/boundaries/parks/{PARK}")
        expect(page.locator(".version")).to_have_count(2)
        expect(page.locator(".version .small-look .shape")).to_have_count(2)
        page.select_option("#to_version", "1")
        page.click("text=看差异，准备退回")
        expect(page.locator("[role=status]")).to_contain_text("已存为草稿")
        expect(page.locator(".impact")).to_contain_text("政策指定")
        expect(page.locator("[name=acknowledged]")).to_have_count(0)
        going_back = page.url.partition("?")[0]
        assert drawn_version(page) == 2

    with watched_page(browser, workbench) as page:
        log_in(page, "王发布")
        page.goto(going_back)
        page.check("[name=acknowledged]")
        page.click("form[action$=publish] button")
        expect(page.locator("[role=status]")).to_contain_text("已发布")
        page.goto(f"/boundaries/parks/{PARK}")
        expect(page.locator("#version-3")).to_contain_text("恢复自第 1 版")
        expect(page.locator(".version")).to_have_count(3)
        assert drawn_version(page) == 3
        open_map(page, f"/?place={PARK}")
        expect(page.locator("#panel:not([aria-busy])")).not_to_contain_text("余江界址.zip")
        expect(page.locator("#panel:not([aria-busy])")).to_contain_text("示意轮廓")
        expect(page.locator(f"#map path.outline--schematic[data-outline='{PARK}']")).to_be_attached()
