"""How faults are told: one status a class, both languages at once, problem+json for programs."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from blueprints.access import needs
from blueprints.errors import status_of
from domain.errors import (
    BadDataset,
    BadRequest,
    Busy,
    ChecksFailed,
    DatabaseTooNew,
    DatabaseTooOld,
    DatabaseUnreachable,
    Forbidden,
    NotAcknowledged,
    NotFound,
    NotLoggedIn,
    OneMapError,
    PreconditionRequired,
    Stale,
    TooManyTries,
)
from domain.permissions import Permission
from tests.pages.reading import Page, text

EXPECTED = {
    NotFound: 404,
    BadRequest: 400,
    ChecksFailed: 409,
    NotAcknowledged: 409,
    Stale: 412,
    PreconditionRequired: 428,
    NotLoggedIn: 401,
    TooManyTries: 429,
    Forbidden: 403,
    Busy: 503,
    DatabaseTooNew: 503,
    DatabaseTooOld: 503,
    DatabaseUnreachable: 503,
    BadDataset: 503,
}


def leaves(kind: type[OneMapError] = OneMapError) -> Iterator[type[OneMapError]]:
    below = [sub for sub in kind.__subclasses__() if sub.__module__ == "domain.errors"]
    if not below:
        yield kind
    for sub in below:
        yield from leaves(sub)


@pytest.fixture
def raising(app: Flask) -> FlaskClient:
    """/raise/<name> raises that error, /api/raise/<name> too; /raise/bug is a bug of ours."""
    kinds = {kind.__name__: kind for kind in leaves()}

    def fail(name: str) -> str:
        if name == "bug":
            raise ZeroDivisionError("a bug of ours")
        raise kinds[name]("找不到<b>", "not there<b>", place="field <i>x</i>")

    needs(Permission.READ_PUBLIC)(fail)
    app.add_url_rule("/raise/<name>", "raise_page", fail)
    app.add_url_rule("/api/raise/<name>", "raise_api", fail)
    app.testing = False
    return app.test_client()


def test_every_leaf_class_has_a_status_of_its_own() -> None:
    assert set(leaves()) == set(EXPECTED)


@pytest.mark.parametrize("kind", list(leaves()), ids=lambda kind: kind.__name__)
def test_a_fault_is_a_page_in_both_languages(raising: FlaskClient, kind: type[OneMapError]) -> None:
    answer = raising.get(f"/raise/{kind.__name__}", headers={"Accept": "text/html"})
    page = Page(answer.text)

    assert answer.status_code == EXPECTED[kind] == status_of(kind)
    words = text(page.all("main")[0])
    assert "找不到<b>" in words
    assert "not there<b>" in words
    assert "field <i>x</i>" in words
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("kind", list(leaves()), ids=lambda kind: kind.__name__)
def test_a_fault_of_the_api_is_a_problem(raising: FlaskClient, kind: type[OneMapError]) -> None:
    answer = raising.get(f"/api/raise/{kind.__name__}", headers={"Accept": "text/html"})

    assert answer.mimetype == "application/problem+json"
    problem = answer.get_json()
    assert problem["status"] == answer.status_code == EXPECTED[kind]
    assert problem["code"] == kind.code
    assert problem["detail"] == "找不到<b>"
    assert problem["detail_en"] == "not there<b>"
    assert problem["place"] == "field <i>x</i>"
    assert problem["title"]
    assert problem["title_en"]
    assert problem["type"].endswith(kind.code)


def test_a_page_answers_a_program_that_prefers_json(client: FlaskClient) -> None:
    assert client.get("/parks/nobody", headers={"Accept": "application/json"}).mimetype == "application/problem+json"
    assert client.get("/parks/nobody", headers={"Accept": "*/*"}).mimetype == "text/html"


def test_busy_says_when_to_come_back(raising: FlaskClient) -> None:
    assert int(raising.get("/raise/Busy").headers["Retry-After"]) > 0
    assert "Retry-After" not in raising.get("/raise/NotFound").headers


def test_a_bug_is_told_without_its_details_and_logged(raising: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = raising.get("/raise/bug")
    assert answer.status_code == 500
    assert "a bug of ours" not in answer.text
    assert "ZeroDivisionError" in caplog.text


def test_a_method_not_taken_still_names_those_that_are(client: FlaskClient) -> None:
    answer = client.post("/parks")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert Page(answer.text).all("h1")


@pytest.mark.parametrize("address", ["/parks/nobody", "/en/parks/nobody", "/chains/XX", "/policies/没有", "/nowhere"])
def test_an_unknown_code_is_not_found(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert "没有" in text(Page(answer.text).all("main")[0])
    assert "Not found" in text(Page(answer.text).all("main")[0])


@pytest.mark.parametrize("day", ["x", "2020-13-01", "20200101", "9999-12-31", "2020-01-01T00", "²⁰²⁰-01-01"])
@pytest.mark.parametrize("path", ["/parks", "/parks/yingtan-gaoxin", "/chains", "/chains/CU", "/targets"])
def test_a_day_that_is_none_is_refused(client: FlaskClient, path: str, day: str) -> None:
    answer = client.get(path, query_string={"as_of": day})
    assert answer.status_code == 400
    assert "as_of" in answer.text
