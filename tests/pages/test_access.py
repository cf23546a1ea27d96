"""Who may reach what: every route × everybody × every method, and forged requests. What the tables below say is the
policy; a new route is judged by them without being named here, unless it is public."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from blueprints import access, web
from blueprints.access import find_needs, needs
from domain.permissions import Permission, Role
from models.database import Database
from tests.accounts import Visitor, last_line, newcomer, visitor
from tests.conftest import app_over
from tests.pages.reading import Page, text

EVERYBODY = frozenset([None, *Role])
EDITORS = {Role.GIS_EDITOR, Role.GIS_PUBLISHER, Role.ADMIN}
WHO: dict[Permission, frozenset[Role | None]] = {
    Permission.READ_PUBLIC: EVERYBODY,
    Permission.OWN_ACCOUNT: frozenset(Role),
    Permission.SEE_CAPACITIES: frozenset({Role.OFFICER, Role.ADMIN}),
    Permission.ENTER_DATA: frozenset({Role.OFFICER, Role.ADMIN}),
    Permission.SEE_DRAFTS: frozenset({Role.OFFICER, *EDITORS}),
    Permission.EDIT_BOUNDARIES: frozenset(EDITORS),
    Permission.PUBLISH_BOUNDARIES: frozenset({Role.GIS_PUBLISHER, Role.ADMIN}),
    Permission.MANAGE_ACCOUNTS: frozenset({Role.ADMIN}),
    Permission.READ_AUDIT: frozenset({Role.ADMIN}),
}
PUBLIC = {
    "map.show", "export.map_file", "parks.show_all", "parks.show", "chains.show_all", "chains.show", "gaps.show_all",
    "gaps.download", "gaps.show_designations", "what_if.show", "policies.show_all", "policies.show",
    "targets.show_all", "login.show", "login.log_in", "health.show", "static", "api.openapi_document", "api.map_data",
    "api.parks", "api.zones", "api.park", "api.zone", "api.place", "api.belt", "api.chains", "api.chain",
    "api.designations", "api.targets", "api.offers", "api.policies", "api.search", "gap_api.gaps",
    "gap_api.gap_overlay", "gap_api.gaps_of_place", "gap_api.gap_unknowns", "gap_api.gap_designations",
    "gap_api.what_if", "boundaries.show", "boundaries.show_layer", "boundary_history.show",
}  # fmt: skip
"""What everybody may ask for. A route is added here on purpose only."""
CELLS_MIN = 500
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
REACHED = "the view was reached"


@dataclass(frozen=True)
class Cell:
    """One way to ask for one route."""

    endpoint: str
    method: str
    address: str
    permission: Permission


def cells(app: Flask) -> list[Cell]:
    """Every route with every method it takes; a made-up value for each part of its address."""
    found = []
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<any\(([^,)]+)[^>]*>", r"\1", rule.rule)
        address = re.sub(r"<int:[^>]+>", "1", address)
        address = re.sub(r"<[^>]+>", "x", address)
        needed = find_needs(app, rule.endpoint)
        assert needed is not None, rule.endpoint
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        found += [Cell(rule.endpoint, method, address, needed.permission) for method in sorted(methods)]
    return found


@pytest.fixture(scope="module")
def hollow(_migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The app with every view hollowed out: whether it is reached is all it tells, and nothing is changed."""
    folder = tmp_path_factory.mktemp("hollow")
    shutil.copy(_migrated_file, folder / "onemap.sqlite")
    app = app_over(Database(f"sqlite:///{folder / 'onemap.sqlite'}", busy_timeout_s=5), folder)
    for endpoint in app.view_functions:
        needed = find_needs(app, endpoint)
        assert needed is not None

        def view(**_: str) -> str:
            return REACHED

        app.view_functions[endpoint] = needs(needed.permission)(view)
    yield app
    app.extensions[web.EXTENSION]["database"].dispose()


@pytest.fixture(scope="module")
def people(hollow: Flask) -> dict[Role | None, Visitor]:
    """One browser each: nobody in particular, with the token of the log-in form, and every role."""
    client = hollow.test_client()
    client.set_cookie("onemap_form", "v" * 43)
    return {None: Visitor(client, "", "v" * 43)} | {role: newcomer(hollow, role) for role in Role}


