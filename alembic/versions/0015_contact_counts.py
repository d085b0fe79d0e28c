"""How many contacts a campaign has in each state and zone, kept as they change: a look costs the same at any size.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# Changes are only ever added: a row that all claims of a campaign had to write would make them wait for each other.
# Each statement adds one row a campaign, zone and state, however many contacts it changed.
COUNT_INSERTED = """
create function count_inserted_contacts() returns trigger language plpgsql as $$
begin
  insert into contact_count (campaign_id, time_zone, status, forbidden, n)
  select campaign_id, time_zone, status, status = 'done' and last_outcome is not distinct from 'do_not_call', count(*)
  from added group by 1, 2, 3, 4;
  return null;
end $$
"""
COUNT_DELETED = """
create function count_deleted_contacts() returns trigger language plpgsql as $$
begin
  -- With its campaign all of it goes.
  insert into contact_count (campaign_id, time_zone, status, forbidden, n)
  select campaign_id, time_zone, status, status = 'done' and last_outcome is not distinct from 'do_not_call', -count(*)
  from gone where exists (select from campaign p where p.id = gone.campaign_id) group by 1, 2, 3, 4;
  return null;
end $$
"""
COUNT_CHANGED = """
create function count_changed_contacts() returns trigger language plpgsql as $$
begin
  insert into contact_count (campaign_id, time_zone, status, forbidden, n)
  select campaign_id, time_zone, status, forbidden, sum(n) from (
    select campaign_id, time_zone, status,
           status = 'done' and last_outcome is not distinct from 'do_not_call' as forbidden, 1 as n from after_it
    union all
    select campaign_id, time_zone, status,
           status = 'done' and last_outcome is not distinct from 'do_not_call', -1 from before_it
  ) change group by 1, 2, 3, 4 having sum(n) <> 0;
  return null;
end $$
"""
FILL = """
insert into contact_count (campaign_id, time_zone, status, forbidden, n)
select campaign_id, time_zone, status, status = 'done' and last_outcome is not distinct from 'do_not_call', count(*)
from contact group by 1, 2, 3, 4
"""


def upgrade() -> None:
    op.create_table(
        "contact_count",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("forbidden", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_contact_count_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_count")),
    )
    op.create_index(op.f("ix_contact_count_campaign_id"), "contact_count", ["campaign_id"])
    for function in (COUNT_INSERTED, COUNT_DELETED, COUNT_CHANGED):
        op.execute(function)
    op.execute(FILL)
    op.execute(
        "create trigger count_inserted after insert on contact referencing new table as added "
        "for each statement execute function count_inserted_contacts()"
    )
    op.execute(
        "create trigger count_deleted after delete on contact referencing old table as gone "
        "for each statement execute function count_deleted_contacts()"
    )
    op.execute(
        "create trigger count_changed after update on contact referencing old table as before_it "
        "new table as after_it for each statement execute function count_changed_contacts()"
    )


def downgrade() -> None:
    for name in ("inserted", "deleted", "changed"):
        op.execute(f"drop trigger count_{name} on contact")
        op.execute(f"drop function count_{name}_contacts()")
    op.drop_table("contact_count")
