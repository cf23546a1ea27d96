"""An administrator at work with the keyboard alone, on a telephone: log in, look after accounts, log out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.permissions import Role
from models.database import Database
from tests.accounts import PASSWORD, add_account
from tests.conftest import app_over, serve
from tests.journeys.browsing import PHONE, WIDE, out_of_reach, scrolls_sideways, tab_to, watched_page
from tests.journeys.test_walk import barriers


@pytest.fixture
def office_server(_base_file: Path, tmp_path: Path) -> Iterator[str]:
    """A server whose administrator is 管理员."""
    shutil.copy(_base_file, tmp_path / "onemap.sqlite")
    database = Database(f"sqlite:///{tmp_path / 'onemap.sqlite'}", busy_timeout_s=5)
    add_account(database, "管理员", Role.ADMIN)
    app = app_over(database, tmp_path)
    yield from serve(app)
    app.extensions["onemap"]["database"].dispose()
    database.dispose()


def fits(page: Page) -> None:
    """No barrier and nothing beside the screen, on a telephone and on a desk."""
    for size in (WIDE, PHONE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert barriers(page) == [], (page.url, size)
        assert not scrolls_sideways(page), (page.url, size)
        assert out_of_reach(page) == [], (page.url, size)


def write(page: Page, label: str, words: str) -> None:
    """Fill a field by the keyboard."""
    field = page.get_by_label(label, exact=True)
    tab_to(page, field)
    page.keyboard.insert_text(words)


def press(page: Page, name: str) -> None:
    """Reach a button or link by Tab and press it."""
    target = (
        page.locator("button, a").get_by_text(name, exact=True).or_(page.get_by_role("button", name=name, exact=True))
    )
    tab_to(page, target.first)
    page.keyboard.press("Enter")


def test_an_administrator_looks_after_accounts_with_the_keyboard_alone(browser: Browser, office_server: str) -> None:
    with watched_page(browser, office_server, PHONE, refusals=(401, 400)) as page:
        page.goto("/admin")
        expect(page).to_have_url(f"{office_server}/login?next=%2Fadmin")
        fits(page)

        write(page, "账号", "管理员")
        write(page, "密码", "not the password")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("账号或密码不对")
        fits(page)
        write(page, "密码", PASSWORD)
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{office_server}/admin")
        fits(page)

        write(page, "账号名", "王芳")
        write(page, "密码", "short")
        assert page.get_by_label("密码", exact=True).evaluate("field => !field.validity.valid")
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.insert_text("a password of hers")
        role = page.get_by_label("角色", exact=True)
        tab_to(page, role)
        page.keyboard.press("ArrowDown")
        expect(role).to_have_value("officer")
        tab_to(page, page.get_by_role("checkbox").first)
        page.keyboard.press("Space")
        press(page, "添加")
        expect(page.get_by_role("status")).to_have_text("账号已添加")
        expect(page.get_by_role("row").filter(has_text="王芳")).to_contain_text("招商干部")
        fits(page)

        press(page, "王芳")
        expect(page.get_by_role("heading", level=1)).to_have_text("王芳")
        fits(page)
        press(page, "停用此账号")
        expect(page.get_by_role("status")).to_contain_text("账号已停用")
        expect(page.get_by_role("heading", level=1)).to_contain_text("已停用")
        fits(page)

        page.goto("/admin/audit")
        line = page.get_by_role("row").filter(has_text="停用账号")
        expect(line).to_contain_text("停用：原为 否 → 是")
        fits(page)
        page.goto("/account")
        fits(page)
        page.goto("/en/admin")
        expect(page.get_by_role("heading", level=1)).to_have_text("Accounts")
        fits(page)

        press(page, "Menu")
        press(page, "Log out")
        expect(page).to_have_url(f"{office_server}/en/")
        page.goto("/en/admin")
        expect(page).to_have_url(f"{office_server}/en/login?next=%2Fen%2Fadmin")


def test_an_investor_sees_one_quiet_word_of_all_this(page: Page) -> None:
    page.goto("/parks")
    assert page.locator(".site-account").inner_text().strip() == "登录"