def is_reached(answer: TestResponse) -> bool:
    return answer.status_code == 200 and answer.text == REACHED


# ---- role × route × method ----------------------------------------------------------------------------------------


def test_every_route_opens_to_those_whose_permission_it_names_and_to_nobody_else(
    hollow: Flask, people: dict[Role | None, Visitor]
) -> None:
    seen = 0
    for cell in cells(hollow):
        for role, person in people.items():
            answer = person.client.open(cell.address, method=cell.method, headers={"X-CSRF-Token": person.csrf})
            told = (cell.method, cell.address, role, answer.status_code)
            seen += 1
            if role in WHO[cell.permission]:
                assert is_reached(answer), told
            elif role is not None:
                assert answer.status_code == 403, told
            elif cell.address.startswith(("/api/", "/ogc/")):
                assert (answer.status_code, answer.mimetype) == (401, "application/problem+json"), told
            else:
                assert answer.status_code == 303, told
                assert re.fullmatch(r"(/en)?/login(\?next=.*)?", answer.headers["Location"]), told
    assert seen >= CELLS_MIN


def test_nothing_is_public_that_is_not_listed_here(app: Flask) -> None:
    public = {cell.endpoint.removeprefix("en_") for cell in cells(app) if None in WHO[cell.permission]}
    assert public == PUBLIC


def test_a_method_a_route_does_not_take_reaches_nothing(hollow: Flask, people: dict[Role | None, Visitor]) -> None:
    admin = people[Role.ADMIN]
    taken = {(cell.address, cell.method) for cell in cells(hollow)}
    for address in sorted({address for address, _ in taken}):
        for method in (*UNSAFE, "TRACE"):
            if (address, method) not in taken:
                answer = admin.client.open(address, method=method, headers={"X-CSRF-Token": admin.csrf})
                assert answer.status_code == 405, (method, address)


def test_an_app_with_a_route_that_names_no_permission_is_not_built(app: Flask) -> None:
    access.refuse_unnamed(app)
    app.add_url_rule("/forgotten", "forgotten", lambda: "open to all")
    with pytest.raises(RuntimeError, match="forgotten"):
        access.refuse_unnamed(app)
    app.testing = False
    assert app.test_client().get("/forgotten").status_code == 500


