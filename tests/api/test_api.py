"""JSON under /api/v1: the contract of lists, facts, days and errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import validate

LISTS = ["parks", "zones", "chains", "designations", "targets", "offers", "policies", "search?q=铜"]
THINGS = ["parks/yingtan-gaoxin", "zones/hongwuhu", "places/guixi", "chains/CU"]
FACTS = ["parks", "zones", "chains", "designations", "targets", "offers"]


def _get(client: FlaskClient, path: str) -> Any:
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def _facts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if isinstance(value.get("grade"), str):
            yield value
        for part in value.values():
            yield from _facts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _facts(part)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_says_items_total_and_next(client: FlaskClient, path: str) -> None:
    answer = _get(client, path)
    assert set(answer) == {"items", "total", "next"}
    assert answer["items"]
    assert answer["total"] >= len(answer["items"])


@pytest.mark.parametrize("path", FACTS)
def test_pages_of_a_list_join_up(client: FlaskClient, path: str) -> None:
    everything = _get(client, f"{path}?limit=1000")
    collected: list[Any] = []
    following: str | None = f"/api/v1/{path}?limit=3"
    while following:
        answer = client.get(following).get_json()
        collected += answer["items"]
        following = answer["next"]
    assert collected == everything["items"]


@pytest.mark.parametrize("path", [*FACTS, *THINGS, "map"])
def test_every_fact_carries_its_source_and_grade(client: FlaskClient, path: str) -> None:
    facts = list(_facts(_get(client, path)))
    assert facts
    for fact in facts:
        assert fact["grade"] in {"A", "B", "C", "D"}
        assert set(fact["source"]) == {"document", "clause", "publication", "date"}
        assert fact["source"]["document"] or fact["source"]["publication"], fact


@pytest.mark.parametrize("path", [*LISTS, *THINGS, "map", "belt"])
def test_any_day_may_be_asked_for(client: FlaskClient, path: str) -> None:
    joint = "&" if "?" in path else "?"
    assert client.get(f"/api/v1/{path}{joint}as_of=2014-12-31").status_code == 200


def test_the_day_changes_the_answer(client: FlaskClient) -> None:
    then = _get(client, "parks/guixi-jingkai?as_of=2020-01-01")
    now = _get(client, "parks/guixi-jingkai?as_of=2026-11-21")
    assert (then["level"]["level"], now["level"]["level"]) == ("provincial", "national")


@pytest.mark.parametrize(
    ("path", "status", "code", "place"),
    [
        ("parks/atlantis", 404, "not_found", "atlantis"),
        ("zones/yingtan-gaoxin", 404, "not_found", "yingtan-gaoxin"),
        ("chains/XX", 404, "not_found", "XX"),
        ("parks?as_of=yesterday", 400, "bad_request", "as_of"),
        ("parks?as_of=2020-13-01", 400, "bad_request", "as_of"),
        ("parks?as_of=20200101", 400, "bad_request", "as_of"),
        ("parks?as_of=0001-01-01", 400, "bad_request", "as_of"),
        ("parks?limit=0", 400, "bad_request", "limit"),
        ("parks?limit=many", 400, "bad_request", "limit"),
        ("parks?limit=٣", 400, "bad_request", "limit"),
        ("parks?offset=-1", 400, "bad_request", "offset"),
        ("parks?colour=red", 400, "bad_request", "colour"),
        ("parks?limit=1&limit=2", 400, "bad_request", "limit"),
        ("search?q=" + "x" * 65, 400, "bad_request", "q"),
        ("nothing-here", 404, "not_found", None),
    ],
)
def test_a_fault_is_a_problem_in_both_languages(
    client: FlaskClient, path: str, status: int, code: str, place: str | None
) -> None:
    answer = client.get(f"/api/v1/{path}")
    problem = answer.get_json(force=True)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["title"]
    assert problem["title_en"]
    if place is not None:
        assert problem["place"] == place


def test_a_limit_beyond_a_thousand_is_answered_with_a_thousand(client: FlaskClient) -> None:
    assert _get(client, "targets?limit=1000000")["total"] == 100


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(client: FlaskClient, method: str) -> None:
    assert getattr(client, method)("/api/v1/parks").status_code == 405


def test_the_description_is_valid_and_names_every_address(client: FlaskClient) -> None:
    description = _get(client, "openapi.json")
    validate(description)
    served = {
        rule.rule.replace("<code>", "{code}")
        for rule in client.application.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
    }
    assert set(description["paths"]) == served


def test_an_unchanged_map_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/api/v1/map")
    again = client.get("/api/v1/map", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.get_data()) == (200, 304, b"")


def test_conflicting_clauses_are_both_answered(client: FlaskClient) -> None:
    detail = _get(client, "parks/yingtan-gaoxin")
    clauses = {row["source"]["clause"] for row in detail["designations"] if row["conflict"]}
    assert {"2", "15"} <= clauses
    assert (detail["vacancy"], detail["contact"]) == (None, None)


@pytest.mark.parametrize("path", ["/", "/api/v1/parks", "/healthz", "/static/css/base.css"])
def test_every_answer_carries_the_strict_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_health_names_database_versions_and_revision(client: FlaskClient) -> None:
    answer = client.get("/healthz").get_json()
    assert answer["ok"] is True
    assert answer["dataset"] == "base"
    assert answer["data_revision"] >= 1
    assert answer["schema"] == answer["database"]["schema_of_code"]
    assert "sqlite" in answer["versions"]
