"""Data entry in the browser's own terms: forms, files, a preview, and nothing stored until it is confirmed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from models import AuditEntry, Capacity, DatasetState
from models.database import Database
from tests.conftest import app_over
from tests.pages.reading import Page

FROM_HERE = {"Sec-Fetch-Site": "same-origin"}
HEADER = (
    "enterprise,node,kind,status,value,upper_value,unit,year,stated,published,document,clause,publication,"
    "published_on,grade,note"
)
ROW = "jiangtong-tongcai,CU-ROD,observed,reported,{value},,亿元/年,2026,,0,,,企业填报,2026-11,B,"


@pytest.fixture
def officers(base: Database, tmp_path: Path) -> Iterator[FlaskClient]:
    """An internal server."""
    app = app_over(base, tmp_path, audience="internal")
    yield app.test_client()
    app.extensions["onemap"]["database"].dispose()


def send(
    client: FlaskClient, text: str, *, sheet: str = "capacities", name: str = "产能.csv", **headers: str
) -> TestResponse:
    form = {"sheet": sheet, "actor": "张三", "file": (io.BytesIO(text.encode("utf-8")), name)}
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


def test_a_public_server_has_no_data_entry(client: FlaskClient) -> None:
    for address in ("/studio/data", "/studio/data/capacities/export.csv", "/en/studio/data"):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "ONEMAP_AUDIENCE" in answer.text
    assert client.post("/studio/data/apply", headers=FROM_HERE).status_code == 403
    assert "/studio/data" not in client.get("/parks").text


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
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {}, {"Origin": "https://evil.example"}],
)
def test_what_another_site_sends_is_refused(officers: FlaskClient, base: Database, headers: dict[str, str]) -> None:
    form = {"sheet": "capacities", "actor": "x", "file": (io.BytesIO(b"a"), "a.csv")}
    assert officers.post("/studio/data/preview", data=form, headers=headers).status_code == 403


def test_a_form_of_this_site_is_known_by_its_origin_too(officers: FlaskClient) -> None:
    form = {"sheet": "capacities", "actor": "x", "file": (io.BytesIO(b"a"), "a.csv")}
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
    answer = officers.post("/studio/data/preview", data={"sheet": "capacities"}, headers=FROM_HERE)
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
