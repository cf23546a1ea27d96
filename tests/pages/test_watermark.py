"""Demonstration data say so on every page, on screen and on paper; sourced data do not."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.pages.conftest import Ask
from tests.pages.reading import Page, text

MARK, MARK_EN = "演示数据", "Demonstration data"


@pytest.mark.parametrize("address", ["/", "/parks", "/chains/CU", "/policies", "/targets", "/gaps", "/nowhere"])
def test_every_page_of_demonstration_data_says_so_on_screen_and_on_paper(demo: FlaskClient, address: str) -> None:
    for prefix, mark in (("", MARK), ("/en", MARK_EN)):
        page = Page(demo.get(prefix + address).text)
        assert [text(found) for found in page.all("strong", "demo-mark")] == [mark]
        assert mark in text(page.all("p", "demo-print")[0])
        assert mark in text(page.all("title")[0])
        header = text(page.all("header")[0]) + text(page.all("title")[0])
        assert "鹰潭" not in header
        assert "Yingtan" not in header


def test_sourced_data_carry_no_watermark(ask: Ask) -> None:
    assert ask("/gaps").all(css_class="demo-mark") == []
    assert ask("/gaps").all(css_class="demo-print") == []
