"""Data entry in a browser, on an internal server: a file is looked at, taken in, and the gaps know it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from models.database import Database
from tests.conftest import app_over, serve
from tests.journeys.browsing import PHONE, WIDE, out_of_reach, scrolls_sideways, shared_browser, watched_page
from tests.pages.test_in_browser import AXE, FINDINGS
from tests.pages.test_studio import HEADER, ROW


@pytest.fixture
def browser(pytestconfig: pytest.Config) -> Browser:
    return shared_browser(pytestconfig)


@pytest.fixture
def officers_server(base: Database, tmp_path: Path) -> Iterator[str]:
    app = app_over(base, tmp_path, audience="internal")
    yield from serve(app)
    app.extensions["onemap"]["database"].dispose()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_file_is_previewed_and_taken_in_without_a_barrier(
    browser: Browser, officers_server: str, tmp_path: Path, size: tuple[int, int]
) -> None:
    good, bad = tmp_path / "产能.csv", tmp_path / "坏的.csv"
    good.write_text(f"{HEADER}\n{ROW.format(value=12.5)}\n", encoding="gb18030")
    bad.write_text(f"{HEADER}\n{ROW.format(value=-1)}\n", encoding="utf-8")
    with watched_page(browser, officers_server, size, refusals=(400,)) as page:

        def barriers() -> object:
            assert not scrolls_sideways(page)
            assert out_of_reach(page) == []
            page.evaluate(AXE + "\n;0")
            return page.evaluate(FINDINGS)

        def send(file: Path) -> None:
            page.select_option("#sheet", "capacities")
            page.set_input_files("#file", file)
            page.fill("#actor", "张三")
            page.click("form[enctype] button")

        page.goto("/studio/data")
        assert barriers() == []
        send(bad)
        assert "不能写入" in page.text_content("[role=alert]")  # type: ignore[operator]
        assert barriers() == []
        send(good)
        assert page.locator(".plan__rows tbody tr").count() >= 1
        assert barriers() == []
        page.click("text=确认写入")
        assert "已写入" in page.text_content("[role=status]")  # type: ignore[operator]
        assert barriers() == []
        page.goto("/parks/guixi")
        assert "12.5" in page.content()
