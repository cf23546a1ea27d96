"""The pictures of the boundary workbench: a file asked about, repaired and rejected, the difference, the history, edit
packages and the conflicts one comes back with.

Called by scripts/take_pictures.py, on a server over the base dataset with an editor and a publisher.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import geopandas
from playwright.sync_api import Browser, Page
from shapely import MultiPolygon, Polygon, box
from shapely.affinity import scale
from shapely.geometry.base import BaseGeometry
from werkzeug.serving import make_server

from app import create_app
from config import ROOT, Settings
from domain.boundaries import Action, Layer
from domain.permissions import Actor, Role
from domain.words import Grade
from models.database import Database
from services.accounts import managing
from services.boundaries import publishing
from services.boundaries.changesets import About, Edit, store
from services.boundaries.limits import limits_of
from services.boundaries.merging import bring_back
from services.boundaries.packages import make_package
from services.dataset.loading import load
from services.dataset.places import LoadSettings

PARK, NAME = "yujiang-gongye", "余江工业园区"
PASSWORD = "three stones and a bridge"
EDITOR, PUBLISHER = Actor("李编辑", Role.GIS_EDITOR), Actor("王发布", Role.GIS_PUBLISHER)
HOSTILE = ROOT / "tests" / "fixtures" / "hostile"
WIDTHS = {1440: 900, 390: 844}
WEST, SOUTH = 116.8078, 28.2001
SURVEY = [(0.001, 0.001), (0.013, -0.0015), (0.0198, 0.003), (0.0168, 0.0126), (0.009, 0.0176), (-0.002, 0.0106)]
REDRAWN = [(0.001, 0.001), (0.0136, -0.0022), (0.008, 0.003), (0.0174, 0.0126), (0.009, 0.0169), (-0.0014, 0.0092)]


@dataclass(frozen=True)
class _Drawn:
    """The changesets to be looked at."""

    difference: int
    conflicts: int


def take_all(browser: Browser, out: Path) -> None:
    """Every picture, wide and on a telephone."""
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as (address, drawn):
        for width, height in WIDTHS.items():
            context = browser.new_context(
                base_url=address,
                viewport={"width": width, "height": height},
                locale="zh-CN",
                reduced_motion="reduce",
            )
            page = context.new_page()
            for name in _walk(page, drawn):
                target = out / f"{name}-{width}.png"
                page.screenshot(path=str(target), full_page=True)
                print(target.relative_to(ROOT))
            context.close()


def _walk(page: Page, drawn: _Drawn) -> Iterator[str]:
    """Show one page after the other; yields the name of its picture."""
    page.goto("/boundaries")
    yield "boundaries-public"
    page.goto("/login")
    page.fill("[name=name]", PUBLISHER.name)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.goto("/boundaries")
    yield "boundaries-upload"
    for name, file in (
        ("ask", "shp_no_prj.zip"),
        ("repair", "gj_selfcross.geojson"),
        ("reject", "gj_overlap.geojson"),
    ):
        page.goto("/boundaries")
        page.set_input_files("#file", HOSTILE / file)
        page.select_option("#layer", "plots")
        page.click("[data-upload] button[type=submit]")
        page.wait_for_selector(".verdict")
        yield f"boundaries-{name}"
    page.goto(f"/boundaries/changesets/{drawn.difference}")
    yield "boundaries-difference"
    page.goto(f"/boundaries/parks/{PARK}?from=1&to=2")
    yield "boundaries-history"
    page.goto("/boundaries/packages")
    yield "editor-packages"
    page.goto(f"/boundaries/changesets/{drawn.conflicts}/conflicts")
    yield "editor-conflicts"


@contextmanager
def _server(folder: Path) -> Iterator[tuple[str, _Drawn]]:
    """The address of a server, and the changesets to be looked at."""
    settings = Settings(instance_path=folder, four_eyes=True)
    database = Database(settings.resolved_database_url, busy_timeout_s=10)
    database.migrate()
    places = LoadSettings(settings.belt_width_m, settings.county_cache)
    load(database, ROOT / "data" / "base", origin="base", actor="pictures", settings=places)
    drawn = _fill(database, settings, folder)
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", drawn
    server.shutdown()
    database.dispose()


def _fill(database: Database, settings: Settings, folder: Path) -> _Drawn:
    """Two people, plots, a surveyed park, a draft that redraws it, and a package others were faster than."""
    admin = Actor("pictures", Role.ADMIN)
    for person in (EDITOR, PUBLISHER):
        assert person.role is not None
        managing.add_account(database, name=person.name, role=person.role, parks=(), password=PASSWORD, actor=admin)
    plots = [
        Edit(f"YJ-{column + 1}{row + 1}", Action.ADD, None, _plot(column, row), name=f"余江{column + 1}{row + 1}号地")
        for column in range(4)
        for row in range(3)
    ]
    _publish(database, settings, _draft(database, Layer.PLOTS, plots, "余江地块.zip"))
    survey = Edit(PARK, Action.CHANGE, 1, _outline(SURVEY), name=NAME)
    _publish(database, settings, _draft(database, Layer.PARKS, [survey], "余江工业园区界址.zip"))
    redrawn = Edit(PARK, Action.CHANGE, 2, _outline(REDRAWN), name=NAME)
    number = _draft(database, Layer.PARKS, [redrawn], "余江工业园区调区.zip")
    publishing.check(database, number, actor=EDITOR, limits=limits_of(settings))
    return _Drawn(number, _overtaken(database, settings, folder))


def _overtaken(database: Database, settings: Settings, folder: Path) -> int:
    """A package brought back after others had published the same plots."""
    path, codes = folder / "余江地块.gpkg", ["YJ-11", "YJ-12"]
    path.write_bytes(make_package(database, Layer.PLOTS, codes=codes, actor=EDITOR).content)
    taken = geopandas.read_file(path, layer="plots").set_index("code")
    theirs = [
        Edit(code, Action.CHANGE, 1, _scaled(shape, 1, 0.75), name=taken.name[code])
        for code, shape in taken.geometry.items()
    ]
    _publish(database, settings, _draft(database, Layer.PLOTS, theirs, "余江地块勘误.zip"))
    taken.loc["YJ-11", "geometry"] = _scaled(taken.geometry["YJ-11"], 0.8, 1)
    taken.drop(index="YJ-12").reset_index().to_file(path, layer="plots", driver="GPKG", engine="pyogrio")
    back = bring_back(database, path=path, name=path.name, actor=EDITOR, limits=limits_of(settings))
    assert back.changeset is not None
    return back.changeset


def _scaled(shape: BaseGeometry, across: float, along: float) -> MultiPolygon:
    return MultiPolygon(scale(shape, across, along).geoms)


def _plot(column: int, row: int) -> MultiPolygon:
    west, south = WEST + 0.0015 + 0.004 * column, SOUTH + 0.0033 + 0.0036 * row
    return MultiPolygon([box(west, south, west + 0.0034, south + 0.0031)])


def _outline(offsets: list[tuple[float, float]]) -> MultiPolygon:
    return MultiPolygon([Polygon([(WEST + x, SOUTH + y) for x, y in offsets])])


def _draft(database: Database, layer: Layer, edits: list[Edit], title: str) -> int:
    about = About(title=title, file_name=title, grade=Grade.A, crs="EPSG:4527", encoding="GB18030")
    with database.write() as session:
        return store(session, layer=layer, about=about, edits=edits, findings=(), actor=EDITOR).id


def _publish(database: Database, settings: Settings, number: int) -> None:
    with database.read() as session:
        shown = publishing.preview(session, number).hash
    publishing.publish(
        database, number, actor=PUBLISHER, acknowledged=shown, today=date.today(), limits=limits_of(settings)
    )
