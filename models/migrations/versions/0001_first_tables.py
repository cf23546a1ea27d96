"""The first tables: sources, policy, places, boundaries, the belt, chains, enterprises, designations, targets, offers.

Read by hand. What autogenerate cannot see is written out: the unique citation of a source, the spatial indexes, and the
triggers that keep geometry and the audit log unchanged.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.base import PartialDateText, UtcDateTime
from models.geometry import Geometry, drop_spatial_index_statements, spatial_index_statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "audit_entry", "changeset", "dataset_state", "policy_document", "clause", "source", "belt_line",
    "belt_section", "boundary_version", "chain", "industry", "industry_class", "network_edge",
    "offer_confirmation", "offer_tier", "place", "provincial_list_item", "belt_section_place", "belt_stop",
    "catalogue_item", "chain_clause", "chain_node", "cluster", "designation", "enquiry", "enterprise", "facility",
    "observation", "offer", "place_area", "place_code", "place_event", "place_level", "place_name",
    "place_position", "plant", "plot", "survey", "target", "capacity", "chain_edge", "chain_gap", "chain_same_as",
    "enterprise_node", "lead", "project",
)  # fmt: skip
SPATIAL_TABLES = ("belt_line", "belt_stop", "boundary_version", "network_edge", "place_position")
CITATION = ("document_key", "clause_number", "publication", "published_on")


def _words(name: str, words: str) -> sa.Enum:
    return sa.Enum(*words.split(), name=name, native_enum=False, create_constraint=True, length=24)


def _cited() -> list[sa.Column[Any]]:
    return [
        sa.Column("source_id", sa.Integer, sa.ForeignKey("source.id"), nullable=False, index=True),
        sa.Column("grade", _words("grade", "A B C D"), nullable=False),
        sa.Column("note", sa.Text),
    ]


def _valid() -> list[sa.Column[Any]]:
    return [sa.Column(name, PartialDateText) for name in ("valid_from", "valid_to", "attested_on")]


def _identity() -> list[sa.Column[Any]]:
    return [
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.Column("superseded_at", UtcDateTime),
    ]


def _recorded() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(255), nullable=False),
        *_identity(),
    ]


def _geometry() -> list[sa.Column[Any]]:
    bounds = [sa.Column(name, sa.Float, nullable=False) for name in ("west", "south", "east", "north")]
    return [sa.Column("geometry", Geometry, nullable=False), *bounds]


def _one_open_row_a_key(table: str) -> sa.Index:
    is_open = sa.text("superseded_at IS NULL")
    return sa.Index(f"uq_{table}_open_key", "key", unique=True, sqlite_where=is_open, postgresql_where=is_open)


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("subject", sa.Text),
        sa.Column("details", sa.Text),
    )
    op.create_table(
        "changeset",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("layer", sa.String(24), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("made_by", sa.String(128), nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("published_by", sa.String(128)),
        sa.Column("published_at", UtcDateTime),
    )
    op.create_table(
        "dataset_state",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("dataset", sa.String(16)),
        sa.Column("loaded_at", UtcDateTime),
        sa.Column("dataset_hash", sa.String(64)),
        sa.CheckConstraint("id = 1", name="one_row"),
    )
    op.create_table(
        "policy_document",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("number", sa.String(64)),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("title_en", sa.Text, nullable=False),
        sa.Column("issuer", sa.Text),
        sa.Column("issued_on", PartialDateText),
        sa.Column("scope", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("summary_text", sa.Text),
        sa.Column("preamble_text", sa.Text),
        sa.Column("imported_at", UtcDateTime),
        sa.Column("sort", sa.Integer, nullable=False),
    )
    op.create_table(
        "clause",
        sa.Column("document_key", sa.String(64), sa.ForeignKey("policy_document.key"), primary_key=True),
        sa.Column("number", sa.String(16), primary_key=True),
        sa.Column("sort", sa.Integer, nullable=False),
        sa.Column("label", sa.Text),
        sa.Column("label_en", sa.Text),
        sa.Column("heading", sa.Text),
        sa.Column("text", sa.Text),
        sa.Column("responsible", sa.Text),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("document_key", sa.String(64)),
        sa.Column("clause_number", sa.String(16)),
        sa.Column("publication", sa.Text),
        sa.Column("published_on", sa.String(64)),
        sa.CheckConstraint("clause_number IS NULL OR document_key IS NOT NULL", name="clause_of_a_document"),
        sa.CheckConstraint("(document_key IS NULL) <> (publication IS NULL)", name="document_or_publication"),
        sa.ForeignKeyConstraint(["document_key", "clause_number"], ["clause.document_key", "clause.number"]),
    )
    op.create_table(
        "belt_line",
        *_recorded(),
        *_cited(),
        *_geometry(),
        _one_open_row_a_key("belt_line"),
    )
    op.create_table(
        "belt_section",
        *_recorded(),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("sort", sa.Integer, nullable=False),
        sa.Column("name_zh", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("function_zh", sa.Text, nullable=False),
        sa.Column("function_en", sa.Text, nullable=False),
        sa.Column("length_km", sa.Double),
        *_valid(),
        *_cited(),
        _one_open_row_a_key("belt_section"),
    )
    op.create_table(
        "boundary_version",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("layer", sa.String(24), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("method", sa.String(24), nullable=False),
        sa.Column("accuracy_m", sa.Double),
        sa.Column("source_datum", sa.String(64), nullable=False),
        sa.Column("measured_area_ha", sa.Double),
        sa.Column("basis_zh", sa.Text, nullable=False),
        sa.Column("basis_en", sa.Text, nullable=False),
        sa.Column("restored_version", sa.Integer),
        sa.Column("changeset_id", sa.Integer, sa.ForeignKey("changeset.id"), index=True),
        *_valid(),
        *_cited(),
        *_identity(),
        *_geometry(),
        sa.UniqueConstraint("layer", "code", "version"),
        sa.Index("ix_boundary_version_open", "layer", "superseded_at"),
    )
    op.create_table(
        "chain",
        sa.Column("code", sa.String(16), primary_key=True),
        sa.Column("name_zh", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("sort", sa.Integer, nullable=False),
        *_cited(),
        *_identity(),
    )
    op.create_table(
        "industry",
        sa.Column("code", sa.String(64), primary_key=True),
        sa.Column("name_zh", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("formation_zh", sa.Text),
        sa.Column("formation_en", sa.Text),
        sa.Column("sort", sa.Integer, nullable=False),
        *_cited(),
        *_identity(),
    )
    op.create_table(
        "industry_class",
        sa.Column("code", sa.String(8), primary_key=True),
        sa.Column("name_zh", sa.Text, nullable=False),
        *_cited(),
        *_identity(),
    )
    op.create_table(
        "network_edge",
        *_recorded(),
        sa.Column("kind", _words("routekind", "road rail"), nullable=False),
        sa.Column("length_km", sa.Double, nullable=False),
        sa.Column("is_belt", sa.Boolean, nullable=False),
        *_cited(),
        *_geometry(),
        _one_open_row_a_key("network_edge"),
    )
    op.create_table(
        "offer_confirmation",
        *_recorded(),
        sa.Column("offer_code", sa.String(64), nullable=False, index=True),
        sa.Column("confirmed_on", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date, nullable=False),
        sa.Column("confirmed_by", sa.Text, nullable=False),
        *_cited(),
        _one_open_row_a_key("offer_confirmation"),
    )
    op.create_table(
        "offer_tier",
        *_recorded(),
        sa.Column("offer_code", sa.String(64), nullable=False, index=True),
        sa.Column("sort", sa.Integer, nullable=False),
        sa.Column("quantity", sa.String(64), nullable=False),
        sa.Column("lower", sa.Double, nullable=False),
        sa.Column("upper", sa.Double),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("value", sa.Double, nullable=False),
        sa.Column("value_unit", sa.String(64), nullable=False),
        *_cited(),
        sa.CheckConstraint("upper IS NULL OR upper > lower", name="bounds_in_order"),
        _one_open_row_a_key("offer_tier"),
    )
    op.create_table(
        "place",
        sa.Column("code", sa.String(64), primary_key=True),
        sa.Column("layer", _words("placelayer", "prefecture county park zone"), nullable=False, index=True),
        sa.Column(
            "kind",
            _words(
                "placekind",
                "prefecture county development_zone industrial_park industry_base logistics_park "
                "functional_area specialty_park chemical_park expansion_area sub_zone",
            ),
            nullable=False,
        ),
        sa.Column("name_zh", sa.Text, nullable=False),
        sa.Column("short_name_zh", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("name_en_is_official", sa.Boolean, nullable=False),
        sa.Column("parent_code", sa.String(64), sa.ForeignKey("place.code"), index=True),
        sa.Column("county_code", sa.String(64), sa.ForeignKey("place.code"), index=True),
        sa.Column("is_on_belt", sa.Boolean, nullable=False),
        sa.Column("sort", sa.Integer, nullable=False),
        *_valid(),
        *_cited(),
        *_identity(),
    )
    op.create_table(
        "provincial_list_item",
        *_recorded(),
        sa.Column("list_code", sa.String(64), nullable=False, index=True),
        sa.Column("sort", sa.Integer, nullable=False),
        sa.Column("name_zh", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        *_cited(),
        _one_open_row_a_key("provincial_list_item"),
    )
    op.create_table(
        "belt_section_place",
        sa.Column("section_code", sa.String(64), primary_key=True),
        sa.Column("place_code", sa.String(64), sa.ForeignKey("place.code"), primary_key=True),
    )
    op.create_table(
        "belt_stop",
        *_recorded(),
        sa.Column("sort", sa.Integer, nullable=False),
        sa.Column("name_zh", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("county_code", sa.String(64), sa.ForeignKey("place.code")),
        *_cited(),
        *_geometry(),
        _one_open_row_a_key("belt_stop"),
    )
    op.create_table(
        "catalogue_item",
        *_recorded(),
        sa.Column("catalogue", sa.String(64), nullable=False, index=True),
        sa.Column("sort", sa.Integer, nullable=False),
        sa.Column("name_zh", sa.Text),
        sa.Column("name_en", sa.Text),
        sa.Column("chain_code", sa.String(16), sa.ForeignKey("chain.code")),
        *_cited(),
        _one_open_row_a_key("catalogue_item"),
    )
    op.create_table(
        "chain_clause",
        sa.Column("chain_code", sa.String(16), sa.ForeignKey("chain.code"), primary_key=True),
        sa.Column("document_key", sa.String(64), primary_key=True),
        sa.Column("clause_number", sa.String(16), primary_key=True),
        sa.ForeignKeyConstraint(["document_key", "clause_number"], ["clause.document_key", "clause.number"]),
    )
    op.create_table(
        "chain_node",
        sa.Column("code", sa.String(64), primary_key=True),
        sa.Column("chain_code", sa.String(16), sa.ForeignKey("chain.code"), nullable=False, index=True),
        sa.Column("name_zh", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("stage", _words("stage", "upstream midstream downstream support"), nullable=False),
        sa.Column("industry_class_code", sa.String(8), sa.ForeignKey("industry_class.code")),
        sa.Column("industry_class_grade", _words("industry_class_grade", "A B C D")),
        sa.Column("unit", sa.String(24)),
        sa.Column("radius_min", sa.Double),
        sa.Column("sort", sa.Integer, nullable=False),
        *_cited(),
        *_identity(),
    )
    op.create_table(
        "cluster",
        *_recorded(),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name_zh", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("place_code", sa.String(64), sa.ForeignKey("place.code"), index=True),
        sa.Column("chain_code", sa.String(16), sa.ForeignKey("chain.code"), index=True),
        *_valid(),
        *_cited(),
        _one_open_row_a_key("cluster"),
    )
    op.create_table(
        "designation",
        *_recorded(),
        sa.Column("place_code", sa.String(64), sa.ForeignKey("place.code"), nullable=False, index=True),
        sa.Column(
            "kind", _words("designationkind", "industry cluster function title leading_industry"), nullable=False
        ),
        sa.Column("subject_zh", sa.Text, nullable=False),
        sa.Column("subject_en", sa.Text, nullable=False),
        sa.Column("chain_code", sa.String(16), sa.ForeignKey("chain.code"), index=True),
        sa.Column("conflict", sa.String(64)),
        *_valid(),
        *_cited(),
        _one_open_row_a_key("designation"),
    )
    op.create_table(
        "enquiry",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.Column("place_code", sa.String(64), sa.ForeignKey("place.code"), index=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("answered_at", UtcDateTime),
    )
    op.create_table(
        "enterprise",
        sa.Column("code", sa.String(64), primary_key=True),
        sa.Column("name_zh", sa.Text, nullable=False),
        sa.Column("short_name_zh", sa.Text),
        sa.Column("place_code", sa.String(64), sa.ForeignKey("place.code"), index=True),
        sa.Column("county_code", sa.String(64), sa.ForeignKey("place.code"), index=True),
        sa.Column("address", sa.Text),
        sa.Column("listed_code", sa.Text),
        sa.Column("lon", sa.Double),
        sa.Column("lat", sa.Double),
        sa.Column("source_datum", sa.String(64)),
        sa.Column("product", sa.Text),
        sa.Column("evidence_on", sa.String(64)),
        sa.Column("sort", sa.Integer, nullable=False),
        *_cited(),
        *_identity(),
    )
    op.create_table(
        "facility",
        sa.Column("code", sa.String(64), primary_key=True),
        sa.Column(
            "system", _words("supportsystem", "innovation talent market logistics platform finance"), nullable=False
        ),
        sa.Column("type_zh", sa.Text, nullable=False),
        sa.Column("name_zh", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("place_code", sa.String(64), sa.ForeignKey("place.code"), index=True),
        sa.Column("county_code", sa.String(64), sa.ForeignKey("place.code"), index=True),
        sa.Column("lon", sa.Double),
        sa.Column("lat", sa.Double),
        sa.Column("source_datum", sa.String(64)),
        sa.Column("status_zh", sa.Text),
        sa.Column("year", sa.String(64)),
        sa.Column("sort", sa.Integer, nullable=False),
        *_cited(),
        *_identity(),
    )
    op.create_table(
        "observation",
        *_recorded(),
        sa.Column("indicator_zh", sa.Text, nullable=False),
        sa.Column("indicator_en", sa.Text, nullable=False),
        sa.Column("scope_zh", sa.Text, nullable=False),
        sa.Column("scope_en", sa.Text, nullable=False),
        sa.Column("place_code", sa.String(64), sa.ForeignKey("place.code"), index=True),
        sa.Column("period", sa.String(64)),
        sa.Column("value", sa.Double),
        sa.Column("value_text", sa.Text),
        sa.Column("unit", sa.String(64)),
        sa.Column(
            "kind",
            _words("observationkind", "observed estimate capacity target derived reported list approved unknown"),
            nullable=False,
        ),
        sa.Column("conflict", sa.String(64)),
        sa.Column("target_key", sa.String(255)),
        sa.Column("sort", sa.Integer, nullable=False),
        *_cited(),
        _one_open_row_a_key("observation"),
    )
    op.create_table(
        "offer",
        *_recorded(),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column(
            "kind", _words("offerkind", "land_use_tax plant_subsidy lease finance talent land other"), nullable=False
        ),
        sa.Column("name_zh", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("rule_zh", sa.Text),
        sa.Column("rule_en", sa.Text),
        sa.Column("value", sa.Double),
        sa.Column("unit", sa.String(64)),
        sa.Column("unit_en", sa.String(64)),
        sa.Column("scope_zh", sa.Text),
        sa.Column("scope_en", sa.Text),
        sa.Column("place_code", sa.String(64), sa.ForeignKey("place.code"), index=True),
        sa.Column("reported", _words("offerreport", "unconfirmed expired reported_current not_found"), nullable=False),
        sa.Column("sort", sa.Integer, nullable=False),
        *_valid(),
        *_cited(),
        _one_open_row_a_key("offer"),
    )
    op.create_table(
        "place_area",
        *_recorded(),
        sa.Column("place_code", sa.String(64), sa.ForeignKey("place.code"), nullable=False, index=True),
        sa.Column("kind", _words("areakind", "approved planned granted built developed target"), nullable=False),
        sa.Column("area_ha", sa.Double, nullable=False),
        sa.Column("comparison", _words("comparison", "eq ge gt le lt about range_low range_high"), nullable=False),
        sa.Column("year", sa.String(64)),
        sa.Column("stated", sa.Text, nullable=False),
        sa.Column("is_for_outline", sa.Boolean, nullable=False),
        *_cited(),
        _one_open_row_a_key("place_area"),
    )
    op.create_table(
        "place_code",
        *_recorded(),
        sa.Column("place_code", sa.String(64), sa.ForeignKey("place.code"), nullable=False, index=True),
        sa.Column("scheme", sa.String(64), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        *_cited(),
        _one_open_row_a_key("place_code"),
    )
    op.create_table(
        "place_event",
        *_recorded(),
        sa.Column("place_code", sa.String(64), sa.ForeignKey("place.code"), nullable=False, index=True),
        sa.Column("event_zh", sa.Text, nullable=False),
        sa.Column("event_en", sa.Text, nullable=False),
        sa.Column("happened_on", PartialDateText),
        sa.Column("happened_on_stated", sa.String(64)),
        *_cited(),
        _one_open_row_a_key("place_event"),
    )
    op.create_table(
        "place_level",
        *_recorded(),
        sa.Column("place_code", sa.String(64), sa.ForeignKey("place.code"), nullable=False, index=True),
        sa.Column("level", _words("placelevel", "national provincial municipal none"), nullable=False),
        sa.Column("label_zh", sa.Text, nullable=False),
        sa.Column("label_en", sa.Text, nullable=False),
        *_valid(),
        *_cited(),
        _one_open_row_a_key("place_level"),
    )
    op.create_table(
        "place_name",
        *_recorded(),
        sa.Column("place_code", sa.String(64), sa.ForeignKey("place.code"), nullable=False, index=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", _words("namekind", "official short former alias"), nullable=False),
        *_valid(),
        *_cited(),
        _one_open_row_a_key("place_name"),
    )
    op.create_table(
        "place_position",
        *_recorded(),
        sa.Column("place_code", sa.String(64), sa.ForeignKey("place.code"), nullable=False, index=True),
        sa.Column("source_datum", sa.String(64), nullable=False),
        sa.Column("accuracy_m", sa.Double, nullable=False),
        sa.Column("basis_zh", sa.Text, nullable=False),
        sa.Column("basis_en", sa.Text, nullable=False),
        *_cited(),
        *_geometry(),
        _one_open_row_a_key("place_position"),
    )
    op.create_table(
        "plant",
        *_recorded(),
        sa.Column("code", sa.String(64), nullable=False, index=True),
        sa.Column("name_zh", sa.Text, nullable=False),
        sa.Column("place_code", sa.String(64), sa.ForeignKey("place.code"), index=True),
        sa.Column("storeys", sa.Integer),
        sa.Column("floor_area_m2", sa.Double),
        sa.Column("vacant_area_m2", sa.Double),
        *_valid(),
        *_cited(),
        sa.CheckConstraint("floor_area_m2 IS NULL OR floor_area_m2 > 0", name="floor_area_above_zero"),
        _one_open_row_a_key("plant"),
    )
    op.create_table(
        "plot",
        *_recorded(),
        sa.Column("code", sa.String(64), nullable=False, index=True),
        sa.Column("name_zh", sa.Text, nullable=False),
        sa.Column("place_code", sa.String(64), sa.ForeignKey("place.code"), index=True),
        sa.Column("area_ha", sa.Double),
        sa.Column("land_use_code", sa.String(16)),
        sa.Column("is_vacant", sa.Boolean),
        *_valid(),
        *_cited(),
        sa.CheckConstraint("area_ha IS NULL OR area_ha > 0", name="area_above_zero"),
        _one_open_row_a_key("plot"),
    )
    op.create_table(
        "survey",
        *_recorded(),
        sa.Column("place_code", sa.String(64), sa.ForeignKey("place.code"), nullable=False, index=True),
        sa.Column("chain_code", sa.String(16), sa.ForeignKey("chain.code"), nullable=False, index=True),
        sa.Column("surveyed_on", sa.Date, nullable=False),
        *_cited(),
        _one_open_row_a_key("survey"),
    )
    op.create_table(
        "target",
        *_recorded(),
        sa.Column("indicator_zh", sa.Text, nullable=False),
        sa.Column("indicator_en", sa.Text, nullable=False),
        sa.Column("value", sa.Double, nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("unit_en", sa.String(64), nullable=False),
        sa.Column("comparison", _words("comparison", "eq ge gt le lt about range_low range_high"), nullable=False),
        sa.Column("year", sa.String(64)),
        sa.Column("scope_zh", sa.Text, nullable=False),
        sa.Column("scope_en", sa.Text, nullable=False),
        sa.Column("place_code", sa.String(64), sa.ForeignKey("place.code"), index=True),
        sa.Column("chain_code", sa.String(16), sa.ForeignKey("chain.code")),
        sa.Column("industry_code", sa.String(64), sa.ForeignKey("industry.code")),
        sa.Column("responsible", sa.Text),
        sa.Column("sort", sa.Integer, nullable=False),
        *_valid(),
        *_cited(),
        _one_open_row_a_key("target"),
    )
    op.create_table(
        "capacity",
        *_recorded(),
        sa.Column("enterprise_code", sa.String(64), sa.ForeignKey("enterprise.code"), nullable=False, index=True),
        sa.Column("node_code", sa.String(64), sa.ForeignKey("chain_node.code"), index=True),
        sa.Column(
            "kind",
            _words("capacitykind", "observed designed planned signed under_construction unclear"),
            nullable=False,
        ),
        sa.Column("status", _words("capacitystatus", "reported estimated unknown"), nullable=False),
        sa.Column("value", sa.Double),
        sa.Column("unit", sa.String(64)),
        sa.Column("year", sa.String(64)),
        sa.Column("stated", sa.Text),
        *_cited(),
        sa.CheckConstraint("value IS NULL OR value >= 0", name="value_not_negative"),
        _one_open_row_a_key("capacity"),
    )
    op.create_table(
        "chain_edge",
        *_recorded(),
        sa.Column("chain_code", sa.String(16), sa.ForeignKey("chain.code"), nullable=False, index=True),
        sa.Column("supplier_code", sa.String(64), sa.ForeignKey("chain_node.code"), nullable=False, index=True),
        sa.Column("buyer_code", sa.String(64), sa.ForeignKey("chain_node.code"), nullable=False, index=True),
        sa.Column("edge_type", _words("edgetype", "input by_product recycling service"), nullable=False),
        sa.Column("alternative_group", sa.String(24)),
        sa.Column("coefficient", sa.Double),
        sa.Column("coefficient_low", sa.Double),
        sa.Column("coefficient_high", sa.Double),
        sa.Column("coefficient_year", sa.String(24)),
        sa.Column("coefficient_grade", _words("coefficient_grade", "A B C D")),
        sa.Column("physical_coefficient", sa.Double),
        sa.Column("physical_unit", sa.String(64)),
        sa.Column("cost_share", sa.Double),
        *_cited(),
        sa.CheckConstraint("coefficient IS NULL OR coefficient >= 0", name="coefficient_not_negative"),
        sa.CheckConstraint("supplier_code <> buyer_code", name="no_loop"),
        _one_open_row_a_key("chain_edge"),
    )
    op.create_table(
        "chain_gap",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("place_code", sa.String(64), sa.ForeignKey("place.code"), nullable=False),
        sa.Column("node_code", sa.String(64), sa.ForeignKey("chain_node.code"), nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("radius_min", sa.Double),
        sa.Column("data_revision", sa.Integer, nullable=False),
        sa.Column("computed_at", UtcDateTime, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("demand_yi_yuan", sa.Float),
        sa.Column("supplied_yi_yuan", sa.Float),
        sa.Column("coverage_low", sa.Float),
        sa.Column("coverage_high", sa.Float),
        sa.Index("ix_chain_gap_of_place", "place_code", "node_code", "as_of"),
    )
    op.create_table(
        "chain_same_as",
        sa.Column("node_code", sa.String(64), sa.ForeignKey("chain_node.code"), primary_key=True),
        sa.Column("same_as_code", sa.String(64), sa.ForeignKey("chain_node.code"), primary_key=True),
    )
    op.create_table(
        "enterprise_node",
        *_recorded(),
        sa.Column("enterprise_code", sa.String(64), sa.ForeignKey("enterprise.code"), nullable=False, index=True),
        sa.Column("node_code", sa.String(64), sa.ForeignKey("chain_node.code"), nullable=False, index=True),
        sa.Column("is_built", sa.Boolean, nullable=False),
        sa.Column("basis", sa.Text),
        *_cited(),
        _one_open_row_a_key("enterprise_node"),
    )
    op.create_table(
        "lead",
        *_recorded(),
        sa.Column("code", sa.String(64), nullable=False, index=True),
        sa.Column("name_zh", sa.Text, nullable=False),
        sa.Column("node_code", sa.String(64), sa.ForeignKey("chain_node.code"), index=True),
        sa.Column("reason_zh", sa.Text),
        *_valid(),
        *_cited(),
        _one_open_row_a_key("lead"),
    )
    op.create_table(
        "project",
        *_recorded(),
        sa.Column("code", sa.String(64), nullable=False, index=True),
        sa.Column("name_zh", sa.Text, nullable=False),
        sa.Column("place_code", sa.String(64), sa.ForeignKey("place.code"), index=True),
        sa.Column("node_code", sa.String(64), sa.ForeignKey("chain_node.code"), index=True),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("investment_yi_yuan", sa.Double),
        *_valid(),
        *_cited(),
        _one_open_row_a_key("project"),
    )
    citation = [sa.text(f"coalesce({column}, '')") for column in CITATION]
    op.create_index("uq_source_citation", "source", citation, unique=True)
    for table in SPATIAL_TABLES:
        for statement in spatial_index_statements(table, dialect):
            op.execute(statement)
    for statement in _audit_guard(dialect):
        op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for statement in _audit_guard_removal(dialect):
        op.execute(statement)
    for table in SPATIAL_TABLES:
        for statement in drop_spatial_index_statements(table, dialect):
            op.execute(statement)
    for table in reversed(TABLES):
        op.drop_table(table)


def _audit_guard(dialect: str) -> list[str]:
    """The audit log is only ever added to."""
    if dialect == "postgresql":
        return [
            """CREATE FUNCTION audit_entry_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
               BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$""",
            """CREATE TRIGGER audit_entry_is_kept BEFORE UPDATE OR DELETE ON audit_entry
               FOR EACH ROW EXECUTE FUNCTION audit_entry_is_kept()""",
        ]
    return [
        f"""CREATE TRIGGER audit_entry_no_{verb.lower()} BEFORE {verb} ON audit_entry BEGIN
            SELECT RAISE(ABORT, 'the audit log is append-only'); END"""
        for verb in ("UPDATE", "DELETE")
    ]


def _audit_guard_removal(dialect: str) -> list[str]:
    if dialect == "postgresql":
        return ["DROP TRIGGER audit_entry_is_kept ON audit_entry", "DROP FUNCTION audit_entry_is_kept()"]
    return [f"DROP TRIGGER audit_entry_no_{verb}" for verb in ("update", "delete")]
