"""A file brought in: when it is stored, what is said of what the database knows, what is remembered of its columns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry import MultiPolygon
from sqlalchemy import func, select

from domain.boundaries import Action, Layer, Verdict
from domain.errors import BadRequest, Forbidden
from domain.permissions import Actor, Role
from geo.intake.model import Options
from models import AuditEntry, Changeset
from models.database import Database
from services.boundaries import drafting, history
from services.boundaries.changesets import edits_of
from services.boundaries.drafting import Draft, Provenance
from tests.services.boundaries.workbench import (
    EDITOR,
    LIMITS,
    PUBLISHER,
    SIDE,
    Workbench,
    collection,
    read_here,
    square,
)

BOW_TIE = {"type": "Polygon", "coordinates": [[[117.0, 28.2], [117.01, 28.21], [117.01, 28.2], [117.0, 28.21], [117.0, 28.2]]]}  # fmt: skip  # noqa: E501


@pytest.fixture(autouse=True)
def _read_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafting, "take_in", read_here)


def bring_in(database: Database, folder: Path, content: dict[str, Any], **how: Any) -> Draft:
    path = folder / "file.geojson"
    path.write_text(json.dumps(content), encoding="utf-8")
    options = how.pop("options", None) or Options(how.pop("layer", Layer.PLOTS))
    how = {"actor": EDITOR, "confirmed": False, "limits": LIMITS, **how}
    return drafting.bring_in(database, path=path, name=path.name, options=options, **how)


def drafts(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Changeset)) or 0


def bow_tie() -> dict[str, Any]:
    feature = {"type": "Feature", "properties": {"code": "P-1", "name": "一"}, "geometry": BOW_TIE}
    return {"type": "FeatureCollection", "features": [feature]}


def codes_of(draft: Draft) -> list[str]:
    return [finding.code for finding in draft.findings]


def test_an_accepted_file_is_stored_as_a_draft_with_the_versions_it_saw(bench: Workbench, tmp_path: Path) -> None:
    bench.put("P-1", square(0))
    draft = bring_in(bench.database, tmp_path, collection({"P-1": square(0, width=SIDE / 2), "P-2": square(1)}))
    assert (draft.verdict, draft.stored) == (Verdict.ACCEPT, True)
    assert draft.changeset is not None
    with bench.database.read() as session:
        edits = edits_of(session, draft.changeset)
        changeset = session.get_one(Changeset, draft.changeset)
    assert [(edit.code, edit.action, edit.base_version) for edit in edits] == [
        ("P-1", Action.CHANGE, 1),
        ("P-2", Action.ADD, None),
    ]
    assert (changeset.file_name, changeset.made_by, len(changeset.file_sha256 or "")) == ("file.geojson", "编辑甲", 64)


def test_what_stands_just_so_is_told_and_left_out(bench: Workbench, tmp_path: Path) -> None:
    bench.put("P-1", square(0))
    draft = bring_in(bench.database, tmp_path, collection({"P-1": square(0), "P-2": square(1)}))
    assert "unchanged" in codes_of(draft)
    assert draft.changeset is not None
    with bench.database.read() as session:
        assert [edit.code for edit in edits_of(session, draft.changeset)] == ["P-2"]


def test_a_repair_is_stored_only_when_it_is_confirmed_and_keeps_what_the_file_had(
    bench: Workbench, tmp_path: Path
) -> None:
    draft = bring_in(bench.database, tmp_path, bow_tie())
    assert (draft.verdict, draft.stored, drafts(bench.database)) == (Verdict.REPAIR, False, 0)
    draft = bring_in(bench.database, tmp_path, bow_tie(), confirmed=True)
    assert draft.stored
    assert draft.changeset is not None
    with bench.database.read() as session:
        (edit,) = edits_of(session, draft.changeset)
    assert edit.before is not None
    assert not shapely.is_valid(edit.before)
    assert shapely.is_valid(edit.geometry)


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_question_or_a_rejection_stores_nothing_but_the_attempt(
    bench: Workbench, tmp_path: Path, confirmed: bool
) -> None:
    bench.put("P-1", square(0))
    before = drafts(bench.database)
    overlapping = collection({"P-2": square(0, width=SIDE / 2)})
    nameless = collection({"P-2": square(1)})
    for feature in nameless["features"]:
        feature["properties"] = {"甲": 1, "乙": 2}
    asked = bring_in(bench.database, tmp_path, nameless, confirmed=confirmed)
    rejected = bring_in(bench.database, tmp_path, overlapping, confirmed=confirmed)
    assert (asked.verdict, rejected.verdict) == (Verdict.ASK, Verdict.REJECT)
    assert drafts(bench.database) == before
    with bench.database.read() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "boundaries import")).all()
    assert [json.loads(entry.details or "")["verdict"] for entry in entries] == ["ask", "reject"]


def test_what_a_person_said_columns_mean_is_proposed_first_the_next_time(bench: Workbench, tmp_path: Path) -> None:
    def sheet(number: int) -> dict[str, Any]:
        content = collection({"P": square(number)})
        content["features"][0]["properties"] = {"甲": f"A-{number}", "乙": f"P-{number}", "丙": "x"}
        return content

    first = bring_in(bench.database, tmp_path, sheet(1))
    assert first.verdict is Verdict.ASK
    options = Options(Layer.PLOTS, columns={"code": "乙"})
    assert bring_in(bench.database, tmp_path, sheet(1), options=options).stored
    again = bring_in(bench.database, tmp_path, sheet(2))
    (question,) = [finding.question for finding in again.findings if finding.question]
    assert question.proposals[0].value == "乙"
    assert again.remembered == {"code": "乙"}


def test_a_park_nobody_knows_is_made_only_when_confirmed(yingtan: Workbench, tmp_path: Path) -> None:
    content = collection({"new-park": square(0)})
    draft = bring_in(yingtan.database, tmp_path, content, layer=Layer.PARKS)
    assert draft.verdict is Verdict.REPAIR
    assert "new_place" in codes_of(draft)
    assert bring_in(yingtan.database, tmp_path, content, layer=Layer.PARKS, confirmed=True).stored


def test_a_belt_section_nobody_knows_is_refused(yingtan: Workbench, tmp_path: Path) -> None:
    content = collection({"no-section": square(0)})
    draft = bring_in(yingtan.database, tmp_path, content, layer=Layer.BELT_SECTIONS, confirmed=True)
    assert draft.verdict is Verdict.REJECT
    assert "unknown_code" in codes_of(draft)


def test_a_code_of_a_county_is_no_park(yingtan: Workbench, tmp_path: Path) -> None:
    content = collection({"guixi": square(0)})
    draft = bring_in(yingtan.database, tmp_path, content, layer=Layer.PARKS, confirmed=True)
    assert "code_of_another_layer" in codes_of(draft)
    assert draft.verdict is Verdict.REJECT


def test_who_may_not_edit_brings_nothing_in_and_a_limited_account_only_its_own(
    yingtan: Workbench, tmp_path: Path
) -> None:
    parks = yingtan.on(layer=Layer.PARKS)
    parks.publish(
        parks.draft(parks.edit("own-park", square(100), name="甲"), parks.edit("other", square(101), name="乙"))
    )
    before = drafts(yingtan.database)

    def part(column: int) -> MultiPolygon:
        return square(column, width=SIDE / 2, height=SIDE / 2)

    with pytest.raises(Forbidden):
        bring_in(yingtan.database, tmp_path, collection({"P-1": part(100)}), actor=Actor("官员", Role.OFFICER))
    limited = Actor("园区丁", Role.GIS_EDITOR, frozenset({"own-park"}))
    with pytest.raises(Forbidden):
        bring_in(yingtan.database, tmp_path, collection({"P-1": part(100), "P-2": part(101)}), actor=limited)
    assert drafts(yingtan.database) == before
    assert bring_in(yingtan.database, tmp_path, collection({"P-1": part(100)}), actor=limited).stored


def test_the_same_file_after_publishing_holds_nothing_new(bench: Workbench, tmp_path: Path) -> None:
    content = collection({"P-1": square(0), "P-2": square(1)})
    draft = bring_in(bench.database, tmp_path, content, actor=PUBLISHER)
    assert draft.changeset is not None
    bench.publish(draft.changeset)
    again = bring_in(bench.database, tmp_path, content)
    assert (again.verdict, again.stored, again.changeset) == (Verdict.ACCEPT, False, None)


def test_what_is_published_cites_the_survey_its_date_and_its_grade(bench: Workbench, tmp_path: Path) -> None:
    stated = Provenance.stated("余江地块勘测定界", "A", "2026-03")
    draft = bring_in(bench.database, tmp_path, collection({"P-1": square(0)}), provenance=stated)
    assert draft.changeset is not None
    bench.publish(draft.changeset)
    with bench.database.read() as session:
        (version,) = history.log(session, Layer.PLOTS, "P-1")
    assert (version.grade, version.source.publication, version.source.date) == (
        "A", "余江地块勘测定界（file.geojson）", "2026-03",
    )  # fmt: skip


@pytest.mark.parametrize(("said", "place"), [({"grade": "E"}, "grade"), ({"date": "昨天"}, "date")])
def test_a_grade_or_date_that_is_none_is_refused(said: dict[str, str], place: str) -> None:
    with pytest.raises(BadRequest) as refused:
        Provenance.stated(**said)
    assert refused.value.place == place


def test_a_code_that_differs_in_case_only_is_told(bench: Workbench, tmp_path: Path) -> None:
    bench.put("YJ-00", square(0))
    draft = bring_in(bench.database, tmp_path, collection({"yj－00": square(1)}))
    (told,) = [finding for finding in draft.findings if finding.code == "code_looks_alike"]
    assert (told.place, "YJ-00" in told.message_zh, draft.stored) == ("feature 1", True, True)
