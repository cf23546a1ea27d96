"""Logging in through the pages: sessions and cookies, guessing, what officers see then, where a log-in leads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from blueprints import web
from blueprints.local_paths import local_path
from domain.permissions import Role
from models import LoginSession
from models.database import Database
from services.accounts import managing
from services.accounts.actors import COMMAND_LINE
from tests.accounts import PASSWORD, Visitor, add_account, form_token, last_line, log_in, newcomer, visitor
from tests.conftest import app_over
from tests.gap_world import World
from tests.pages.reading import Page

# ---- sessions and cookies -----------------------------------------------------------------------------------------


@pytest.fixture
def office(app: Flask, base: Database) -> Flask:
    """With an officer, wang.fang."""
    add_account(base, "wang.fang", Role.OFFICER)
    return app


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def test_a_person_logs_in_works_and_logs_out(office: Flask, base: Database) -> None:
    client = office.test_client()
    wanted = client.get("/studio/data")
    assert wanted.headers["Location"] == "/login?next=%2Fstudio%2Fdata"
    page = client.get(wanted.headers["Location"])
    done = client.post(
        "/login",
        data={"csrf_token": form_token(page), "name": " wang.fang", "password": PASSWORD, "next": "/studio/data"},
    )
    assert (done.status_code, done.headers["Location"]) == (303, "/studio/data")
    assert "wang.fang" in client.get("/studio/data").text
    out = client.post("/logout", data={"csrf_token": form_token(client.get("/account"))})
    assert (out.status_code, out.headers["Location"]) == (303, "/")
    assert not is_in(client)
    assert last_line(base) == ("wang.fang", "logout", "wang.fang")


@pytest.mark.parametrize(("secure", "name"), [(False, "onemap"), (True, "__Host-onemap")])
def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites_forms(
    base: Database, tmp_path: Path, secure: bool, name: str
) -> None:
    app = app_over(base, tmp_path, secure_cookie=secure)
    add_account(base, "wang.fang", Role.OFFICER)
    client = app.test_client()
    at = "https://localhost" if secure else "http://localhost"
    page = client.get("/login", base_url=at)
    done = client.post(
        "/login",
        data={"csrf_token": form_token(page), "name": "wang.fang", "password": PASSWORD},
        base_url=at,
    )
    for header in (page.headers["Set-Cookie"], done.headers["Set-Cookie"]):
        parts = set(header.split("; "))
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= parts
        assert ("Secure" in parts) is secure
        assert header.startswith(name)
        assert not any(part.startswith(("Domain", "Expires", "Max-Age")) for part in parts)
    assert client.get("/account", base_url=at).status_code == 200
    app.extensions[web.EXTENSION]["database"].dispose()


def test_a_session_planted_before_the_log_in_is_not_the_one_after_it(office: Flask) -> None:
    client = office.test_client()
    client.set_cookie("onemap", "planted" * 6)
    log_in(client, "wang.fang")
    cookie = client.get_cookie("onemap")
    assert cookie is not None
    assert cookie.value != "planted" * 6
    assert is_in(client)
    attacker = office.test_client()
    attacker.set_cookie("onemap", "planted" * 6)
    assert not is_in(attacker)


def test_a_cookie_kept_from_before_is_worth_nothing(office: Flask, base: Database) -> None:
    """After logging out, after the account was changed, and after the form was used again."""

    def thief_of(person: Visitor) -> FlaskClient:
        thief = office.test_client()
        thief.set_cookie("onemap", person.token)
        assert is_in(thief)
        return thief

    person = visitor(office, "wang.fang")
    thief = thief_of(person)
    assert person.post("/logout").status_code == 303
    assert not is_in(thief)

    person = visitor(office, "wang.fang")
    thief = thief_of(person)
    new = "五块石头 and a bridge"
    changed = person.post("/account/password", {"old": PASSWORD, "new": new, "repeated": new})
    assert (changed.status_code, changed.headers["Location"]) == (303, "/account?done=password")
    assert is_in(person.client)
    assert not is_in(thief)

    person = visitor(office, "wang.fang")
    thief = thief_of(person)
    managing.set_disabled(base, name="wang.fang", is_disabled=True, actor=COMMAND_LINE)
    assert not is_in(thief)
    assert person.post("/studio/data/preview").status_code == 303


def test_a_session_cannot_be_made_up_or_changed(office: Flask) -> None:
    token = visitor(office, "wang.fang").token
    with office.extensions[web.EXTENSION]["database"].read() as session:
        kept = session.scalars(select(LoginSession)).one()
        guesses = [kept.token_hash, kept.csrf_token, str(kept.id), "1", token[:-1], token + "A", token.lower(), ""]
    for guess in guesses:
        client = office.test_client()
        client.set_cookie("onemap", guess)
        assert not is_in(client), guess


def test_the_two_new_passwords_must_agree(office: Flask) -> None:
    person = visitor(office, "wang.fang")
    answer = person.post("/account/password", {"old": PASSWORD, "new": "n" * 12, "repeated": "m" * 12})
    assert answer.status_code == 400
    assert "两次输入" in Page(answer.text).html


# ---- guessing -----------------------------------------------------------------------------------------------------


def test_nothing_tells_an_unknown_name_from_a_wrong_password(office: Flask, base: Database) -> None:
    add_account(base, "gone.away", Role.OFFICER)
    managing.set_disabled(base, name="gone.away", is_disabled=True, actor=COMMAND_LINE)
    told = []
    for name, password in (("wang.fang", "wrong"), ("nobody.no", PASSWORD), ("gone.away", PASSWORD)):
        answer = log_in(office.test_client(), name, password)
        plain = re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text).replace(name, "NAME")
        headers = {key: value for key, value in answer.headers if key not in {"Content-Security-Policy"}}
        told.append((answer.status_code, plain, tuple(headers)))
    assert told[0][0] == 401
    assert len(set(told)) == 1


def test_guessing_ends_after_ten_tries_whatever_address_a_header_claims(office: Flask) -> None:
    client, statuses = office.test_client(), []
    for number in range(14):
        answer = log_in(
            client,
            "wang.fang",
            f"guess {number}",
            headers={"X-Forwarded-For": f"198.51.100.{number}", "X-Real-IP": f"198.51.100.{number}",
                     "Forwarded": f"for=198.51.100.{number}"},
        )  # fmt: skip
        statuses.append(answer.status_code)
    assert statuses.count(401) <= 10
    assert set(statuses[-4:]) == {429}
    assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60
    assert "分钟后再试" in answer.text
    assert log_in(client, "wang.fang").status_code == 429


# ---- what officers see --------------------------------------------------------------------------------------------


def test_officers_see_capacities_and_nobody_else_does_whoever_asked_first(database: Database, tmp_path: Path) -> None:
    World(database).build()
    app = app_over(database, tmp_path)
    officer, viewer, anybody = newcomer(app, Role.OFFICER), newcomer(app, Role.VIEWER), app.test_client()
    for _ in range(2):
        for client, audience in ((officer.client, "internal"), (viewer.client, "public"), (anybody, "public")):
            answer = client.get("/api/v1/gaps/overlay?chain=CU")
            assert answer.get_json()["audience"] == audience
            assert "Cookie" in answer.headers["Vary"]
            is_private = answer.headers.get("Cache-Control") == "private, no-store"
            assert is_private is (client is not anybody)
    app.extensions[web.EXTENSION]["database"].dispose()


def test_answers_that_do_not_differ_can_be_kept_by_everybody(office: Flask) -> None:
    officer = visitor(office, "wang.fang")
    for address in ("/static/css/base.css", "/api/v1/parks"):
        answer = officer.get(address, buffered=True)
        assert "no-store" not in answer.headers.get("Cache-Control", "")
        assert "Cookie" not in answer.headers.get("Vary", "")


def test_a_visitor_who_never_logs_in_gets_no_cookie(client: FlaskClient) -> None:
    for address in ("/", "/parks", "/gaps", "/healthz", "/api/v1/parks", "/nowhere"):
        assert "Set-Cookie" not in client.get(address).headers


# ---- where a log-in leads -----------------------------------------------------------------------------------------

ELSEWHERE = [
    "https://evil.example", "http://evil.example/", "//evil.example", "///evil.example", "////evil.example",
    "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/\\/evil.example", "/\t/evil.example",
    "/\n/evil.example", "/\r/evil.example", "\t//evil.example", " //evil.example", "\x00//evil.example",
    "/\x00/evil.example",
    "https:evil.example", "https:/evil.example", "https:\\evil.example", "HTTPS://evil.example", "javascript:alert(1)",
    "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "evil.example", "evil.example/path", "@evil.example",
    "user@evil.example", "..//evil.example", "./evil", "?next=/", "#x", "", " ", "/ /evil.example",
    "/\u2028/evil.example",
    "/\u202e/x", "/\ufeff/evil", "/a\\b", "/a b", "/" + "a" * 3000, "http:///evil.example", "ftp://evil.example",
    "//evil.example@localhost/", "//localhost@evil.example/", "//[::1]/", "//0x7f000001/", "//2130706433/",
    "/\x1f/evil.example", "/\x7f/evil.example", "\u3000//evil.example", "／／evil.example", "/a\r\nSet-Cookie: x=1",
    "https://localhost.evil.example", "https://evil.example/localhost", "https://evil.example?localhost",
    "https://evil.example#localhost", "http://localhost:80@evil.example", "file:///etc/passwd", "blob:x", "about:blank",
]  # fmt: skip
HERE = [
    "/", "/gaps?chain=CU&radius=45", "/parks/yingtan-gaoxin#offers", "/policies/鹰府发〔2014〕19号", "/en/admin",
    "/a//b",
    "/x?u=https://evil.example", "/%2f%2fevil.example", "/..//evil.example", "/@evil.example", "/:80",
]  # fmt: skip


@pytest.mark.parametrize("address", ELSEWHERE, ids=ascii)
def test_a_log_in_never_leads_to_another_site(address: str) -> None:
    assert local_path(address) is None


@pytest.mark.parametrize("address", HERE, ids=ascii)
def test_a_log_in_leads_back_to_where_it_was_asked_for(address: str) -> None:
    assert local_path(address) == address


@pytest.mark.parametrize("address", ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example"])
def test_the_form_and_the_page_keep_to_that(office: Flask, address: str) -> None:
    client = office.test_client()
    page = client.get("/login", query_string={"next": address})
    assert "evil" not in re.sub(r'data-language-link|hreflang|href="/en/login[^"]*"', "", page.text)
    token = form_token(page)
    done = client.post("/login", data={"csrf_token": token, "name": "wang.fang", "password": PASSWORD, "next": address})
    assert done.headers["Location"] == "/"
    again = client.get("/login", query_string={"next": address})
    assert (again.status_code, again.headers["Location"]) == (303, "/")
