"""Accounts, their sessions, and the tries to log in; the audit log is read by actor and by action."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROLES = ("viewer", "officer", "gis_editor", "gis_publisher", "admin")


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("folded_name", sa.String(128), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column(
            "role",
            sa.Enum(*ROLES, name="role", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("is_disabled", sa.Boolean, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("folded_name"),
    )
    op.create_table(
        "account_park",
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id"), primary_key=True),
        sa.Column("place_code", sa.String(64), sa.ForeignKey("place.code"), primary_key=True),
    )
    op.create_table(
        "login_session",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column("csrf_token", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("last_seen_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
        sa.Column("revoked_at", UtcDateTime),
        sa.Column("address", sa.String(45)),
        sa.Column("agent", sa.String(120)),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_table(
        "login_attempt",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("folded_name", sa.String(128), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("is_success", sa.Boolean, nullable=False),
        sa.Index("ix_login_attempt_of_name", "folded_name", "at"),
        sa.Index("ix_login_attempt_of_address", "address", "at"),
    )
    op.create_index("ix_audit_entry_actor", "audit_entry", ["actor"])
    op.create_index("ix_audit_entry_action", "audit_entry", ["action"])


def downgrade() -> None:
    op.drop_index("ix_audit_entry_action", "audit_entry")
    op.drop_index("ix_audit_entry_actor", "audit_entry")
    for table in ("login_attempt", "login_session", "account_park", "account"):
        op.drop_table(table)
