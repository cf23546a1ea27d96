"""The workbench's pages: what the public sees, a changeset reviewed and decided on, the history and the way back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from shapely import MultiPolygon, box
from werkzeug.test import TestResponse

from blueprints import web
from blueprints.boundary_views import steps_of
from domain.boundaries import Action, ChangesetStatus, Layer
from domain.permissions import Actor, Role
from models import Changeset
from models.database import Database
from services.boundaries import publishing
from services.boundaries.changesets import About, Edit, store
from services.boundaries.limits import limits_of
from tests.accounts import Visitor, last_line, newcomer
from tests.conftest import app_over
from tests.pages.boundary_pages import PARK, stored
from tests.pages.reading import Page, read, read_answer, text

MAKER, OTHER = "编辑甲", "发布乙"
WEST, SOUTH, EAST, NORTH = 116.808, 28.200, 116.827, 28.217  # about the schematic outline
HISTORY = f"/boundaries/parks/{PARK}"


def square(west: float, south: float, east: float, north: float) -> MultiPolygon:
    return MultiPolygon([box(west, south, east, north)])


@pytest.fixture
def bench(base: Database, tmp_path: Path) -> Iterator[Flask]:
    """A server where two people are needed."""
    app = app_over(base, tmp_path, four_eyes=True)
    yield app
    app.extensions["onemap"]["database"].dispose()


@pytest.fixture
def maker(bench: Flask) -> Visitor:
    return newcomer(bench, Role.GIS_PUBLISHER, name=MAKER)


@pytest.fixture
def other(bench: Flask) -> Visitor:
    return newcomer(bench, Role.GIS_PUBLISHER, name=OTHER)


def draft(bench: Flask, layer: Layer, *edits: Edit, by: str = MAKER, title: str = "界址.zip") -> int:
    """A draft as a file would have left it."""
    database: Database = bench.extensions["onemap"]["database"]
    about = About(title=title, file_name=title, crs="EPSG:4527", encoding="GB18030")
    with database.write() as session:
        actor = Actor(by, Role.GIS_PUBLISHER)
        return store(session, layer=layer, about=about, edits=edits, findings=(), actor=actor).id


def park_edit(geometry: MultiPolygon, *, seen: int = 1) -> Edit:
    return Edit(PARK, Action.CHANGE, seen, geometry, name="余江工业园区")


def publish_plots(bench: Flask, **plots: MultiPolygon) -> None:
    number = draft(
        bench, Layer.PLOTS, *(Edit(code, Action.ADD, None, shape, name=f"{code}号地") for code, shape in plots.items())
    )
    _publish(bench, number)


def _publish(bench: Flask, number: int) -> None:
    database: Database = bench.extensions["onemap"]["database"]
    with bench.test_request_context(), database.read() as session:
        shown, today, limits = publishing.preview(session, number), web.today(), limits_of(web.settings())
    actor = Actor(OTHER, Role.GIS_PUBLISHER)
    publishing.publish(database, number, actor=actor, acknowledged=shown.hash, today=today, limits=limits)


def page_of(visitor: Visitor, number: int) -> Page:
    reply = visitor.get(f"/boundaries/changesets/{number}")
    assert reply.status_code == 200
    return Page(reply.text)


def send_publish(visitor: Visitor, number: int, page: Page | None = None, **fields: str) -> TestResponse:
    """As the form of the page, with the box ticked; without a page, of the changeset as it was made."""
    fields = {"seen": "1"} | fields
    if page is not None:
        form = {field.get("name"): field.get("value", "") for field in page.all("input")}
        fields |= {"acknowledged": form["acknowledged"], "seen": form["seen"]}
    return visitor.post(f"/boundaries/changesets/{number}/publish", fields)


def test_the_public_reads_what_is_published_and_no_draft_and_no_name(bench: Flask, client: FlaskClient) -> None:
    number = draft(bench, Layer.PARKS, park_edit(square(WEST, SOUTH, EAST, NORTH)), title="没发布的.zip")
    visitor = bench.test_client()
    page = read(visitor, "/boundaries")
    assert [text(link) for row in page.all("tbody") for link in row.iter("a")] == ["园区", "片区", "地块", "产业带区段"]
    assert page.all("form", "upload") == []
    assert "没发布的" not in page.html
    assert visitor.get(f"/boundaries/changesets/{number}").headers["Location"].startswith("/login")
    _publish(bench, number)
    history = read(visitor, HISTORY)
    assert "第 2 版" in text(history.root)
    assert MAKER not in history.html
    assert OTHER not in history.html


@pytest.mark.parametrize(
    "address", ["/boundaries", "/boundaries/plots", "/en/boundaries/zones", HISTORY, f"/en{HISTORY}"]
)
def test_public_pages_stand_in_both_languages(client: FlaskClient, address: str) -> None:
    assert len(read(client, address).all("h1")) == 1


def test_what_nobody_has_is_not_found(client: FlaskClient) -> None:
    for address in ("/boundaries/roads", "/boundaries/parks/nobody", f"{HISTORY}?from=1&to=9"):
        assert client.get(address).status_code == 404


def test_a_changeset_shows_areas_in_mu_and_what_moves_from_where_to_where(bench: Flask, maker: Visitor) -> None:
    publish_plots(
        bench, inside=square(116.812, 28.204, 116.814, 28.206), leaving=square(116.824, 28.205, 116.826, 28.207)
    )
    number = draft(bench, Layer.PARKS, park_edit(square(WEST, SOUTH, 116.82, NORTH)))
    page = page_of(maker, number)
    row = text(page.all("tbody")[0])
    assert "余江工业园区" in row
    assert re.search(r"4,\d{3}\.\d\d 亩→ 3,\d{3}\.\d\d 亩 −\d{3}\.\d\d 亩−\d+\.\d\d %", row)
    impact = page.section("impact-title")
    assert "leaving号地 江西余江工业园区 → 不在园区内" in impact
    assert "inside号地" not in impact
    assert {"old", "new", "removed", "inside"} <= {
        box.get("data-part") for box in page.all("input") if box.get("data-part")
    }


def test_publishing_needs_the_impact_acknowledged_as_it_is_now(bench: Flask, maker: Visitor, other: Visitor) -> None:
    number = draft(bench, Layer.PARKS, park_edit(square(WEST, SOUTH, 116.82, NORTH)))
    page, before = page_of(other, number), stored(bench)
    for fields in ({}, {"acknowledged": "0" * 64}):
        refused = send_publish(other, number, **fields)
        assert refused.status_code == 409
        assert "影响清单" in text(read_answer(refused).all("div", "notice--danger")[0])
    publish_plots(bench, late=square(116.824, 28.205, 116.826, 28.207))
    assert send_publish(other, number, page).status_code == 409
    assert stored(bench) == (before[0] + 1, before[1] + 1)
    assert send_publish(other, number, page_of(other, number)).status_code == 303


def test_who_made_it_does_not_publish_it_where_two_are_needed(bench: Flask, maker: Visitor, other: Visitor) -> None:
    number = draft(bench, Layer.PARKS, park_edit(square(WEST, SOUTH, 116.82, NORTH)))
    own = page_of(maker, number)
    assert "须由另一位有发布权限的人发布" in own.html
    assert [field for field in own.all("input") if field.get("name") == "acknowledged"] == []
    shown = page_of(other, number)
    assert send_publish(maker, number, shown).status_code == 403
    assert send_publish(other, number, shown).status_code == 303


def test_checked_then_published_then_the_history_has_both(bench: Flask, maker: Visitor, other: Visitor) -> None:
    number = draft(bench, Layer.PARKS, park_edit(square(WEST, SOUTH, 116.82, NORTH)))
    assert maker.post(f"/boundaries/changesets/{number}/check").status_code == 303
    steps = text(page_of(maker, number).all("ol", "steps")[0])
    assert f"核对 {MAKER}" in steps
    send_publish(other, number, page_of(other, number))
    done = page_of(maker, number)
    assert "发布时确认过的影响：" in done.section("after-title")
    assert "政策指定" in done.section("after-title")
    assert done.all("form", "decide") == []
    assert "acknowledged" not in done.html
    history = Page(maker.get(HISTORY).text)
    assert [text(heading) for heading in history.all("h3")] == ["第 2 版 现行", "第 1 版"]
    assert len(history.all("span", "small-look")) == 2


def test_a_changeset_made_from_an_older_version_is_shown_beside_the_newer_and_refused(
    bench: Flask, maker: Visitor, other: Visitor
) -> None:
    first, second = (
        draft(bench, Layer.PARKS, park_edit(square(WEST, SOUTH, east, NORTH)), title=f"{east}.zip")
        for east in (116.82, 116.822)
    )
    seen = page_of(other, second)
    send_publish(other, first, page_of(other, first))
    stale = page_of(other, second)
    sides = stale.section("stale-title")
    assert "现在：第 2 版" in sides
    assert "依据第 1 版" in sides
    assert len([picture for picture in stale.all("div", "conflict__side") if list(picture.iter("span"))]) == 2
    before = stored(bench)
    refused = send_publish(other, second, seen)
    assert refused.status_code == 412
    assert "您的改动没有丢" in refused.text
    assert stored(bench) == before


def test_an_older_changeset_is_merged_with_what_stands_and_decided_on(
    bench: Flask, maker: Visitor, other: Visitor
) -> None:
    first, second = (
        draft(bench, Layer.PARKS, park_edit(square(WEST, SOUTH, east, NORTH)), title=f"{east}.zip")
        for east in (116.82, 116.822)
    )
    address = f"/boundaries/changesets/{second}"
    assert f"{address}/fit" not in page_of(maker, second).html
    send_publish(other, first, page_of(other, first))
    assert f"{address}/fit" in page_of(maker, second).html
    assert maker.post(f"{address}/fit").status_code == 428
    merged = maker.post(f"{address}/fit", {"seen": "1"})
    assert (merged.status_code, merged.headers["Location"]) == (303, f"{address}/conflicts")
    conflicts = Page(maker.get(f"{address}/conflicts").text)
    form = {field.get("name"): field.get("value") for field in conflicts.all("input") if field.get("type") == "hidden"}
    decision = {"decision": "take_mine", "code": PARK, "seen": str(form["seen"])}
    assert maker.post(f"{address}/conflicts", decision).status_code == 428
    assert maker.post(f"{address}/conflicts", decision | {"draft": "1"}).status_code == 412
    assert maker.post(f"{address}/conflicts", decision | {"draft": str(form["draft"])}).status_code == 303
    assert send_publish(other, second, page_of(other, second)).status_code == 303
    assert text(Page(other.get(HISTORY).text).all("h3")[0]) == "第 3 版 现行"


def test_what_is_withdrawn_stays_on_record_and_cannot_be_published(
    bench: Flask, maker: Visitor, other: Visitor
) -> None:
    number = draft(bench, Layer.PARKS, park_edit(square(WEST, SOUTH, 116.82, NORTH)))
    shown = page_of(other, number)
    assert maker.post(f"/boundaries/changesets/{number}/withdraw").status_code == 428
    assert maker.post(f"/boundaries/changesets/{number}/withdraw", {"seen": "1"}).status_code == 303
    assert "已撤回" in page_of(maker, number).html
    assert send_publish(other, number, shown).status_code == 409
    assert "没有待处理的更改集" in maker.get("/boundaries").text


def test_a_refusal_because_of_a_park_is_a_line_of_the_log(bench: Flask) -> None:
    number = draft(bench, Layer.PARKS, park_edit(square(WEST, SOUTH, 116.82, NORTH)))
    stranger = newcomer(bench, Role.GIS_PUBLISHER, name="外园", parks=("guixi-jingkai",))
    assert send_publish(stranger, number, page_of(stranger, number)).status_code == 403
    line = last_line(bench.extensions["onemap"]["database"])
    assert line == ("外园", "refused", f"POST /boundaries/changesets/{number}/publish")


def test_an_officer_may_look_and_has_nothing_to_press(bench: Flask) -> None:
    number = draft(bench, Layer.PARKS, park_edit(square(WEST, SOUTH, 116.82, NORTH)))
    page = page_of(newcomer(bench, Role.OFFICER), number)
    posts = [form.get("action") for form in page.all("form") if form.get("method") == "post"]
    assert posts == ["/logout"]
    assert "您可以看，不能改" in page.html


def test_going_back_is_a_draft_first_and_then_a_new_version_that_names_the_old(
    bench: Flask, maker: Visitor, other: Visitor
) -> None:
    _publish(bench, draft(bench, Layer.PARKS, park_edit(square(WEST, SOUTH, 116.82, NORTH))))
    before = stored(bench)[1]
    assert maker.post(f"{HISTORY}/rollback", {"to": "1"}).status_code == 428
    assert maker.post(f"{HISTORY}/rollback", {"seen": "2"}).status_code == 400
    assert maker.post(f"{HISTORY}/rollback", {"to": "1", "seen": "1"}).status_code == 412
    made = maker.post(f"{HISTORY}/rollback", {"to": "1", "seen": "2"})
    assert made.status_code == 303
    assert stored(bench)[1] == before
    number = int(made.headers["Location"].rsplit("/", 1)[1].partition("?")[0])
    page = page_of(other, number)
    assert "恢复 yujiang-gongye 第 1 版" in page.html
    assert "政策指定" in page.section("impact-title")
    assert send_publish(other, number, page).status_code == 303
    history = Page(other.get(HISTORY).text)
    assert text(history.all("h3")[0]) == "第 3 版 现行 恢复自第 1 版"
    assert stored(bench)[1] == before + 1


def test_two_versions_are_compared_and_any_day_is_shown(bench: Flask, client: FlaskClient) -> None:
    _publish(bench, draft(bench, Layer.PARKS, park_edit(square(WEST, SOUTH, 116.82, NORTH))))
    compared = read(client, f"{HISTORY}?from=1&to=2").section("compare-title")
    assert re.search(r"4,\d{3}\.\d\d 亩 → 3,\d{3}\.\d\d 亩", compared)
    with bench.test_request_context():
        yesterday = web.today() - timedelta(days=1)
    day = read(client, f"{HISTORY}?as_of={yesterday}")
    assert [item.get("id") for item in day.all("li", "version--shown")] == ["version-1"]
    now = read(client, HISTORY)
    assert [item.get("id") for item in now.all("li", "version--shown")] == ["version-2"]


def test_hostile_names_stand_literally_on_every_page(bench: Flask, maker: Visitor) -> None:
    hostile = "{{7*7}}<img src=x onerror=alert(1)>"
    number = draft(
        bench,
        Layer.PLOTS,
        Edit("P-1", Action.ADD, None, square(116.81, 28.2, 116.82, 28.21), name=hostile),
        title=hostile,
    )
    for address in (f"/boundaries/changesets/{number}", "/boundaries"):
        page = Page(maker.get(address).text)
        assert hostile in text(page.root.find("body"))  # type: ignore[arg-type]
        assert page.all("img") == []
    _publish(bench, number)
    for address in ("/boundaries/plots", "/boundaries/plots/P-1"):
        page = Page(maker.get(address).text)
        assert hostile in text(page.root.find("body"))  # type: ignore[arg-type]
        assert page.all("img") == []


def test_a_finding_that_forbids_blocks_the_button(bench: Flask, maker: Visitor, other: Visitor) -> None:
    publish_plots(bench, one=square(116.81, 28.2, 116.82, 28.21))
    number = draft(
        bench, Layer.PLOTS, Edit("two", Action.ADD, None, square(116.815, 28.2, 116.825, 28.21), name="二号")
    )
    assert maker.post(f"/boundaries/changesets/{number}/check").status_code == 303
    page = page_of(other, number)
    assert "重叠" in page.section("findings-title")
    assert "还有必须改的问题" in page.section("decide-title")
    assert [field for field in page.all("input") if field.get("name") == "acknowledged"] == []


def test_the_list_of_a_layer_finds_by_name_and_code(client: FlaskClient) -> None:
    assert "江西余江工业园区" in read(client, "/boundaries/parks?q=余江").html
    assert "没有找到" in read(client, "/boundaries/parks?q=nobody").html


def test_steps_tell_how_far_a_changeset_is() -> None:
    one = Changeset(status=ChangesetStatus.DRAFT, made_by="a", made_at=None)
    assert [step.state for step in steps_of(one)] == ["done", "now", "later"]
    one.status, one.checked_by = ChangesetStatus.CHECKED, "b"
    assert [step.state for step in steps_of(one)] == ["done", "done", "now"]
    one.status = ChangesetStatus.PUBLISHED
    assert [step.state for step in steps_of(one)] == ["done", "done", "done"]
