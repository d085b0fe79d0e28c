"""Recordings: where each is, how long it is kept, what is to be deleted, which numbers were erased.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATES = ("expected", "recording", "waiting", "stored", "lost", "expired", "erased")


def upgrade() -> None:
    op.add_column(
        "campaign", sa.Column("keep_recordings_days", sa.BigInteger(), server_default="180", nullable=False)
    )
    op.add_column("campaign", sa.Column("masking_allowed", sa.Boolean(), server_default="true", nullable=False))
    op.create_check_constraint(
        op.f("ck_campaign_keep_recordings_range"), "campaign", "keep_recordings_days between 1 and 1095"
    )
    op.create_table(
        "recording",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("switch_name", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="recordingstate", native_enum=False, create_constraint=True, length=32),
            server_default="expected",
            nullable=False,
        ),
        sa.Column("switch_path", sa.Text(), nullable=False),
        sa.Column("masked", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("storage_key", sa.Text(), nullable=True),
        sa.Column("format", sa.Text(), nullable=True),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        sa.Column("missing_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("channels", sa.Integer(), nullable=True),
        sa.Column("peaks", sa.LargeBinary(), nullable=True),
        sa.Column("peak_ms", sa.Integer(), nullable=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("keep_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state <> 'stored' or (storage_key is not null and sha256 is not null and size_bytes > 0 "
            "and duration_ms is not null and keep_until is not null)",
            name=op.f("ck_recording_stored_is_whole"),
        ),
        sa.CheckConstraint("state <> 'lost' or last_error is not null", name=op.f("ck_recording_lost_has_reason")),
        sa.CheckConstraint("length(peaks) <= 12000", name=op.f("ck_recording_peaks_bounded")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_recording_call_id")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_recording")),
    )
    op.create_index(
        "ix_recording_due", "recording", ["switch_name", "next_try_at"], postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_index(
        "ix_recording_open",
        "recording",
        ["switch_name"],
        postgresql_where=sa.text("state in ('expected', 'recording')"),
    )
    op.create_index(
        "ix_recording_keep_until", "recording", ["keep_until"], postgresql_where=sa.text("state = 'stored'")
    )
    op.create_table(
        "recording_erasure",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=True),
        sa.Column("switch_name", sa.Text(), nullable=True),
        sa.Column("switch_path", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(storage_key is null) <> (switch_path is null)", name=op.f("ck_recording_erasure_one_thing")
        ),
        sa.CheckConstraint(
            "(switch_path is null) = (switch_name is null)", name=op.f("ck_recording_erasure_file_of_a_switch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_erasure")),
    )
    op.create_index(op.f("ix_recording_erasure_call_id"), "recording_erasure", ["call_id"])
    op.create_index(
        "ix_recording_erasure_due", "recording_erasure", ["next_try_at"], postgresql_where=sa.text("done_at is null")
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number_hash", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("counts", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_erasure_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index(
        "ix_switch_record_of_nobody",
        "switch_record",
        ["received_at"],
        postgresql_where=sa.text("call_id is null and not jsonb_exists(body, 'erased')"),
    )
    op.create_index("ix_call_erased", "call", ["id"], postgresql_where=sa.text("e164 = ''"))


def downgrade() -> None:
    op.drop_index("ix_call_erased", "call")
    op.drop_index("ix_switch_record_of_nobody", "switch_record")
    op.drop_table("erasure")
    op.drop_table("recording_erasure")
    op.drop_table("recording")
    op.drop_constraint(op.f("ck_campaign_keep_recordings_range"), "campaign")
    op.drop_column("campaign", "masking_allowed")
    op.drop_column("campaign", "keep_recordings_days")
