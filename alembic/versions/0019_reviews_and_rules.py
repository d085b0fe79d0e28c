"""Calls that moderators listen to, what admins set, and the log of what privileged people do.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

KINDS = (
    "duplicate_contact", "own_contact", "overruns_of_campaign", "overruns_of_operator", "abusive_contact",
    "recording_lost", "recording_delayed", "record_missing", "settlement_corrected", "cap_reached",
    "destination_refused", "switch_lost", "problem_reported",
)
NEW_KINDS = ("silent_call", "fast_results", "skips_in_row", "script_remarks")


def _kinds(words: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{word}'" for word in words)
    op.drop_constraint(op.f("ck_flag_flagkind"), "flag", type_="check")
    op.create_check_constraint(op.f("ck_flag_flagkind"), "flag", f"kind in ({listed})")


def upgrade() -> None:
    _kinds((*KINDS, *NEW_KINDS))
    op.create_table('house_rule',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('value', postgresql.JSONB(), nullable=False),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['changed_by'], ['account.id'], name=op.f('fk_house_rule_changed_by')),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_house_rule'))
    )
    op.create_table('audit_entry',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=True),
    sa.Column('act', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('before', postgresql.JSONB(), nullable=True),
    sa.Column('after', postgresql.JSONB(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_audit_entry_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    op.create_index('ix_audit_entry_account', 'audit_entry', ['account_id', 'id'], unique=False)
    op.create_index('ix_audit_entry_subject', 'audit_entry', ['subject', 'id'], unique=False)
    op.create_table('review',
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('operator_id', sa.BigInteger(), nullable=False),
    sa.Column('campaign_id', sa.BigInteger(), nullable=False),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('way', sa.Enum('risk', 'random', 'complaint', name='reviewway', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('risk', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('reasons', postgresql.JSONB(), server_default='[]', nullable=False),
    sa.Column('double', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('verdict', sa.Enum('accepted', 'rejected', name='verdict', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('codes', postgresql.JSONB(), server_default='[]', nullable=False),
    sa.Column('pay', sa.Enum('untouched', 'due', 'released', 'withheld', 'returned', 'kept', name='reviewpay', native_enum=False, create_constraint=True, length=32), server_default='untouched', nullable=False),
    sa.Column('withheld', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('cut', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('appeal_until', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(verdict is null) = (decided_at is null)', name=op.f('ck_review_decided_when_decided')),
    sa.CheckConstraint('cut between 0 and withheld and risk >= 0', name=op.f('ck_review_not_negative')),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_review_call_id')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_review_campaign_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_review_customer_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['operator_id'], ['account.id'], name=op.f('fk_review_operator_id')),
    sa.PrimaryKeyConstraint('call_id', name=op.f('pk_review'))
    )
    op.create_index('ix_review_operator', 'review', ['operator_id', 'decided_at'], unique=False, postgresql_where=sa.text('verdict is not null'))
    op.create_index('ix_review_pay', 'review', ['appeal_until'], unique=False, postgresql_where=sa.text("pay in ('due', 'withheld')"))
    op.create_table('hearing',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('moderator_id', sa.BigInteger(), nullable=True),
    sa.Column('leased_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('risk', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('verdict', sa.Enum('accepted', 'rejected', 'unsure', name='hearingverdict', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('scores', postgresql.JSONB(), server_default='{}', nullable=False),
    sa.Column('codes', postgresql.JSONB(), server_default='[]', nullable=False),
    sa.Column('words', sa.Text(), server_default='', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(verdict is null) = (given_at is null)', name=op.f('ck_hearing_given_when_given')),
    sa.CheckConstraint('length(words) <= 2000', name=op.f('ck_hearing_words_length')),
    sa.CheckConstraint('turn between 1 and 3', name=op.f('ck_hearing_turn_range')),
    sa.CheckConstraint('verdict is null or moderator_id is not null', name=op.f('ck_hearing_given_by_somebody')),
    sa.ForeignKeyConstraint(['call_id'], ['review.call_id'], name=op.f('fk_hearing_call_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['moderator_id'], ['account.id'], name=op.f('fk_hearing_moderator_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hearing')),
    sa.UniqueConstraint('call_id', 'turn', name=op.f('uq_hearing_call_id_turn'))
    )
    op.create_index('ix_hearing_moderator', 'hearing', ['moderator_id', 'given_at'], unique=False)
    op.create_index('ix_hearing_open', 'hearing', ['risk', 'id'], unique=False, postgresql_where=sa.text('verdict is null'))
    op.create_table('hearing_note',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('hearing_id', sa.BigInteger(), nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('at_ms between 0 and 86400000', name=op.f('ck_hearing_note_at_range')),
    sa.CheckConstraint('length(words) between 1 and 500', name=op.f('ck_hearing_note_words_length')),
    sa.ForeignKeyConstraint(['hearing_id'], ['hearing.id'], name=op.f('fk_hearing_note_hearing_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hearing_note'))
    )
    op.create_index(op.f('ix_hearing_note_hearing_id'), 'hearing_note', ['hearing_id'], unique=False)
    op.create_table('appeal',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('operator_id', sa.BigInteger(), nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('state', sa.Enum('open', 'granted', 'refused', name='appealstate', native_enum=False, create_constraint=True, length=32), server_default='open', nullable=False),
    sa.Column('decided_by', sa.BigInteger(), nullable=True),
    sa.Column('decision', sa.Text(), server_default='', nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'open') = (decided_at is null)", name=op.f('ck_appeal_decided_when_decided')),
    sa.CheckConstraint('at_ms between 0 and 86400000', name=op.f('ck_appeal_at_range')),
    sa.CheckConstraint('length(words) between 1 and 2000 and length(decision) <= 2000', name=op.f('ck_appeal_words_length')),
    sa.ForeignKeyConstraint(['call_id'], ['review.call_id'], name=op.f('fk_appeal_call_id')),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_appeal_decided_by')),
    sa.ForeignKeyConstraint(['operator_id'], ['account.id'], name=op.f('fk_appeal_operator_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appeal')),
    sa.UniqueConstraint('call_id', name=op.f('uq_appeal_call_id'))
    )
    op.create_index('ix_appeal_open', 'appeal', ['id'], unique=False, postgresql_where=sa.text("state = 'open'"))
    op.create_index(op.f('ix_appeal_operator_id'), 'appeal', ['operator_id'], unique=False)
    op.create_table('score_card',
    sa.Column('campaign_id', sa.BigInteger(), nullable=False),
    sa.Column('criteria', postgresql.JSONB(), server_default='[]', nullable=False),
    sa.Column('codes', postgresql.JSONB(), server_default='[]', nullable=False),
    sa.Column('changed_by', sa.BigInteger(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("jsonb_typeof(criteria) = 'array' and jsonb_typeof(codes) = 'array'", name=op.f('ck_score_card_lists')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_score_card_campaign_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['changed_by'], ['account.id'], name=op.f('fk_score_card_changed_by')),
    sa.PrimaryKeyConstraint('campaign_id', name=op.f('pk_score_card'))
    )

    op.add_column("recording", sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_recording_unjudged", "recording", ["stored_at"],
        postgresql_where=sa.text("state = 'stored' and judged_at is null"),
    )
    op.execute(
        "create function keep_audit() returns trigger language plpgsql as $$ begin "
        "raise exception 'what was done stays written' using errcode = 'insufficient_privilege'; end $$"
    )
    op.execute(
        "create trigger audit_entry_stays before update or delete or truncate on audit_entry "
        "for each statement execute function keep_audit()"
    )


def downgrade() -> None:
    op.execute("delete from flag where kind in ('silent_call', 'fast_results', 'skips_in_row', 'script_remarks')")
    _kinds(KINDS)
    op.drop_index("ix_recording_unjudged", "recording")
    op.drop_column("recording", "judged_at")
    for table in ("score_card", "appeal", "hearing_note", "hearing", "review", "audit_entry", "house_rule"):
        op.drop_table(table)
    op.execute("drop function keep_audit()")
