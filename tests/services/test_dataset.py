"""Loading a dataset: whole or not at all, the same twice, versions kept, faults named by file, row and column."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from domain.errors import BadDataset, Conflict
from domain.words import Grade
from models import BoundaryVersion, Designation, Place, PlaceLevelFact, Source, Target
from models.database import Database, data_revision, now
from services.dataset.loading import Loaded, load
from services.dataset.places import LoadSettings
from tests.conftest import BASE, COUNTIES, LOAD_SETTINGS

Edit = Callable[[list[dict[str, str]]], None]


def load_into(database: Database, folder: Path = BASE, settings: LoadSettings = LOAD_SETTINGS) -> Loaded:
    return load(database, folder, origin="base", actor="test", settings=settings)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BASE, tmp_path / "base"))


def edit(folder: Path, name: str, change: Edit) -> None:
    path = folder / name
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        rows, columns = list(reader), list(reader.fieldnames or [])
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_loading_twice_changes_nothing(base: Database) -> None:
    with base.read() as session:
        revision = data_revision(session)
    again = load_into(base)
    assert not again.has_changes
    assert again.unchanged > 1500
    with base.read() as session:
        assert data_revision(session) == revision


def test_a_changed_fact_closes_its_row_and_opens_another(base: Database, folder: Path) -> None:
    def louder(rows: list[dict[str, str]]) -> None:
        rows[0]["subject_en"] = "Something else"

    edit(folder, "designations.csv", louder)
    done = load_into(base, folder)
    assert (done.added, done.changed, done.retired) == (0, 1, 0)
    with base.read() as session:
        key = session.scalars(select(Designation.key).where(Designation.subject_en == "Something else")).one()
        rows = session.scalars(select(Designation).where(Designation.key == key).order_by(Designation.id)).all()
    assert [row.superseded_at is None for row in rows] == [False, True]
    assert rows[0].superseded_at == rows[1].recorded_at


def test_a_fact_that_leaves_the_dataset_is_closed_not_deleted(base: Database, folder: Path) -> None:
    edit(folder, "designations.csv", lambda rows: rows.pop())
    with base.read() as session:
        before = session.scalar(select(func.count()).select_from(Designation))
    done = load_into(base, folder)
    assert (done.added, done.changed, done.retired) == (0, 0, 1)
    with base.read() as session:
        assert session.scalar(select(func.count()).select_from(Designation)) == before


def test_what_staff_published_is_left_alone(base: Database) -> None:
    with base.write() as session:
        outline = session.scalars(select(BoundaryVersion).where(BoundaryVersion.layer == "parks")).first()
        assert outline is not None
        outline.superseded_at = now()
        session.add(
            BoundaryVersion(
                layer="parks", code=outline.code, version=outline.version + 1, geometry=outline.geometry.buffer(0.01),
                method="surveyed", source_datum="CGCS2000", basis_zh="实测", basis_en="surveyed", origin="staff",
                recorded_at=now(), source_id=outline.source_id, grade=Grade.A,
            )
        )  # fmt: skip
        code = outline.code
    load_into(base)
    with base.read() as session:
        current = session.scalars(
            select(BoundaryVersion).where(
                BoundaryVersion.layer == "parks", BoundaryVersion.code == code, BoundaryVersion.superseded_at.is_(None)
            )
        ).all()
    assert [version.origin for version in current] == ["staff"]


def test_a_wider_belt_is_a_new_version_of_its_sections(base: Database) -> None:
    load_into(base, settings=LoadSettings(belt_width_m=9000.0, county_cache_path=COUNTIES))
    with base.read() as session:
        versions = session.execute(
            select(BoundaryVersion.code, func.max(BoundaryVersion.version))
            .where(BoundaryVersion.layer == "belt_sections")
            .group_by(BoundaryVersion.code)
        ).all()
    assert versions
    assert {version for _, version in versions} == {2}


def test_datasets_are_never_mixed(base: Database) -> None:
    with pytest.raises(Conflict):
        load(base, BASE, origin="demo", actor="test", settings=LOAD_SETTINGS)


def test_without_county_boundaries_the_dataset_still_loads_and_says_so(database: Database, tmp_path: Path) -> None:
    done = load_into(database, settings=LoadSettings(belt_width_m=6000.0, county_cache_path=tmp_path / "none.geojson"))
    assert any("no county boundaries" in finding for finding in done.findings)
    with database.read() as session:
        assert session.scalar(select(func.count()).where(BoundaryVersion.layer == "counties")) == 0
        assert session.scalar(select(func.count()).select_from(Place)) == 36


def _set(column: str, value: str, row: int = 0) -> Edit:
    def change(rows: list[dict[str, str]]) -> None:
        rows[row][column] = value

    return change


FAULTS: list[tuple[str, str, Edit, str]] = [
    ("no source", "designations.csv", _set("document", ""), "designations.csv 第 2 行"),
    ("two sources", "designations.csv", _set("publication", "a newspaper"), "publication"),
    ("a clause that does not exist", "designations.csv", _set("clause", "99"), "clause"),
    ("a word nobody knows", "places.csv", _set("kind", "castle"), "kind"),
    ("no number", "targets.csv", _set("value", "many"), "value"),
    ("not finite", "targets.csv", _set("value", "nan"), "value"),
    ("no date", "designations.csv", _set("valid_from", "last year"), "valid_from"),
    ("an end before the start", "designations.csv", _set("valid_to", "2001-01-01"), "valid_to"),
    ("an unknown grade", "places.csv", _set("grade", "E"), "grade"),
    ("a duplicate code", "places.csv", lambda rows: rows.append(dict(rows[0])), "code"),
    ("an edge to itself", "chain_edges.csv", lambda rows: rows[0].update(buyer=rows[0]["supplier"]), "buyer"),
    ("a negative coefficient", "chain_edges.csv", _set("coefficient", "-1"), "coefficient"),
    ("an area of nothing", "place_areas.csv", _set("area_ha", "0"), "area_ha"),
    ("a place nobody has", "designations.csv", _set("place", "atlantis"), "designations.csv"),
    ("a point outside China", "enterprises.csv", _set("lon", "2.35", 1), "lon"),
    ("tiers with a gap", "offer_tiers.csv", _set("upper", "9"), "lower"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "file", "change", "named"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_bad_row_is_named_and_nothing_is_stored(
    database: Database, folder: Path, what: str, file: str, change: Edit, named: str
) -> None:
    edit(folder, file, change)
    with pytest.raises(BadDataset) as refused:
        load_into(database, folder)
    assert named in (refused.value.place or "")
    assert file in (refused.value.place or "")
    assert refused.value.message_zh
    assert refused.value.message_en
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Place)) == 0
        assert session.scalar(select(func.count()).select_from(Source)) == 0


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda path: path.unlink(), "targets.csv"),
        (lambda path: path.write_bytes(path.read_text("utf-8").encode("gb18030")), "targets.csv"),
        (lambda path: path.write_text("a,b\n1,2\n", "utf-8"), "targets.csv"),
        (lambda path: path.write_text(path.read_text("utf-8") + "one,two\n", "utf-8"), "targets.csv"),
    ],
    ids=["missing", "GBK", "other columns", "a short row"],
)
def test_a_bad_file_is_named_and_nothing_is_stored(
    database: Database, folder: Path, spoil: Callable[[Path], object], named: str
) -> None:
    spoil(folder / "targets.csv")
    with pytest.raises(BadDataset) as refused:
        load_into(database, folder)
    assert named in (refused.value.place or "")
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Target)) == 0


def test_levels_keep_the_month_they_are_known_to(base: Database) -> None:
    with base.read() as session:
        rows = session.scalars(select(PlaceLevelFact).where(PlaceLevelFact.place_code == "guixi-jingkai")).all()
    assert {str(row.valid_from) for row in rows if row.level == "national"} == {"2024-10"}
