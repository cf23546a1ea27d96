"""Every noun of the design has its table, and a table of facts has source, grade and record time."""

from __future__ import annotations

import pytest

from models import Base
from models.base import Cited, Fact

NOUNS = [
    "place",
    "belt_line",
    "belt_section",
    "plot",
    "plant",
    "facility",
    "industry",
    "cluster",
    "chain",
    "chain_node",
    "chain_edge",
    "designation",
    "enterprise",
    "capacity",
    "project",
    "lead",
    "enquiry",
    "policy_document",
    "clause",
    "target",
    "offer",
    "boundary_version",
    "changeset",
    "changeset_edit",
    "observation",
]
NO_FACTS = {
    "account",
    "account_park",
    "login_session",
    "login_attempt",
    "edit_package",
    "merge_conflict",
    "audit_entry",
    "dataset_state",
    "source",
    "clause",
    "policy_document",
    "enquiry",
    "capacity_change",
    "changeset",
    "changeset_edit",
    "column_mapping",
    "upload_job",
    "chain_clause",
    "chain_same_as",
    "belt_section_place",
}


@pytest.mark.parametrize("noun", NOUNS)
def test_a_noun_of_the_design_has_a_table(noun: str) -> None:
    assert noun in Base.metadata.tables


def test_a_table_of_facts_cannot_lack_a_source_or_a_grade() -> None:
    for mapper in Base.registry.mappers:
        table = mapper.local_table
        if table.name in NO_FACTS:
            continue
        assert issubclass(mapper.class_, Cited), table.name
        assert not table.columns["source_id"].nullable, table.name
        assert not table.columns["grade"].nullable, table.name
        assert {"recorded_at", "superseded_at"} <= set(table.columns.keys()), table.name


@pytest.mark.parametrize("noun", ["designation", "offer", "target", "place_level", "boundary_version", "plot"])
def test_what_holds_for_a_time_keeps_valid_time(noun: str) -> None:
    assert {"valid_from", "valid_to", "attested_on"} <= set(Base.metadata.tables[noun].columns.keys())


def test_a_fact_has_one_open_row_a_key() -> None:
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Fact):
            names = {index.name for index in mapper.local_table.indexes}
            assert f"uq_{mapper.local_table.name}_open_key" in names