def test_a_program_that_is_not_logged_in_is_told_so(app: Flask) -> None:
    answer = app.test_client().get("/admin", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"]
    assert answer.get_json()["code"] == "unauthorized"


def test_a_refusal_is_a_page_in_both_languages_and_a_line_of_the_log(app: Flask, base: Database) -> None:
    viewer = newcomer(app, Role.VIEWER, name="王芳")
    answer = viewer.get("/admin")
    assert answer.status_code == 403
    assert "王芳" in text(Page(answer.text).all("main")[0])
    assert last_line(base) == ("王芳", "refused", "GET /admin")


def test_a_form_out_of_date_is_no_refusal_of_the_log(app: Flask, base: Database) -> None:
    editor = newcomer(app, Role.GIS_EDITOR, name="李编")
    before = last_line(base)
    answer = editor.client.post("/boundaries/changesets/1/check", data={"csrf_token": "o" * 43})
    assert answer.status_code == 403
    assert last_line(base) == before


# ---- forged requests ----------------------------------------------------------------------------------------------

OTHERS = "o" * 43
JSON_AS_TEXT = {"data": '{"csrf_token": "TOKEN"}', "content_type": "text/plain"}
FORGERIES = {
    "no token": {},
    "empty": {"data": {"csrf_token": ""}},
    "wrong": {"data": {"csrf_token": "w" * 43}},
    "not text": {"headers": {"X-CSRF-Token": "é" * 20}},
    "another session's": {"data": {"csrf_token": OTHERS}},
    "in the address": {"query_string": {"csrf_token": "TOKEN"}},
    "JSON as text": JSON_AS_TEXT,
    "another site's form": {"data": {"csrf_token": "TOKEN"}, "headers": {"Sec-Fetch-Site": "cross-site"}},
    "a sister site's form": {"data": {"csrf_token": "TOKEN"}, "headers": {"Sec-Fetch-Site": "same-site"}},
    "another origin": {"data": {"csrf_token": "TOKEN"}, "headers": {"Origin": "https://evil.example"}},
    "an origin that looks alike": {"data": {"csrf_token": "TOKEN"}, "headers": {"Origin": "http://localhost.evil.example"}},
    "another port": {"data": {"csrf_token": "TOKEN"}, "headers": {"Origin": "http://localhost:8000"}},
    "no origin to tell": {"data": {"csrf_token": "TOKEN"}, "headers": {"Origin": "null"}},
    "typed, yet another origin": {
        "data": {"csrf_token": "TOKEN"}, "headers": {"Sec-Fetch-Site": "none", "Origin": "https://evil.example"},
    },
}  # fmt: skip


def filled(value: object, token: str, other: str) -> object:
    """The forgery with the tokens it steals or guesses."""
    if isinstance(value, dict):
        return {key: filled(part, token, other) for key, part in value.items()}
    return value.replace("TOKEN", token).replace(OTHERS, other) if isinstance(value, str) else value


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_request_reaches_no_view_that_changes_anything(
    hollow: Flask, people: dict[Role | None, Visitor], forgery: str
) -> None:
    other = visitor(hollow, "admin.one").csrf
    unsafe = [cell for cell in cells(hollow) if cell.method in UNSAFE]
    assert {cell.endpoint for cell in unsafe} >= {"login.log_in", "login.log_out", "studio.apply", "admin.add"}
    for cell in unsafe:
        person = people[Role.ADMIN]
        asked = filled(FORGERIES[forgery], person.csrf, other)
        answer = person.client.open(cell.address, method=cell.method, **asked)  # type: ignore[arg-type]
        assert answer.status_code == 403, cell
        if None in WHO[cell.permission]:
            person = people[None]
            asked = filled(FORGERIES[forgery], person.csrf, other)
            answer = person.client.open(cell.address, method=cell.method, **asked)  # type: ignore[arg-type]
            assert answer.status_code == 403, cell


HONEST: list[dict[str, str]] = [
    {},
    {"Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://before-the-proxy.example"},
]


@pytest.mark.parametrize("headers", HONEST, ids=str)
def test_a_request_of_our_own_page_reaches_its_view(
    hollow: Flask, people: dict[Role | None, Visitor], headers: dict[str, str]
) -> None:
    admin = people[Role.ADMIN]
    for cell in cells(hollow):
        if cell.method in UNSAFE:
            given = admin.client.open(
                cell.address, method=cell.method, data={"csrf_token": admin.csrf}, headers=headers
            )
            assert is_reached(given), cell
            sent = admin.client.open(cell.address, method=cell.method, headers=headers | {"X-CSRF-Token": admin.csrf})
            assert is_reached(sent), cell


def test_a_visitors_token_is_worth_nothing_to_who_is_logged_in(hollow: Flask, people: object) -> None:
    """A cookie that somebody planted does not stand in for the session's token."""
    admin = visitor(hollow, f"{Role.ADMIN}.one")
    admin.client.set_cookie("onemap_form", "p" * 43)
    assert admin.client.post("/logout", data={"csrf_token": "p" * 43}).status_code == 403


def test_a_planted_cookie_that_is_no_token_is_worth_nothing(hollow: Flask) -> None:
    client = hollow.test_client()
    client.set_cookie("onemap_form", "short")
    assert client.post("/login", data={"csrf_token": "short"}).status_code == 403


def test_a_body_larger_than_its_view_takes_is_not_read(app: Flask) -> None:
    admin = newcomer(app, Role.ADMIN)
    assert admin.post("/admin/accounts", {"name": "x" * 100_000}).status_code == 413
    assert app.test_client().post("/login", data={"name": "x" * 100_000}).status_code == 413


def test_every_form_of_a_page_carries_the_token(app: Flask) -> None:
    admin = newcomer(app, Role.ADMIN)
    newcomer(app, Role.VIEWER, name="wang")
    for address in ("/admin", "/admin/accounts/wang", "/account", "/studio/data", "/", "/en/admin"):
        page = Page(admin.get(address).text)
        forms = [form for form in page.all("form") if form.get("method") == "post"]
        assert forms, address
        for form in forms:
            fields = [field.get("value") for field in form.iter("input") if field.get("name") == "csrf_token"]
            assert fields == [admin.csrf], (address, form.get("action"))
