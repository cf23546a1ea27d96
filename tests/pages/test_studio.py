"""Data entry in the browser's own terms: forms, files, a preview, and nothing stored until it is confirmed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from domain.permissions import Role
from models import AuditEntry, Capacity, DatasetState, Enterprise
from models.database import Database
from tests.accounts import Visitor, newcomer
from tests.conftest import app_over
from tests.pages.reading import Page

FROM_HERE = {"Sec-Fetch-Site": "same-origin"}
TOKEN = "v" * 43
HEADER = (
    "enterprise,node,kind,status,value,upper_value,unit,year,stated,published,document,clause,publication,"
    "published_on,grade,note"
)
FIRM = "jiangtong-tongcai"
ROW = FIRM + ",CU-ROD,observed,reported,{value},,亿元/年,2026,,0,,,企业填报,2026-11,B,"


@pytest.fixture
def officers(base: Database, tmp_path: Path) -> Iterator[FlaskClient]:
    """An internal server."""
    app = app_over(base, tmp_path, audience="internal")
    client = app.test_client()
    client.set_cookie("onemap_form", TOKEN)  # what a page with a form gives to whoever is not logged in
    yield client
    app.extensions["onemap"]["database"].dispose()


def send(
    client: FlaskClient, text: str, *, sheet: str = "capacities", name: str = "产能.csv", **headers: str
) -> TestResponse:
    form = {"csrf_token": TOKEN, "sheet": sheet, "actor": "张三", "file": (io.BytesIO(text.encode("utf-8")), name)}
    return client.post("/studio/data/preview", data=form, headers=FROM_HERE | headers)


def confirm(client: FlaskClient, page: TestResponse, **changed: str) -> TestResponse:
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))
    return client.post("/studio/data/apply", data=fields | {"actor": "张三"} | changed, headers=FROM_HERE)


def stored(base: Database) -> list[float | None]:
    with base.read() as session:
        found = session.scalars(select(Capacity).where(Capacity.origin == "staff", Capacity.superseded_at.is_(None)))
        return [row.value for row in found]


def revision(base: Database) -> int:
    with base.read() as session:
        return session.get_one(DatasetState, 1).revision


def test_on_a_public_server_data_entry_needs_an_account(client: FlaskClient) -> None:
    for address in ("/studio/data", "/studio/data/capacities/export.csv", "/en/studio/data"):
        answer = client.get(address)
        assert answer.status_code == 303
        assert "/login?next=" in answer.headers["Location"]
    assert client.post("/studio/data/apply", headers=FROM_HERE).status_code == 303
    assert "/studio/data" not in client.get("/parks").text


def test_an_officer_enters_data_on_a_public_server_under_the_name_of_the_account(app: Flask, base: Database) -> None:
    officer = newcomer(app, Role.OFFICER, name="王芳")
    assert "/studio/data" in officer.get("/parks").text
    page = preview(officer, "jiangtong-tongcai,CU-ROD,observed,reported,12.5,,亿元/年,2026,,0,,,企业填报,2026-11,B,")
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))
    assert officer.post("/studio/data/apply", fields | {"actor": "somebody else"}).status_code == 200
    assert stored(base) == [12.5]
    with base.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "entries import")).one()
        assert entry.actor == "王芳"


def preview(officer: Visitor, row: str) -> TestResponse:
    file = io.BytesIO(f"{HEADER}\n{row}\n".encode())
    return officer.post("/studio/data/preview", {"sheet": "capacities", "file": (file, "产能.csv")})


@pytest.mark.parametrize(("park", "status"), [("guixi-jingkai", 200), ("yingtan-gaoxin", 403)])
def test_an_officer_of_one_park_enters_data_of_no_other(app: Flask, base: Database, park: str, status: int) -> None:
    """Neither by the preview nor by sending the confirmation of somebody else's."""
    with base.write() as session:
        session.execute(update(Enterprise).where(Enterprise.code == FIRM).values(place_code="guixi-jingkai"))
    row = f"{FIRM},CU-ROD,observed,reported,12.5,,亿元/年,2026,,0,,,企业填报,2026-11,B,"
    officer = newcomer(app, Role.OFFICER, parks=[park])
    assert preview(officer, row).status_code == status
    of_all = newcomer(app, Role.OFFICER, name="of.all")
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', preview(of_all, row).text))
    done = officer.post("/studio/data/apply", fields | {"csrf_token": officer.csrf})
    assert done.status_code == status
    assert stored(base) == ([12.5] if status == 200 else [])
    if status == 403:
        assert park in done.text


