"""Who looks into a flag, and who has listened to what.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("flag", sa.Column("assigned_to", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_flag_assigned_to"), "flag", "account", ["assigned_to"], ["id"])
    op.create_index(
        "ix_flag_open", "flag", ["last_at", "id"], postgresql_where=sa.text("resolved_at is null")
    )  # fmt: skip
    op.create_table(
        "listening",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("token_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint(
            "(account_id is null) <> (token_id is null)", name=op.f("ck_listening_somebody")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_listening_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listening")),
    )  # fmt: skip
    op.create_index("ix_listening_call", "listening", ["call_id", "at"])
    op.execute(
        "create function keep_listenings() returns trigger language plpgsql as $$ begin "
        "raise exception 'what was listened to stays' using errcode = 'insufficient_privilege'; end $$"
    )
    op.execute(
        "create trigger listening_stays before update or delete or truncate on listening "
        "for each statement execute function keep_listenings()"
    )


def downgrade() -> None:
    op.drop_table("listening")
    op.execute("drop function keep_listenings()")
    op.drop_index("ix_flag_open", "flag")
    op.drop_column("flag", "assigned_to")
