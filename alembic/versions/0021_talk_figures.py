"""What was measured in calls under review.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("review", sa.Column("figures", postgresql.JSONB(), server_default="{}", nullable=False))
    op.add_column("review", sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_review_unmeasured", "review", ["risk"],
        postgresql_where=sa.text("measured_at is null and verdict is null"),
    )


def downgrade() -> None:
    op.drop_index("ix_review_unmeasured", "review")
    op.drop_column("review", "measured_at")
    op.drop_column("review", "figures")