def test_what_belongs_to_no_park_is_beyond_an_officer_of_one(app: Flask, base: Database) -> None:
    officer = newcomer(app, Role.OFFICER, parks=["guixi-jingkai"])
    exported = officer.get("/studio/data/chain_edges/export.csv").data.decode("utf-8-sig")
    changed = re.sub(r"(?m)^(CU,[^,]+,[^,]+,input,)", r"\g<1>x", exported, count=1)
    assert changed != exported
    for text, status in ((exported, 200), (changed, 403)):
        file = io.BytesIO(text.encode())
        answer = officer.post("/studio/data/preview", {"sheet": "chain_edges", "file": (file, "edges.csv")})
        assert answer.status_code == status, answer.text


def test_a_file_is_looked_at_first_and_taken_in_when_confirmed(officers: FlaskClient, base: Database) -> None:
    before = revision(base)
    page = send(officers, f"{HEADER}\n{ROW.format(value=12.5)}\n")
    assert page.status_code == 200
    Page(page.text)
    assert "新增" in page.text
    assert (stored(base), revision(base)) == ([], before)
    done = confirm(officers, page)
    assert done.status_code == 200
    assert "已写入" in done.text
    assert (stored(base), revision(base)) == ([12.5], before + 1)
    with base.read() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.actor, entry.action, entry.subject) == ("张三", "entries import", "capacities")
    assert confirm(officers, page).status_code == 404


def test_faults_name_row_and_column_and_nothing_is_stored(officers: FlaskClient, base: Database) -> None:
    before = revision(base)
    answer = send(officers, f"{HEADER}\n{ROW.format(value=-3)}\n{ROW.format(value=5).replace('CU-ROD', 'CU-RODD')}\n")
    assert answer.status_code == 400
    Page(answer.text)
    assert "第 2 行 value" in answer.text
    assert "第 3 行 node" in answer.text
    assert (stored(base), revision(base)) == ([], before)


def test_a_preview_older_than_the_data_is_refused(officers: FlaskClient, base: Database) -> None:
    first = send(officers, f"{HEADER}\n{ROW.format(value=1)}\n")
    second = send(officers, f"{HEADER}\n{ROW.format(value=2)}\n")
    assert confirm(officers, first).status_code == 200
    late = confirm(officers, second)
    assert late.status_code == 409
    assert "请重新预览" in late.text
    assert stored(base) == [1.0]


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}],
)
def test_what_another_site_sends_is_refused(officers: FlaskClient, base: Database, headers: dict[str, str]) -> None:
    form = {"csrf_token": TOKEN, "sheet": "capacities", "actor": "x", "file": (io.BytesIO(b"a"), "a.csv")}
    assert officers.post("/studio/data/preview", data=form, headers=headers).status_code == 403


def test_a_form_of_this_site_is_known_by_its_origin_too(officers: FlaskClient) -> None:
    form = {"csrf_token": TOKEN, "sheet": "capacities", "actor": "x", "file": (io.BytesIO(b"a"), "a.csv")}
    answer = officers.post("/studio/data/preview", data=form, headers={"Origin": "http://localhost"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("changed", "status"),
    [({"token": "0" * 64}, 404), ({"token": "../../etc/passwd"}, 404), ({"actor": " "}, 400), ({"revision": "x"}, 400)],
)
def test_a_confirmation_that_was_tampered_with_is_refused(
    officers: FlaskClient, base: Database, changed: dict[str, str], status: int
) -> None:
    page = send(officers, f"{HEADER}\n{ROW.format(value=1)}\n")
    assert confirm(officers, page, **changed).status_code == status
    assert stored(base) == []


def test_without_a_file_the_page_says_so(officers: FlaskClient) -> None:
    answer = officers.post("/studio/data/preview", data={"csrf_token": TOKEN, "sheet": "capacities"}, headers=FROM_HERE)
    assert answer.status_code == 400
    assert "请选择文件" in answer.text


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_templates_and_exports_come_as_files(officers: FlaskClient, language: str, suffix: str) -> None:
    for kind in ("template", "export"):
        answer = officers.get(f"{language}/studio/data/capacities/{kind}.{suffix}")
        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]
    assert officers.get("/studio/data/capacities/export.pdf").status_code == 400
    assert officers.get("/studio/data/nothing/export.csv").status_code == 404


def test_what_was_exported_changes_nothing_when_it_comes_back(officers: FlaskClient) -> None:
    content = officers.get("/studio/data/capacities/export.csv").data.decode("utf-8-sig")
    answer = send(officers, content)
    assert answer.status_code == 200
    assert "没有可写入的" in answer.text


def test_an_internal_server_answers_to_its_own_name_only(officers: FlaskClient) -> None:
    for headers in ({"Host": "evil.example"}, {"Host": "evil.example", "Origin": "http://evil.example"}):
        assert officers.get("/studio/data", headers=headers).status_code == 400
        assert officers.post("/studio/data/apply", headers=headers | FROM_HERE).status_code == 400
    assert officers.get("/studio/data", headers={"Host": "127.0.0.1:5000"}).status_code == 200
