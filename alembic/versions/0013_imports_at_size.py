"""Background jobs, and imports that run as one: how far each is, remarks on rows, mappings remembered.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql
from sqlalchemy.util import await_only

from alembic import context, op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STATES = ("waiting", "running", "done", "failed", "cancelled")
PHASES = ("reading", "adding", "reporting")
REMARKS = ("rejected", "elsewhere", "do_not_call", "warning", "duplicate")
BASES = ("consent", "contract", "public", "other")

# The library's own tables, types and functions all bear its name.
DROP_JOBS = """
do $$
declare found record;
begin
  for found in select oid::regclass as name from pg_class
    where relname like 'procrastinate\\_%' and relkind = 'r' and relnamespace = 'public'::regnamespace
  loop execute format('drop table %s cascade', found.name); end loop;
  for found in select oid::regprocedure as name from pg_proc
    where proname like 'procrastinate\\_%' and pronamespace = 'public'::regnamespace
  loop execute format('drop routine %s cascade', found.name); end loop;
  for found in select oid::regtype as name from pg_type
    where typname like 'procrastinate\\_%' and typtype in ('e', 'c') and typnamespace = 'public'::regnamespace
  loop execute format('drop type %s cascade', found.name); end loop;
end $$
"""


def _word(name: str, kind: str, words: tuple[str, ...], **more) -> sa.Column:
    enum = sa.Enum(*words, name=kind, native_enum=False, create_constraint=False, length=32)
    return sa.Column(name, enum, **more)


def _check(table: str, kind: str, column: str, words: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{word}'" for word in words)
    op.create_check_constraint(op.f(f"ck_{table}_{kind}"), table, f"{column} in ({allowed})")


def _jobs() -> None:
    """The job library's schema, of the version that uv.lock pins."""
    script = SchemaManager.get_schema()
    if context.is_offline_mode():
        op.execute(script)
        return
    # Many statements at once: the driver takes them only past its prepared statements, in the same transaction.
    op.execute("select 1")
    await_only(op.get_bind().connection.driver_connection.execute(script))


def upgrade() -> None:
    _jobs()
    op.add_column("list_import", _word("state", "importstate", STATES, server_default="done", nullable=False))
    op.add_column("list_import", _word("phase", "importphase", PHASES, server_default="reading", nullable=False))
    _check("list_import", "importstate", "state", STATES)
    _check("list_import", "importphase", "phase", PHASES)
    op.add_column("list_import", sa.Column("how", postgresql.JSONB(), server_default="{}", nullable=False))
    op.add_column("list_import", _word("legal_basis", "legalbasis", BASES, nullable=True))
    _check("list_import", "legalbasis", "legal_basis", BASES)
    op.add_column("list_import", sa.Column("legal_note", sa.Text(), server_default="", nullable=False))
    op.create_check_constraint(op.f("ck_list_import_legal_note_length"), "list_import", "length(legal_note) <= 500")
    for column in ("total_rows", "done_rows"):
        op.add_column("list_import", sa.Column(column, sa.BigInteger(), server_default="0", nullable=False))
    op.create_check_constraint(
        op.f("ck_list_import_rows_not_negative"), "list_import", "total_rows >= 0 and done_rows >= 0"
    )
    op.add_column("list_import", sa.Column("cancel_asked", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("list_import", sa.Column("problem", postgresql.JSONB(), nullable=True))
    for column in ("started_at", "ended_at"):
        op.add_column("list_import", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "uq_list_import_under_way", "list_import", ["campaign_id"], unique=True,
        postgresql_where=sa.text("state in ('waiting', 'running')"),
    )  # fmt: skip
    op.create_table(
        "list_import_remark",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        _word("kind", "remarkkind", REMARKS, nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("cells", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["list_import.id"], name=op.f("fk_list_import_remark_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_import_remark")),
    )
    _check("list_import_remark", "remarkkind", "kind", REMARKS)
    op.create_index("ix_list_import_remark_import", "list_import_remark", ["import_id", "kind", "id"])
    op.create_table(
        "remembered_mapping",
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_remembered_mapping_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", "fingerprint", name=op.f("pk_remembered_mapping")),
    )


def downgrade() -> None:
    op.drop_table("remembered_mapping")
    op.drop_table("list_import_remark")
    op.drop_index("uq_list_import_under_way", table_name="list_import")
    for column in (
        "ended_at", "started_at", "problem", "cancel_asked", "done_rows", "total_rows", "legal_note", "legal_basis",
        "how", "phase", "state",
    ):  # fmt: skip
        op.drop_column("list_import", column)
    op.execute(DROP_JOBS)
