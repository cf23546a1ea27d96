"""Sheets in: a preview that tells what changes, all or nothing, and what the next load of the dataset leaves alone."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from domain.errors import Conflict
from models import AuditEntry, Capacity, CapacityChange, ChainNode, DatasetState, Enterprise, EnterpriseNode
from models.database import Database, data_revision
from services.entry.planning import Action
from services.entry.sheets import SHEETS
from tests.entry_sheets import (
    CAPACITY,
    ENTERPRISE,
    NODE,
    SURVEY,
    as_csv,
    data_revision_of,
    exported,
    open_rows,
    planned,
    reload,
    rows_of,
    take_in,
)


def test_a_plan_tells_each_row_and_writes_nothing(base: Database) -> None:
    aoyite = [row for row in rows_of(base, "capacities") if row["enterprise"] == "aoyite" and row["node"]]
    changed_row = next(row for row in aoyite if row["node"] == "CU-LFSTRIP")
    kept, left_out = (row for row in aoyite if row["node"] == "CU-STRIP")
    new = {**CAPACITY, "enterprise": "aoyite"}
    before = data_revision_of(base)
    told = planned(base, "capacities", as_csv("capacities", {**changed_row, "value": "8001"}, kept, new))
    assert told.counts == {"added": 1, "changed": 1, "retired": 1, "unchanged": 1}
    assert told.rows[0].label == "aoyite · CU-LFSTRIP · designed · t/a · 2018"
    by_action = {row.action: row for row in told.rows}
    changed = by_action[Action.CHANGED]
    assert (changed.line, [vars(change) for change in changed.changes]) == (
        2, [{"column": "value", "old": 8000.0, "new": 8001.0}],
    )  # fmt: skip
    assert by_action[Action.ADDED].line == 4
    assert by_action[Action.ADDED].cells["value"] == 110
    assert by_action[Action.RETIRED].cells["stated"] == left_out["stated"]
    assert (by_action[Action.UNCHANGED].line, by_action[Action.RETIRED].line) == (3, 3)
    assert (told.scope, told.scope_zh, told.revision) == (("enterprise", "node"), "企业、环节", before)
    assert json.loads(json.dumps(told.as_json(), allow_nan=False))["counts"]["changed"] == 1
    assert data_revision_of(base) == before
    assert open_rows(base, Capacity, Capacity.origin == "staff") == []


def test_rows_of_one_scope_are_told_apart_whatever_their_order(base: Database) -> None:
    strips = [row for row in rows_of(base, "capacities") if (row["enterprise"], row["node"]) == ("aoyite", "CU-STRIP")]
    noted = [{**row, "note": "已核"} for row in strips]
    for rows in (noted, noted[::-1]):
        told = planned(base, "capacities", as_csv("capacities", *rows))
        assert [[change.column for change in row.changes] for row in told.rows] == [["note"], ["note"]]


def test_what_the_file_does_not_name_is_left_alone(base: Database) -> None:
    before = rows_of(base, "capacities")
    take_in(base, "capacities", {**CAPACITY, "value": "120"})
    after = rows_of(base, "capacities")
    assert len(after) == len(before)
    assert [row for row in after if row["publication"] != "摸底调查"] == [
        row for row in before if (row["enterprise"], row["node"]) != ("jiangtong-guixi-smelter", "CU-CATH")
    ]


def test_a_changed_fact_closes_its_row_and_opens_one_of_staffs_with_one_audit_line(base: Database) -> None:
    before = data_revision_of(base)
    take_in(base, "capacities", {**CAPACITY, "value": "120"})
    with base.read() as session:
        rows = session.scalars(
            select(Capacity).where(
                Capacity.enterprise_code == "jiangtong-guixi-smelter", Capacity.node_code == "CU-CATH"
            ).order_by(Capacity.id)
        ).all()  # fmt: skip
        assert [(row.value, row.origin, row.superseded_at is None) for row in rows] == [
            (110.0, "base", False), (120.0, "staff", True),
        ]  # fmt: skip
        assert rows[0].superseded_at == rows[1].recorded_at
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "entries import")).one()
        details = json.loads(entry.details or "")
        assert (entry.actor, entry.subject, details["file"], details["changed"]) == (
            "王主任",
            "capacities",
            "表.csv",
            1,
        )
        assert len(details["sha256"]) == 64
        assert data_revision(session) == before + 1


def test_a_change_of_capacities_names_the_cells_to_compute_anew(base: Database) -> None:
    nowhere = {**CAPACITY, "enterprise": "jiangtong-hongyuan", "value": "11"}  # in no place, in no county
    in_park = {**CAPACITY, "enterprise": "aoyite", "node": "CU-STRIP"}
    take_in(base, "capacities", {**CAPACITY, "value": "120"}, nowhere, in_park)
    with base.read() as session:
        cells_touched = {(row.place_code, row.node_code) for row in session.scalars(select(CapacityChange))}
        state = session.get_one(DatasetState, 1)
        assert cells_touched == {("guixi", "CU-CATH"), ("guixi-tong", "CU-STRIP")}
        assert state.structure_revision < state.revision
    take_in(base, "surveys", SURVEY)
    with base.read() as session:
        state = session.get_one(DatasetState, 1)
        assert state.structure_revision == state.revision


def test_things_known_by_a_code_are_named_anew_in_place(base: Database) -> None:
    row = next(row for row in rows_of(base, "enterprises") if row["code"] == "dahua")
    done = take_in(base, "enterprises", {**row, "address": "新地址"}, ENTERPRISE)
    assert done.counts == {"added": 1, "changed": 1, "retired": 0, "unchanged": 0}
    things = {thing.code: thing for thing in open_rows(base, Enterprise)}
    assert (things["dahua"].address, things["dahua"].origin) == ("新地址", "staff")
    assert things["xin"].sort > max(thing.sort for code, thing in things.items() if code != "xin")
    assert things["dahua"].sort < things["xin"].sort


def test_a_file_prepared_against_older_data_is_refused(base: Database) -> None:
    revision = data_revision_of(base)
    take_in(base, "surveys", SURVEY, expected_revision=revision)
    with pytest.raises(Conflict, match="preview again"):
        take_in(base, "capacities", CAPACITY, expected_revision=revision)
    assert open_rows(base, Capacity, Capacity.origin == "staff") == []


def test_the_next_load_leaves_what_staff_hold_and_doubles_nothing(base: Database) -> None:
    take_in(base, "capacities", {**CAPACITY, "value": "120"})
    take_in(base, "enterprises", {**next(row for row in rows_of(base, "enterprises") if row["code"] == "dahua"),
                                  "address": "新地址"})  # fmt: skip
    take_in(base, "chain_nodes", NODE)
    before = {sheet: exported(base, sheet) for sheet in SHEETS}
    done = reload(base)
    assert (done.has_changes, done.kept) == (False, 2)
    assert [finding.split("：")[0] for finding in done.findings] == ["enterprises.csv", "capacities.csv"]
    assert {sheet: exported(base, sheet) for sheet in SHEETS} == before


def test_a_row_staff_took_out_does_not_come_back(base: Database) -> None:
    kept, *taken_out = [
        row for row in rows_of(base, "enterprise_nodes") if row["enterprise"] == "jiangtong-guixi-smelter"
    ]
    done = take_in(base, "enterprise_nodes", kept)
    assert (done.counts["unchanged"], done.counts["retired"]) == (1, len(taken_out))
    reload(base)
    rows = open_rows(base, EnterpriseNode, EnterpriseNode.enterprise_code == "jiangtong-guixi-smelter")
    assert [(row.node_code, row.origin) for row in rows] == [(kept["node"], "staff")]


def test_a_new_node_is_of_staff_and_stands_last(base: Database) -> None:
    take_in(base, "chain_nodes", NODE)
    with base.read() as session:
        node = session.get_one(ChainNode, "CU-NEW")
        assert (node.origin, node.sort) == ("staff", session.scalar(select(func.max(ChainNode.sort))))
