"""Editions. Some of the other tables came before them without a new number, some after: a ledger has them or has them not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """Make the tables that are missing."""
    _about_files()
    _about_days()
    _about_letters()


def _about_files() -> None:
    op.create_table(
        "sums",
        sa.Column("arrival", sa.Integer, sa.ForeignKey("arrivals.id"), primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "attempts", sa.Column("sha256", sa.Text, primary_key=True), sa.Column("alone", sa.Integer, nullable=False), if_not_exists=True
    )
    op.create_table("faults", sa.Column("arrival", sa.Integer, sa.ForeignKey("arrivals.id"), primary_key=True), if_not_exists=True)
    op.create_table(
        "districts",
        sa.Column("snapshot", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("after", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kept_as", "name")),
        if_not_exists=True,
    )


def _about_days() -> None:
    op.create_table(
        "notices",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("day", "district")),
        sa.UniqueConstraint("day", "district"),
        if_not_exists=True,
    )
    op.create_table(
        "published_rules",
        sa.Column("day", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("digest", "rules", "compared", "differing")),
        if_not_exists=True,
    )
    op.create_table(
        "editions",
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("published_at", "manifest", "contents")),
        *(sa.Column(name, sa.LargeBinary, nullable=False) for name in ("manifest_text", "summary_text")),
        if_not_exists=True,
    )


def _about_letters() -> None:
    op.create_table(
        "letters",
        sa.Column("message_id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "day", "district", "recipient", "subject", "state")),
        sa.Column("attempts", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("said", "at")),
        if_not_exists=True,
    )
    op.create_table("letter_items", _letter(), sa.Column("digest", sa.Text, primary_key=True), if_not_exists=True)
    op.create_table("letter_editions", _letter(), sa.Column("manifest", sa.Text, nullable=False), if_not_exists=True)


def _letter() -> sa.Column[str]:
    return sa.Column("message_id", sa.Text, sa.ForeignKey("letters.message_id"), primary_key=True)
