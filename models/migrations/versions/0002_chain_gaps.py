"""What chain gaps are computed from: shares of substitutes, bounds, prices, stated minutes, what a revision touched.

The gaps themselves are computed and not kept (docs/adr/0010), so their table goes.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.base import PartialDateText, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chain_edge", sa.Column("share", sa.Double))
    op.add_column("capacity", sa.Column("upper_value", sa.Double))
    op.add_column("capacity", sa.Column("is_published", sa.Boolean, nullable=False, server_default=sa.true()))
    op.add_column("dataset_state", sa.Column("structure_revision", sa.Integer, nullable=False, server_default="0"))
    op.create_table(
        "reference_price",
        *_fact(),
        sa.Column("node_code", sa.String(64), sa.ForeignKey("chain_node.code"), nullable=False, index=True),
        sa.Column("price_yuan", sa.Double, nullable=False),
        sa.Column("unit", sa.String(24), nullable=False),
        sa.Column("priced_on", PartialDateText, nullable=False),
        sa.CheckConstraint("price_yuan > 0", name="above_zero"),
        _one_open_row_a_key("reference_price"),
    )
    op.create_table(
        "travel_minutes",
        *_fact(),
        sa.Column("place_a_code", sa.String(64), sa.ForeignKey("place.code"), nullable=False, index=True),
        sa.Column("place_b_code", sa.String(64), sa.ForeignKey("place.code"), nullable=False, index=True),
        sa.Column("minutes", sa.Double, nullable=False),
        sa.CheckConstraint("place_a_code < place_b_code", name="in_order"),
        sa.CheckConstraint("minutes >= 0", name="not_negative"),
        _one_open_row_a_key("travel_minutes"),
    )
    op.create_table(
        "capacity_change",
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("place_code", sa.String(64), sa.ForeignKey("place.code"), primary_key=True),
        sa.Column("node_code", sa.String(64), sa.ForeignKey("chain_node.code"), primary_key=True),
    )
    op.drop_table("chain_gap")


def downgrade() -> None:
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
    for table in ("capacity_change", "travel_minutes", "reference_price"):
        op.drop_table(table)
    op.drop_column("dataset_state", "structure_revision")
    op.drop_column("capacity", "is_published")
    op.drop_column("capacity", "upper_value")
    op.drop_column("chain_edge", "share")


def _fact() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.Column("superseded_at", UtcDateTime),
        sa.Column("source_id", sa.Integer, sa.ForeignKey("source.id"), nullable=False, index=True),
        sa.Column(
            "grade",
            sa.Enum("A", "B", "C", "D", name="grade", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("note", sa.Text),
    ]


def _one_open_row_a_key(table: str) -> sa.Index:
    is_open = sa.text("superseded_at IS NULL")
    return sa.Index(f"uq_{table}_open_key", "key", unique=True, sqlite_where=is_open, postgresql_where=is_open)
