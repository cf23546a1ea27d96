"""Conflicts keep what is said of a plot beside its outline."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("merge_conflict", sa.Column("attributes", sa.JSON, nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("merge_conflict", "attributes")
