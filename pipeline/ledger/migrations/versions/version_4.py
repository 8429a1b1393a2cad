"""With what each file was read. Of files that were read before nobody knows it: they get no row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "4"
down_revision = "3"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "read_with",
        sa.Column("arrival", sa.Integer, sa.ForeignKey("arrivals.id"), primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("reader", "since", "until")),
        sa.Column("has_arrival_day", sa.Integer, nullable=False),
        sa.Column("late_at", sa.Integer),
        sa.Column("sum", sa.Text, nullable=False),
    )
