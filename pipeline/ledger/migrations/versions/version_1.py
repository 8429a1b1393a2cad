"""The first schema: what arrived, what was read and found, what was published."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None

_YES_OR_NO = sa.Boolean().with_variant(sa.Integer(), "postgresql")
"""SQLite keeps it as a number, whatever the table says."""


def upgrade() -> None:
    """Make the tables, as far as a run that was killed has not made them."""
    op.create_table("meta", sa.Column("name", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False), if_not_exists=True)
    op.create_table(
        "arrivals",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("is_assignment", _YES_OR_NO, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("path", "name", "sha256")),
        sa.Column("size", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("received_at", "channel")),
        *(sa.Column(name, sa.Text) for name in ("sender", "message_id", "envelope")),
        sa.UniqueConstraint("path", "sha256", "received_at"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_table(
        "readings",
        sa.Column("arrival", sa.Integer, sa.ForeignKey("arrivals.id"), primary_key=True),
        sa.Column("accepted", _YES_OR_NO, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("day", "district", "cover", "rows")),
        if_not_exists=True,
    )
    op.create_index("ix_readings_day", "readings", ["day"], if_not_exists=True)
    op.create_table(
        "findings",
        sa.Column("arrival", sa.Integer, sa.ForeignKey("arrivals.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("code", "severity", "message", "sheet")),
        *(sa.Column(name, sa.Integer) for name in ("row", "column")),
        sa.Column("value", sa.Text, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "publications",
        sa.Column("day", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("fingerprint", "manifest")),
        if_not_exists=True,
    )
