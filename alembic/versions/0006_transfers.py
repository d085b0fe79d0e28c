"""Warm transfers: a call for which no manager was free, and the line about it in the draft.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("call", sa.Column("no_manager_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("call_draft", sa.Column("prepared", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("call_draft", "prepared")
    op.drop_column("call", "no_manager_at")
