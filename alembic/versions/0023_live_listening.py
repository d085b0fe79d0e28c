"""Moderators on live calls: a line of their own, and what they did there.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KNOWN = "ck_sip_credential_role_known"


def upgrade() -> None:
    op.drop_constraint(op.f(KNOWN), "sip_credential", type_="check")
    op.create_check_constraint(op.f(KNOWN), "sip_credential", "role in ('operator', 'manager', 'moderator')")
    op.create_table(
        "live_listening",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("leg", sa.Uuid(), nullable=False),
        sa.Column("moderator_id", sa.BigInteger(), nullable=False),
        sa.Column("operator_id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column(
            "act",
            sa.Enum(
                "listen", "whisper", "step_in", "stop", name="listeningact", native_enum=False, create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["moderator_id"], ["account.id"], name=op.f("fk_live_listening_moderator_id")),
        sa.ForeignKeyConstraint(["operator_id"], ["account.id"], name=op.f("fk_live_listening_operator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_listening")),
    )  # fmt: skip
    op.create_index("ix_live_listening_operator", "live_listening", ["operator_id", "at"])
    op.execute(
        "create trigger live_listening_stays before update or delete or truncate on live_listening "
        "for each statement execute function keep_listenings()"
    )


def downgrade() -> None:
    op.drop_table("live_listening")
    op.execute("delete from sip_credential where role = 'moderator'")
    op.drop_constraint(op.f(KNOWN), "sip_credential", type_="check")
    op.create_check_constraint(op.f(KNOWN), "sip_credential", "role in ('operator', 'manager')")
