"""Accounts below the web: names, passwords, rights, and the audit lines they leave."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable

import pytest

from domain.errors import BadRequest, Conflict, Forbidden, NotFound, NotLoggedIn
from domain.permissions import Actor, Permission, Role
from models.database import Database, data_revision, record_audit
from services.accounts import managing
from services.accounts.actors import COMMAND_LINE, actor_named
from services.accounts.audit import list_audit, note_refusal
from services.accounts.names import checked_name
from tests.accounts import PASSWORD, add_account
from tests.services.accounts.office import ADMIN, log, log_in

# ---- names and passwords ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["wang.fang", "王芳", "gis-02", "li_4", "ab", "x" * 64, "招商局01"])
def test_a_name_may_be_chinese_or_latin(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "a", "x" * 65, "a b", " ab", "ab\n", "..", ".ab", "-ab", "_ab", "a/b", "a\\b", "a<b", "{{a}}", "a\u202eb",
     "a\u200bb", "Ａdmin", "admin@x", "а́б", "a\x00b", "command line", "😀😀"],
)  # fmt: skip
def test_a_name_that_could_mislead_is_refused(name: str) -> None:
    with pytest.raises(BadRequest, match="2–64"):
        checked_name(name)


@pytest.mark.parametrize(
    "password", ["", "x" * 11, "x" * 257, "Wang.Fang-Yingtan"], ids=["none", "short", "long", "the name"]
)
def test_a_password_that_breaks_a_rule_is_refused(database: Database, password: str) -> None:
    with pytest.raises(BadRequest) as refused:
        managing.add_account(
            database, name="wang.fang-yingtan", role=Role.VIEWER, parks=(), password=password, actor=ADMIN
        )
    assert refused.value.place == "password"
    assert log(database) == []


def test_a_password_of_256_characters_is_whole(database: Database) -> None:
    """No character is cut off behind the scenes."""
    password = "铜" * 256
    managing.add_account(database, name="wang", role=Role.VIEWER, parks=(), password=password, actor=ADMIN)
    assert log_in(database, "wang", password)
    with pytest.raises(NotLoggedIn):
        log_in(database, "wang", password[:-1] + "镍")
    with pytest.raises(NotLoggedIn):
        log_in(database, "wang", password + "铜")


@pytest.mark.parametrize("taken", ["Wang.Fang", "wang.fang", "WANG.FANG"])
def test_two_names_do_not_differ_by_case_alone(office: Database, taken: str) -> None:
    with pytest.raises(Conflict):
        managing.add_account(office, name=taken, role=Role.ADMIN, parks=(), password=PASSWORD, actor=ADMIN)


# ---- rights and the log -------------------------------------------------------------------------------------------


def test_an_accounts_actor_has_its_role_and_its_parks(base: Database) -> None:
    add_account(base, "wang.fang", Role.GIS_EDITOR, parks=["yingtan-gaoxin", "guixi-jingkai"])
    with base.read() as session:
        assert actor_named(session, "WANG.fang") == Actor(
            "wang.fang", Role.GIS_EDITOR, frozenset({"guixi-jingkai", "yingtan-gaoxin"})
        )
        with pytest.raises(NotFound):
            actor_named(session, "nobody")
    managing.set_disabled(base, name="wang.fang", is_disabled=True, actor=ADMIN)
    with base.read() as session, pytest.raises(Forbidden):
        actor_named(session, "wang.fang")


@pytest.mark.parametrize("role", [None, *(role for role in Role if role is not Role.ADMIN)])
def test_only_an_administrator_manages_accounts(office: Database, role: Role | None) -> None:
    actor = Actor("other", role)
    acts: list[Callable[[], None]] = [
        lambda: managing.add_account(office, name="li", role=Role.ADMIN, parks=(), password=PASSWORD, actor=actor),
        lambda: managing.change_account(office, name="wang.fang", role=Role.ADMIN, parks=(), actor=actor),
        lambda: managing.set_password(office, name="wang.fang", password=PASSWORD, actor=actor),
        lambda: managing.set_disabled(office, name="wang.fang", is_disabled=True, actor=actor),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()
    assert log(office) == []


def test_every_change_of_an_account_is_one_line_with_old_and_new_and_no_change_of_the_data(base: Database) -> None:
    with base.read() as session:
        before, lines = data_revision(session), len(log(base))
    managing.add_account(
        base, name="李四", role=Role.OFFICER, parks=["yingtan-gaoxin"], password=PASSWORD, actor=COMMAND_LINE
    )
    managing.change_account(base, name="李四", role=Role.GIS_EDITOR, parks=[], actor=ADMIN)
    managing.change_account(base, name="李四", role=Role.GIS_EDITOR, parks=[], actor=ADMIN)  # nothing new
    managing.set_password(base, name="李四", password=PASSWORD, actor=ADMIN)
    managing.set_disabled(base, name="李四", is_disabled=True, actor=ADMIN)
    told = [(entry.actor, entry.action, entry.subject) for entry in log(base)[lines:]]
    assert told == [
        ("command line", "account add", "李四"),
        ("admin.one", "account change", "李四"),
        ("admin.one", "account password", "李四"),
        ("admin.one", "account disable", "李四"),
    ]
    change = json.loads(str(log(base)[lines + 1].details))
    assert change == {
        "old": {"role": "officer", "parks": ["yingtan-gaoxin"], "is_disabled": False},
        "new": {"role": "gis_editor", "parks": [], "is_disabled": False},
    }
    with base.read() as session:
        assert data_revision(session) == before
        shown = list_audit(session, actor="admin.one", action="account change").lines
    assert [(c.name, c.old, c.new) for c in shown[0].changes] == [
        ("parks", '["yingtan-gaoxin"]', "[]"),
        ("role", "officer", "gis_editor"),
    ]


def test_a_password_never_stands_in_the_log(office: Database) -> None:
    secret = "a secret that is long enough"
    managing.set_password(office, name="wang.fang", password=secret, actor=ADMIN)
    for name, password in (("wang.fang", secret), ("wang.fang", "wrong"), (secret, "x")):
        try:
            log_in(office, name, password)
        except NotLoggedIn:
            continue
    assert len(log(office)) == 4
    assert not any(secret in f"{entry.actor}{entry.subject}{entry.details}" for entry in log(office))


def test_nobody_takes_rights_from_themselves_so_an_administrator_is_left(database: Database) -> None:
    add_account(database, "Admin.One", Role.ADMIN)
    with pytest.raises(Conflict):
        managing.set_disabled(database, name="Admin.One", is_disabled=True, actor=ADMIN)
    with pytest.raises(Conflict):
        managing.change_account(database, name="admin.one", role=Role.VIEWER, parks=(), actor=ADMIN)


def test_a_limit_names_parks_that_there_are(base: Database) -> None:
    for code in ("nowhere", "yingtan", "a" * 500):  # a prefecture is no park
        with pytest.raises(BadRequest) as refused:
            managing.add_account(base, name="li", role=Role.OFFICER, parks=[code], password=PASSWORD, actor=ADMIN)
        assert refused.value.place == "park"


BREAKING = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in {"Cc", "Cf", "Zl", "Zp"}]


def test_one_event_is_one_line_whatever_is_typed(database: Database) -> None:
    """Every control, direction and line character there is, in the actor, the subject and the details."""
    assert len(BREAKING) > 200
    with database.write() as session:
        for start in range(0, len(BREAKING), 5):
            typed = "甲".join(BREAKING[start : start + 5])
            record_audit(session, actor=typed, action="test", subject=typed, details={typed: typed})
    for number, entry in enumerate(log(database)):
        line = f"{entry.actor}{entry.subject}{entry.details}"
        assert len(line.splitlines()) == 1
        assert not set(line) & set(BREAKING)
        typed = "甲".join(BREAKING[number * 5 : number * 5 + 5])
        assert json.loads(str(entry.details)) == {typed: typed}


def test_refusals_are_logged_but_cannot_fill_the_log(office: Database) -> None:
    for _ in range(5):
        note_refusal(office, Actor("wang.fang", Role.OFFICER), Permission.MANAGE_ACCOUNTS, "GET /admin")
    assert [(entry.action, entry.subject) for entry in log(office)] == [("refused", "GET /admin")]


def test_the_log_is_read_page_by_page_newest_first(database: Database) -> None:
    with database.write() as session:
        for number in range(120):
            record_audit(session, actor=f"a{number % 2}", action="test", subject=str(number), details={})
    seen: list[str | None] = []
    below: int | None = None
    with database.read() as session:
        while True:
            page = list_audit(session, actor="a1", below=below)
            seen += [line.subject for line in page.lines]
            below = page.older
            if below is None:
                break
    assert seen == [str(number) for number in range(119, 0, -2)]
