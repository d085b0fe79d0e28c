"""Certificates by kind of campaign.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def _account(name: str, table: str, *, nullable: bool = True) -> sa.Column:
    key = sa.ForeignKey("account.id", name=f"fk_{table}_{name}")
    return sa.Column(name, sa.BigInteger(), key, nullable=nullable)


def upgrade() -> None:
    kind, held = "certificate_kind", "certificate"
    op.create_table(
        kind,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        _account("created_by", kind),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{kind}"),
        sa.CheckConstraint("length(name) between 1 and 60 and length(goal) between 1 and 500", name="lengths"),
    )
    op.create_index("uq_certificate_kind_name", kind, [sa.text("lower(name)")], unique=True)
    op.create_table(
        held,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "kind_id", sa.BigInteger(), sa.ForeignKey("certificate_kind.id", name=f"fk_{held}_kind_id"), nullable=False
        ),
        _account("operator_id", held, nullable=False),
        _account("given_by", held),
        sa.Column("given_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        _account("withdrawn_by", held),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_words", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{held}"),
        sa.CheckConstraint("(withdrawn_at is null) = (withdrawn_words is null)", name="withdrawn_with_a_word"),
    )
    op.create_index("ix_certificate_kind_id", held, ["kind_id"])
    op.create_index(
        "uq_certificate_held", held, ["operator_id", "kind_id"], unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )  # fmt: skip
    op.add_column(
        "campaign",
        sa.Column(
            "certificate_kind_id", sa.BigInteger(),
            sa.ForeignKey("certificate_kind.id", name="fk_campaign_certificate_kind_id"), nullable=True,
        ),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_column("campaign", "certificate_kind_id")
    op.drop_table("certificate")
    op.drop_table("certificate_kind")
