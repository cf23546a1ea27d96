"""The GIS workbench: what a changeset says of itself, its edits, removals, remembered columns, uploads under way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import PartialDateText, UtcDateTime
from models.geometry import Geometry, drop_keep_geometry_statements, keep_geometry_statements

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _words(name: str, words: str) -> sa.Enum:
    return sa.Enum(*words.split(), name=name, native_enum=False, create_constraint=True, length=24)


def _changeset_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("method", sa.String(24), nullable=False, server_default="surveyed"),
        sa.Column("grade", sa.String(24), nullable=False, server_default="C"),
        sa.Column("note", sa.Text),
        sa.Column("file_name", sa.Text),
        sa.Column("file_sha256", sa.String(64)),
        sa.Column("file_date", PartialDateText),
        sa.Column("crs", sa.String(64)),
        sa.Column("encoding", sa.String(64)),
        sa.Column("options", sa.JSON, nullable=False, server_default="{}"),
        sa.Column("findings", sa.JSON, nullable=False, server_default="[]"),
        sa.Column("checked_by", sa.String(128)),
        sa.Column("checked_at", UtcDateTime),
        sa.Column("impact_hash", sa.String(64)),
        sa.Column("valid_from", PartialDateText),
        sa.Column("withdrawn_by", sa.String(128)),
        sa.Column("withdrawn_at", UtcDateTime),
    ]


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for column in _changeset_columns():
        op.add_column("changeset", column)
    op.create_index("ix_changeset_status", "changeset", ["status"])
    op.add_column("boundary_version", sa.Column("is_removal", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "changeset_edit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("changeset_id", sa.Integer, sa.ForeignKey("changeset.id"), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("action", _words("action", "add change remove"), nullable=False),
        sa.Column("base_version", sa.Integer),
        sa.Column("geometry", Geometry),
        sa.Column("number", sa.Integer),
        sa.Column("before_wkb", sa.LargeBinary),
        sa.Column("area_change_m2", sa.Double, nullable=False),
        sa.Column("attributes", sa.JSON, nullable=False),
        sa.UniqueConstraint("changeset_id", "code"),
    )
    for statement in keep_geometry_statements("changeset_edit", dialect, "geometry"):
        op.execute(statement)
    op.create_table(
        "column_mapping",
        sa.Column("layer", _words("layer", "parks zones plots belt_sections"), primary_key=True),
        sa.Column("columns_hash", sa.String(64), primary_key=True),
        sa.Column("mapping", sa.JSON, nullable=False),
        sa.Column("used_by", sa.String(128), nullable=False),
        sa.Column("used_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "upload_job",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("made_by", sa.String(128), nullable=False, index=True),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("told_at", UtcDateTime, nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("options", sa.JSON, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("share", sa.Double, nullable=False),
        sa.Column("answer", sa.JSON),
        sa.Column("changeset_id", sa.Integer, sa.ForeignKey("changeset.id")),
    )


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.drop_table("upload_job")
    op.drop_table("column_mapping")
    for statement in drop_keep_geometry_statements("changeset_edit", dialect):
        op.execute(statement)
    op.drop_table("changeset_edit")
    op.drop_column("boundary_version", "is_removal")
    op.drop_index("ix_changeset_status", "changeset")
    for column in reversed(_changeset_columns()):
        op.drop_column("changeset", column.name)
