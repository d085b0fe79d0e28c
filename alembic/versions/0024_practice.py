"""Practice with robots: the house's own campaigns, aptitude tests and lessons, and who may call campaigns that pay.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customer", sa.Column("house", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("uq_customer_house", "customer", ["house"], unique=True, postgresql_where=sa.text("house"))
    op.add_column("campaign", sa.Column("practice", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "uq_campaign_practice", "campaign", ["country"], unique=True, postgresql_where=sa.text("practice")
    )
    op.create_table(
        "practice_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("operator_id", sa.BigInteger(), nullable=False),
        sa.Column("lesson", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "measured", "unheard", "confirmed", "returned", "left", name="practicestate",
                native_enum=False, create_constraint=True, length=32,
            ),
            server_default="open",
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", postgresql.JSONB(), nullable=True),
        sa.Column("passed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("language in ('ru', 'en')", name=op.f("ck_practice_run_language_known")),
        sa.CheckConstraint(
            "(state in ('confirmed', 'returned')) = (decided_at is not null)", name=op.f("ck_practice_run_decided")
        ),
        sa.CheckConstraint(
            "lesson is null or state not in ('confirmed', 'returned')",
            name=op.f("ck_practice_run_only_tests_are_decided"),
        ),
        sa.CheckConstraint("length(words) <= 2000", name=op.f("ck_practice_run_words_length")),
        sa.ForeignKeyConstraint(["operator_id"], ["account.id"], name=op.f("fk_practice_run_operator_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_practice_run_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_run")),
    )
    op.create_index(
        "uq_practice_run_open", "practice_run", ["operator_id"], unique=True, postgresql_where=sa.text("state = 'open'")
    )
    op.create_index("ix_practice_run_operator", "practice_run", ["operator_id", "id"])
    op.create_table(
        "practice_contact",
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("persona", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_practice_contact_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["practice_run.id"], name=op.f("fk_practice_contact_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_practice_contact")),
        sa.UniqueConstraint("run_id", "place", name=op.f("uq_practice_contact_run_id_place")),
    )
    op.create_table(
        "practice_note",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("operator_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("lesson", sa.Text(), nullable=True),
        sa.Column("moderator_id", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("length(words) between 1 and 2000", name=op.f("ck_practice_note_words_length")),
        sa.ForeignKeyConstraint(["operator_id"], ["account.id"], name=op.f("fk_practice_note_operator_id")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["practice_run.id"], name=op.f("fk_practice_note_run_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["moderator_id"], ["account.id"], name=op.f("fk_practice_note_moderator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_note")),
    )
    op.create_index("ix_practice_note_operator", "practice_note", ["operator_id", "id"])
    op.create_table(
        "aptitude",
        sa.Column("operator_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("given_by", sa.BigInteger(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["account.id"], name=op.f("fk_aptitude_operator_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["practice_run.id"], name=op.f("fk_aptitude_run_id")),
        sa.ForeignKeyConstraint(["given_by"], ["account.id"], name=op.f("fk_aptitude_given_by")),
        sa.PrimaryKeyConstraint("operator_id", name=op.f("pk_aptitude")),
    )
    # Whoever called before there was a test goes on calling.
    op.execute("insert into aptitude (operator_id) select distinct operator_id from call")


def downgrade() -> None:
    for table in ("aptitude", "practice_note", "practice_contact", "practice_run"):
        op.drop_table(table)
    op.drop_index("uq_campaign_practice", "campaign")
    op.drop_column("campaign", "practice")
    op.drop_index("uq_customer_house", "customer")
    op.drop_column("customer", "house")
