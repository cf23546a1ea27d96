"""Edit packages: taken along, changed as QGIS changes them, brought back, merged with what was published meanwhile."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import geopandas
import pyogrio
import pytest
from shapely.geometry import MultiPolygon
from sqlalchemy import select

from domain.boundaries import Action, ChangesetStatus, Layer, Verdict
from domain.errors import BadRequest, Busy, Conflict, Forbidden, NotFound, Stale
from domain.merging import Decision, Outcome
from domain.permissions import Actor, Role
from geo.intake import pipeline
from geo.intake.job import take_in
from geo.intake.model import Intake, Known, Limits, Options
from models import AuditEntry, Changeset
from models.database import Database
from services.boundaries import merging, turns
from services.boundaries.changesets import edits_of, get_changeset
from services.boundaries.deciding import conflicts_of, decide
from services.boundaries.merging import Returned, bring_back
from services.boundaries.packages import make_package
from services.boundaries.standing import names_of, standing
from tests.services.boundaries.workbench import EDITOR, LIMITS, PUBLISHER, SIDE, Workbench, square

WIDE, NARROW = SIDE * 1.25, SIDE * 0.75


@dataclass
class Desk:
    """Somebody with a package and QGIS."""

    bench: Workbench
    folder: Path
    actor: Actor = EDITOR

    def take(self, *codes: str, layer: Layer = Layer.PLOTS) -> Path:
        made = make_package(self.bench.database, layer, codes=codes, actor=self.actor)
        path = self.folder / made.name
        path.write_bytes(made.content)
        return path

    def change(self, path: Path, change: Callable[[geopandas.GeoDataFrame], geopandas.GeoDataFrame]) -> Path:
        """Save the layer anew, as QGIS does: same columns, other rows."""
        [layer] = [name for name, kind in pyogrio.list_layers(path) if kind is not None]
        frame = change(pyogrio.read_dataframe(path, layer=layer))
        out = path.with_stem(f"{path.stem}-edited-{len(list(self.folder.iterdir()))}")
        frame.to_file(out, layer=layer, driver="GPKG", engine="pyogrio")
        return out

    def back(self, path: Path, **options: bool) -> Returned:
        return bring_back(self.bench.database, path=path, name=path.name, actor=self.actor, limits=LIMITS, **options)


def put(code: str, shape: MultiPolygon | None = None, name: str | None = None):  # type: ignore[no-untyped-def]
    """Change a row's outline or name."""

    def change(frame: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
        if shape is not None:
            frame.loc[frame["code"] == code, "geometry"] = geopandas.GeoSeries(
                [shape], index=frame.index[frame["code"] == code], crs=frame.crs
            )
        if name is not None:
            frame.loc[frame["code"] == code, "name"] = name
        return frame

    return change


@pytest.fixture(scope="module")
def _three_plots(_migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plots") / "onemap.sqlite"
    shutil.copy(_migrated_file, path)
    database = Database(f"sqlite:///{path}", busy_timeout_s=5)
    for column, code in enumerate(("P-1", "P-2", "P-3")):
        Workbench(database).put(code, square(column))
    database.dispose()
    return path


@pytest.fixture
def desk(_three_plots: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Three plots are published. Files are read in this process: the child has its own tests, and takes a second."""
    shutil.copy(_three_plots, tmp_path / "onemap.sqlite")
    database = Database(f"sqlite:///{tmp_path / 'onemap.sqlite'}", busy_timeout_s=5)
    monkeypatch.setattr(merging, "take_in", _take_in_here)
    yield Desk(Workbench(database), tmp_path)
    database.dispose()


def _take_in_here(
    path: Path, name: str, options: Options, known: Known, limits: Limits, *, tell: object = None
) -> Intake:
    return pipeline.understand(path, name, options, known, limits, lambda stage, share: None)


def stands(desk: Desk, code: str) -> MultiPolygon | None:
    with desk.bench.database.read() as session:
        found = standing(session, Layer.PLOTS, [code]).get(code)
    return None if found is None else found.geometry


def edits(desk: Desk, changeset: int | None) -> dict[str, tuple[Action, int | None]]:
    assert changeset is not None
    with desk.bench.database.read() as session:
        return {edit.code: (edit.action, edit.base_version) for edit in edits_of(session, changeset)}


def end(desk: Desk, changeset: int, code: str, decision: Decision, *, seen: int = 2, actor: Actor = EDITOR) -> int:
    """Decide as somebody does who looks at the changeset as it is now."""
    with desk.bench.database.read() as session:
        draft_seen = get_changeset(session, changeset).version
    return decide(
        desk.bench.database, changeset, code, decision, seen=seen, draft_seen=draft_seen, actor=actor, limits=LIMITS
    )


def test_a_package_has_the_layer_its_versions_and_who_made_it(desk: Desk) -> None:
    desk.bench.put("P-2", square(1, width=WIDE))
    path = desk.take()
    frame = pyogrio.read_dataframe(path, layer="plots")
    assert frame.crs.to_epsg() == 4490
    assert dict(zip(frame["code"], frame["base_version"], strict=True)) == {"P-1": 1, "P-2": 2, "P-3": 1}
    assert list(frame["name"]) == ["P-1号地块", "P-2号地块", "P-3号地块"]
    assert frame.geometry.iloc[1].equals_exact(square(1, width=WIDE), 0)
    about = pyogrio.read_dataframe(path, layer="onemap_package").iloc[0]
    assert (about["layer"], about["made_by"], about["data_revision"]) == ("plots", EDITOR.name, 4)
    assert set(frame["package"]) == {int(path.stem.rsplit("-", 1)[1])}


def test_a_package_is_a_sound_geopackage_that_qgis_opens_styled_with_a_chinese_form(desk: Desk) -> None:
    path = desk.take("P-1")
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        contents = dict(file.execute("SELECT table_name, data_type FROM gpkg_contents"))
        table, column, qml = file.execute(
            "SELECT f_table_name, f_geometry_column, styleQML FROM layer_styles WHERE useAsDefault"
        ).fetchone()
        columns = {row[1] for row in file.execute("PRAGMA table_info(plots)")}
        [number] = file.execute("SELECT id FROM onemap_package").fetchone()
        [made_at] = file.execute("SELECT update_time FROM layer_styles").fetchone()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", made_at)
    assert contents == {"plots": "features", "layer_styles": "attributes", "onemap_package": "attributes"}
    style = ElementTree.fromstring(qml)
    assert table == "plots"
    assert column in columns
    aliases = {alias.get("field"): alias.get("name") for alias in style.iter("alias")}
    assert aliases["code"] == "编码"
    assert set(aliases) == columns - {column}
    assert {field.get("name") for field in style.iter("field") if field.get("editable") == "0"} >= {"base_version"}
    defaults = {one.get("field"): one.get("expression") for one in style.iter("default")}
    assert defaults["package"] == str(number)  # so a feature drawn there belongs to the package


def test_an_untouched_package_changes_nothing_whatever_was_published_meanwhile(desk: Desk) -> None:
    path = desk.take()
    desk.bench.put("P-2", square(1, width=WIDE))
    desk.bench.put("P-3", None)
    desk.bench.put("P-4", square(3))
    told = desk.back(path)
    assert told.verdict is Verdict.ACCEPT
    assert told.changeset is None
    assert told.outcomes == {Outcome.UNCHANGED: 1, Outcome.THEIRS: 2}


def test_what_only_one_side_changed_is_merged_and_published(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "take_in", take_in)  # once the whole way, through the child
    path = desk.take()
    desk.bench.put("P-2", square(1, width=NARROW))  # theirs

    def edit(frame: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
        frame = put("P-1", square(0, height=WIDE), "一号")(frame)
        fresh = frame[frame["code"] == "P-2"].assign(code="P-9", name="九号", base_version=None)
        fresh = fresh.set_geometry([square(8)], crs=frame.crs)
        return geopandas.GeoDataFrame(
            geopandas.pd.concat([frame[frame["code"] != "P-3"], fresh], ignore_index=True), crs=frame.crs
        )

    told = desk.back(desk.change(path, edit))
    assert told.conflicts == ()
    assert told.outcomes == {Outcome.MINE: 3, Outcome.THEIRS: 1}
    assert edits(desk, told.changeset) == {
        "P-1": (Action.CHANGE, 1),
        "P-3": (Action.REMOVE, 1),
        "P-9": (Action.ADD, None),
    }
    assert told.changeset is not None
    desk.bench.publish(told.changeset)
    assert stands(desk, "P-1") == square(0, height=WIDE)
    assert stands(desk, "P-2") == square(1, width=NARROW)
    assert stands(desk, "P-3") is None
    with desk.bench.database.read() as session:
        assert names_of(session, Layer.PLOTS)["P-1"] == "一号"


def test_a_boundary_both_sides_changed_holds_the_changeset_back_until_it_is_decided(desk: Desk) -> None:
    path = desk.take()
    desk.bench.put("P-1", square(0, width=NARROW))
    told = desk.back(desk.change(path, put("P-1", square(0, width=WIDE))))
    assert told.conflicts == ("P-1",)
    changeset = told.changeset
    assert changeset is not None
    assert edits(desk, changeset) == {}
    with pytest.raises(Conflict, match="1 conflicts are not decided"):
        desk.bench.publish(changeset)
    assert stands(desk, "P-1") == square(0, width=NARROW)
    left = end(desk, changeset, "P-1", Decision.TAKE_MINE)
    assert left == 0
    assert edits(desk, changeset) == {"P-1": (Action.CHANGE, 2)}
    assert desk.bench.publish(changeset).versions == {"P-1": 3}
    assert stands(desk, "P-1") == square(0, width=WIDE)


@pytest.mark.parametrize(
    ("decision", "name", "width"),
    [
        (Decision.KEEP_PUBLISHED, "他们的", NARROW),
        (Decision.TAKE_MINE, "我的", WIDE),
        (Decision.MY_OUTLINE_THEIR_NAME, "他们的", WIDE),
        (Decision.THEIR_OUTLINE_MY_NAME, "我的", NARROW),
    ],
)
def test_a_conflict_ends_as_decided_and_may_be_decided_over(
    desk: Desk, decision: Decision, name: str, width: float
) -> None:
    path = desk.take("P-1")
    desk.bench.publish(desk.bench.draft(desk.bench.edit("P-1", square(0, width=NARROW), name="他们的")))
    changeset = desk.back(desk.change(path, put("P-1", square(0, width=WIDE), "我的"))).changeset
    assert changeset is not None
    for choice in (Decision.TAKE_MINE, decision):
        end(desk, changeset, "P-1", choice)
    if decision is not Decision.KEEP_PUBLISHED:
        desk.bench.publish(changeset)
    assert edits(desk, changeset).keys() == (set() if decision is Decision.KEEP_PUBLISHED else {"P-1"})
    assert stands(desk, "P-1") == square(0, width=width)
    with desk.bench.database.read() as session:
        assert names_of(session, Layer.PLOTS)["P-1"] == name


def test_what_others_removed_and_i_changed_is_a_conflict_and_mine_brings_it_back(desk: Desk) -> None:
    path = desk.take()
    desk.bench.put("P-1", None)
    changeset = desk.back(desk.change(path, put("P-1", square(0, width=WIDE)))).changeset
    assert changeset is not None
    with desk.bench.database.read() as session:
        [one] = conflicts_of(session, changeset).items
    assert one.outcome is Outcome.CHANGED_AND_REMOVED
    assert (one.theirs.picture, one.theirs.area_ha) == (None, None)
    assert one.mine.picture is not None
    with pytest.raises(BadRequest):
        end(desk, changeset, "P-1", Decision.MY_OUTLINE_THEIR_NAME)
    end(desk, changeset, "P-1", Decision.TAKE_MINE)
    assert edits(desk, changeset) == {"P-1": (Action.ADD, None)}
    desk.bench.publish(changeset)
    assert stands(desk, "P-1") == square(0, width=WIDE)


def test_a_decision_on_an_older_version_than_the_newest_is_refused(desk: Desk) -> None:
    path = desk.take()
    desk.bench.put("P-1", square(0, width=NARROW))
    changeset = desk.back(desk.change(path, put("P-1", square(0, width=WIDE)))).changeset
    assert changeset is not None
    desk.bench.put("P-1", square(0, height=NARROW))
    with pytest.raises(Stale) as refused:
        end(desk, changeset, "P-1", Decision.TAKE_MINE)
    assert str(refused.value.conflicts[0]) == "P-1 v2 → v3"
    with desk.bench.database.read() as session:
        [one] = conflicts_of(session, changeset).items
    assert (one.their_version, one.decision) == (3, None)


def test_of_two_who_decide_the_second_sees_the_first(desk: Desk) -> None:
    path = desk.take()
    desk.bench.put("P-1", square(0, width=NARROW))
    changeset = desk.back(desk.change(path, put("P-1", square(0, width=WIDE)))).changeset
    assert changeset is not None
    how = {"seen": 2, "draft_seen": 1, "limits": LIMITS}
    decide(desk.bench.database, changeset, "P-1", Decision.TAKE_MINE, actor=EDITOR, **how)  # type: ignore[arg-type]
    with pytest.raises(Stale):
        decide(desk.bench.database, changeset, "P-1", Decision.KEEP_PUBLISHED, actor=PUBLISHER, **how)  # type: ignore[arg-type]
    assert edits(desk, changeset) == {"P-1": (Action.CHANGE, 2)}
    end(desk, changeset, "P-1", Decision.KEEP_PUBLISHED, actor=PUBLISHER)
    with desk.bench.database.read() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "boundaries decide").order_by(AuditEntry.id)
        ).all()
    told = [json.loads(entry.details or "") for entry in entries]
    assert [(one["old"]["decision"], one["new"]["decision"]) for one in told] == [
        (None, "take_mine"), ("take_mine", "keep_published"),
    ]  # fmt: skip


def test_a_package_waits_for_its_turn_and_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_S", 0.05)
    path = desk.take()
    with turns.turn(), turns.turn(), pytest.raises(Busy):
        desk.back(path)
    assert desk.back(path).verdict is Verdict.ACCEPT


def test_the_file_is_not_believed_about_versions(desk: Desk) -> None:
    path = desk.take()
    desk.bench.put("P-1", square(0, width=NARROW))

    def lie(frame: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
        return put("P-1", square(0, width=WIDE))(frame).assign(base_version=2)

    assert desk.back(desk.change(path, lie)).conflicts == ("P-1",)


def test_a_file_that_is_no_package_and_one_that_fails_the_checks_are_rejected_and_nothing_is_stored(desk: Desk) -> None:
    path = desk.take()
    foreign = desk.change(path, lambda frame: frame.drop(columns="package"))
    overlapping = desk.change(path, put("P-1", square(0, width=SIDE * 2.5)))
    for file, code in ((foreign, "not_a_package"), (overlapping, "overlap")):
        told = desk.back(file)
        assert told.verdict is Verdict.REJECT
        assert code in " ".join(finding.code for finding in told.findings)
    with desk.bench.database.read() as session:
        assert session.query(Changeset).where(Changeset.status == ChangesetStatus.DRAFT).count() == 0
        audited = session.query(AuditEntry).where(AuditEntry.action == "boundaries merge").count()
    assert audited == 2


def test_a_package_number_that_can_be_none_is_no_package(desk: Desk) -> None:
    for number in (2**40, 0, -1):
        told = desk.back(desk.change(desk.take(), lambda frame, number=number: frame.assign(package=number)))  # type: ignore[misc]
        assert [finding.code for finding in told.findings] == ["not_a_package"]


def test_an_edit_that_would_overlap_what_was_published_meanwhile_is_rejected(desk: Desk) -> None:
    path = desk.take("P-1")
    desk.bench.put("P-8", square(0, 1))
    told = desk.back(desk.change(path, put("P-1", square(0, height=SIDE * 2.5))))
    assert told.verdict is Verdict.REJECT
    assert told.changeset is None


def test_who_may_take_packages_and_of_what(desk: Desk) -> None:
    viewer = Actor("看看", Role.VIEWER)
    with pytest.raises(Forbidden):
        make_package(desk.bench.database, Layer.PLOTS, actor=viewer)
    with pytest.raises(Forbidden):
        bring_back(desk.bench.database, path=desk.take(), name="x.gpkg", actor=viewer, limits=LIMITS)
    with pytest.raises(NotFound, match="P-77"):
        make_package(desk.bench.database, Layer.PLOTS, codes=["P-1", "P-77"], actor=EDITOR)
    limited = Actor("园区甲", Role.GIS_EDITOR, frozenset({"elsewhere"}))
    assert make_package(desk.bench.database, Layer.PLOTS, actor=limited).count == 0
    with pytest.raises(Forbidden):
        make_package(desk.bench.database, Layer.PLOTS, codes=["P-1"], actor=limited)
