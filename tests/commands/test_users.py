"""`users` as a person runs it: add, passwd, disable, list; one clear line a fault, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from domain.permissions import Actor, Role
from models.database import Database
from services.accounts.actors import actor_named
from tests.accounts import PASSWORD, add_account, log_in
from tests.conftest import app_over


def users(app: Flask, *words: str, typed: str | bytes | None = None) -> Result:
    return app.test_cli_runner().invoke(args=["users", *words], input=typed)


def test_an_account_added_here_can_log_in(app: Flask, base: Database) -> None:
    done = users(app, "add", "王芳", "--role", "officer", "--park", "yingtan-gaoxin", "--park", "guixi-jingkai",
                 "--password-stdin", typed=f"{PASSWORD}\n")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "王芳" in done.output
    assert PASSWORD not in done.output
    with base.read() as session:
        assert actor_named(session, "王芳") == Actor(
            "王芳", Role.OFFICER, frozenset({"yingtan-gaoxin", "guixi-jingkai"})
        )
    assert log_in(app.test_client(), "王芳").status_code == 303


@pytest.mark.parametrize("typed", [f"{PASSWORD}\n", f"{PASSWORD}\r\n", PASSWORD, f"{PASSWORD}\nanother line\n"])
def test_the_password_is_the_first_line_as_it_stands(app: Flask, typed: str) -> None:
    assert users(app, "add", "li", "--role", "viewer", "--password-stdin", typed=typed).exit_code == 0
    assert log_in(app.test_client(), "li").status_code == 303


def test_without_the_option_the_password_is_asked_for_twice(app: Flask) -> None:
    add = ("add", "li", "--role", "viewer")
    assert users(app, *add, typed=f"{PASSWORD}\nanother one of them\n").exit_code != 0
    done = users(app, *add, typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output


def test_a_new_password_replaces_the_old_one(app: Flask, base: Database) -> None:
    add_account(base, "li", Role.VIEWER)
    new = "四块石头 and a bridge"
    assert users(app, "passwd", "LI", "--password-stdin", typed=new).exit_code == 0
    assert log_in(app.test_client(), "li").status_code == 401
    assert log_in(app.test_client(), "li", new).status_code == 303


def test_a_disabled_account_cannot_log_in(app: Flask, base: Database) -> None:
    add_account(base, "li", Role.ADMIN)  # the only administrator, too: here another can be added
    assert users(app, "disable", "li").exit_code == 0
    assert log_in(app.test_client(), "li").status_code == 401
    listed = users(app, "list")
    assert listed.exit_code == 0
    assert "li\tadmin 管理员\t全部 all\t已停用 disabled" in listed.stdout


def test_a_list_of_none_says_how_to_add_one(app: Flask) -> None:
    listed = users(app, "list")
    assert (listed.exit_code, listed.stdout) == (0, "")
    assert "还没有账号" in listed.stderr


@pytest.mark.parametrize(
    ("words", "typed", "zh", "en"),
    [
        (("add", "a b", "--role", "viewer", "--password-stdin"), PASSWORD, "账号名须为", "an account's name is"),
        (("add", "li", "--role", "viewer", "--password-stdin"), "short", "密码须为 12–256", "a password is 12–256"),
        (("add", "li", "--role", "viewer", "--password-stdin"), "", "密码须为", "a password is"),
        (("add", "ZHANG", "--role", "viewer", "--password-stdin"), PASSWORD, "账号名已被使用", "the name is taken"),
        (
            ("add", "li", "--role", "viewer", "--park", "nowhere", "--password-stdin"),
            PASSWORD,
            "没有这个园区",
            "no such park",
        ),
        (("add", "li", "--role", "viewer", "--password-stdin"), b"\xff\xfe long enough\n", "不是 UTF-8", "not UTF-8"),
        (("passwd", "nobody", "--password-stdin"), PASSWORD, "没有这个账号", "no such account"),
        (("disable", "nobody"), None, "没有这个账号", "no such account"),
    ],
)
def test_a_fault_is_one_line_in_both_languages_and_nothing_is_stored(
    app: Flask, base: Database, words: tuple[str, ...], typed: str | bytes | None, zh: str, en: str
) -> None:
    add_account(base, "zhang", Role.VIEWER)
    done = users(app, *words, typed=typed)
    assert done.exit_code == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert zh in done.stderr
    assert en in done.stderr
    assert len(users(app, "list").stdout.splitlines()) == 1


def test_an_unknown_role_is_refused_naming_those_there_are(app: Flask) -> None:
    done = users(app, "add", "li", "--role", "root", "--password-stdin", typed=PASSWORD)
    assert done.exit_code == 2
    assert "gis_publisher" in done.output


def test_a_database_that_is_not_migrated_is_told(tmp_path: Path) -> None:
    app = app_over(Database(f"sqlite:///{tmp_path / 'new.sqlite'}", busy_timeout_s=5), tmp_path)
    done = users(app, "list")
    assert done.exit_code == 1
    assert "data load-base" in done.stderr
    app.extensions["onemap"]["database"].dispose()
