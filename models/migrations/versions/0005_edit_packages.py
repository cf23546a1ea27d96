"""Edit packages that were taken along, and the conflicts they came back with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime
from models.geometry import Geometry, drop_keep_geometry_statements, keep_geometry_statements

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _words(name: str, words: str) -> sa.Enum:
    return sa.Enum(*words.split(), name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "edit_package",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("layer", _words("layer", "parks zones plots belt_sections"), nullable=False),
        sa.Column("data_revision", sa.Integer, nullable=False),
        sa.Column("made_by", sa.String(128), nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("taken", sa.JSON, nullable=False),
    )
    op.create_table(
        "merge_conflict",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("changeset_id", sa.Integer, sa.ForeignKey("changeset.id"), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column(
            "outcome",
            _words(
                "outcome",
                "unchanged mine theirs same both_changed both_added changed_and_removed removed_and_changed",
            ),
            nullable=False,
        ),
        sa.Column("base_version", sa.Integer),
        sa.Column("base_name", sa.Text),
        sa.Column("their_version", sa.Integer, nullable=False),
        sa.Column("their_name", sa.Text),
        sa.Column("my_name", sa.Text),
        sa.Column("geometry", Geometry),
        sa.Column(
            "decision",
            _words("decision", "keep_published take_mine my_outline_their_name their_outline_my_name"),
        ),
        sa.Column("decided_by", sa.String(128)),
        sa.Column("decided_at", UtcDateTime),
        sa.UniqueConstraint("changeset_id", "code"),
    )
    for statement in keep_geometry_statements("merge_conflict", op.get_bind().dialect.name, "geometry"):
        op.execute(statement)


def downgrade() -> None:
    for statement in drop_keep_geometry_statements("merge_conflict", op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table("merge_conflict")
    op.drop_table("edit_package")
