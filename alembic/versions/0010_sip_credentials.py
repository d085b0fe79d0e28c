"""Passwords of SIP users, as digests.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sip_credential",
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("browser", "phone", name="sipuserkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("realm", sa.Text(), nullable=False),
        sa.Column("a1_hash", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role in ('operator', 'manager')", name=op.f("ck_sip_credential_role_known")),
        sa.CheckConstraint("a1_hash ~ '^[0-9a-f]{32}$'", name=op.f("ck_sip_credential_a1_hash_is_md5")),
        sa.CheckConstraint(
            "kind <> 'browser' or valid_until is not null", name=op.f("ck_sip_credential_browser_ends")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_sip_credential_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_sip_credential")),
    )
    op.create_index(op.f("ix_sip_credential_account_id"), "sip_credential", ["account_id"])


def downgrade() -> None:
    op.drop_table("sip_credential")
