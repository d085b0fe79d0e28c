"""The workspace and the manager's desk: place in the script, problems, sound, tours, presence, managers' results.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

FLAGS = (
    "duplicate_contact", "own_contact", "overruns_of_campaign", "overruns_of_operator", "abusive_contact",
    "recording_lost", "recording_delayed", "record_missing", "settlement_corrected", "cap_reached",
    "destination_refused", "switch_lost",
)  # fmt: skip
PROBLEMS = ("sound", "script", "contact", "page", "other")
VERDICTS = ("good", "weak", "bad")
RESULTS = ("agreed", "later", "no_interest", "not_for_us", "other")
NETWORK = "loss_pm between 0 and 1000 and jitter_ms >= 0 and trip_ms >= 0"


def _one_of(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _kinds(words: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_flag_flagkind"), "flag", type_="check")
    op.create_check_constraint(op.f("ck_flag_flagkind"), "flag", f"kind in ({_one_of(words)})")


def _word(name: str, kind: str, words: tuple[str, ...], *, nullable: bool = False) -> sa.Column:
    return sa.Column(
        name, sa.Enum(*words, name=kind, native_enum=False, create_constraint=True, length=32), nullable=nullable
    )


def _now(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def upgrade() -> None:
    _kinds((*FLAGS, "problem_reported"))
    op.create_table(
        "problem_report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.BigInteger(), nullable=False),
        _word("kind", "problemkind", PROBLEMS),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        _now("said_at"),
        sa.CheckConstraint("length(words) <= 2000", name=op.f("ck_problem_report_words_length")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_problem_report_call_id")),
        sa.ForeignKeyConstraint(["operator_id"], ["account.id"], name=op.f("fk_problem_report_operator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_report")),
    )
    op.create_index("ix_problem_report_call_id", "problem_report", ["call_id"])
    op.create_table(
        "sound_check",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        _now("made_at"),
        _word("verdict", "soundverdict", VERDICTS),
        sa.Column("device", sa.Text(), server_default="", nullable=False),
        sa.Column("voice_db", sa.BigInteger(), nullable=False),
        sa.Column("noise_db", sa.BigInteger(), nullable=False),
        sa.Column("heard", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("loss_pm", sa.BigInteger(), nullable=False),
        sa.Column("jitter_ms", sa.BigInteger(), nullable=False),
        sa.Column("trip_ms", sa.BigInteger(), nullable=False),
        sa.Column("relay", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "voice_db between -100 and 0 and noise_db between -100 and 0", name=op.f("ck_sound_check_loudness_range")
        ),
        sa.CheckConstraint(NETWORK, name=op.f("ck_sound_check_network_range")),
        sa.CheckConstraint("length(device) <= 200", name=op.f("ck_sound_check_device_length")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_sound_check_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sound_check")),
    )
    op.create_index("ix_sound_check_account_id", "sound_check", ["account_id", "made_at"])
    op.create_table(
        "line_quality",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("shift_id", sa.BigInteger(), nullable=False),
        _now("said_at"),
        _word("verdict", "soundverdict", VERDICTS),
        sa.Column("loss_pm", sa.BigInteger(), nullable=False),
        sa.Column("jitter_ms", sa.BigInteger(), nullable=False),
        sa.Column("trip_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(NETWORK, name=op.f("ck_line_quality_network_range")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_line_quality_shift_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_quality")),
    )
    op.create_index("ix_line_quality_shift_id", "line_quality", ["shift_id"])
    op.create_table(
        "tour_seen",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        _now("seen_at"),
        sa.CheckConstraint(
            "role in ('operator', 'customer', 'manager', 'moderator', 'admin')", name=op.f("ck_tour_seen_role_known")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_tour_seen_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "role", name=op.f("pk_tour_seen")),
    )
    op.create_table(
        "manager_presence",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("away", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="Europe/Moscow", nullable=False),
        _now("changed_at"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_manager_presence_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_manager_presence")),
    )
    op.create_table(
        "manager_hours",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.CheckConstraint("weekday between 0 and 6", name=op.f("ck_manager_hours_weekday_range")),
        sa.CheckConstraint(
            "closes > opens or closes = time '00:00'", name=op.f("ck_manager_hours_opens_before_it_closes")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_manager_hours_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "weekday", "opens", name=op.f("pk_manager_hours")),
    )
    op.add_column("shift", sa.Column("sound_check_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_shift_sound_check_id"), "shift", "sound_check", ["sound_check_id"], ["id"], ondelete="SET NULL"
    )
    op.add_column("call_draft", sa.Column("place", sa.Text(), server_default="", nullable=False))
    op.create_check_constraint(
        op.f("ck_call_draft_place_is_steps"), "call_draft", "place ~ '^([0-9]{1,3}(\\.[0-9]{1,3}){0,99})?$'"
    )
    op.add_column("transfer", sa.Column("manager_result", sa.String(32), nullable=True))
    op.create_check_constraint(
        op.f("ck_transfer_managerresult"), "transfer", f"manager_result in ({_one_of(RESULTS)})"
    )
    op.add_column("transfer", sa.Column("manager_note", sa.Text(), server_default="", nullable=False))
    op.create_check_constraint(op.f("ck_transfer_manager_note_length"), "transfer", "length(manager_note) <= 10000")
    op.add_column("transfer", sa.Column("manager_said_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for column in ("manager_said_at", "manager_note", "manager_result"):
        op.drop_column("transfer", column)
    op.drop_column("call_draft", "place")
    op.drop_column("shift", "sound_check_id")
    for table in ("manager_hours", "manager_presence", "tour_seen", "line_quality", "sound_check", "problem_report"):
        op.drop_table(table)
    op.execute("delete from flag where kind = 'problem_reported'")
    _kinds(FLAGS)
