"""Let editors add, correct and withdraw rulings on the site.

A published ruling that came from content/ gets the checksum of its file, so that the next import sees which ones were
edited on the site since; one that an import withdrew gets none, so that its file brings it back, and a reason that its
address can tell. All start at revision 1. The audit log gets room for the reason of an answer.
Safe while the previous version runs: new columns are empty or have a server default, and it does not know the tables.
"""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0006_ruling_editing"
down_revision = "0005_library_state"

WITHDRAWN = "Deze uitspraak staat niet meer in de databank."


def upgrade() -> None:
    with op.batch_alter_table("ruling") as table:
        table.add_column(sa.Column("imported_checksum", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("withdrawn_reason", sa.String(length=500), nullable=True))
        table.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("audit_entry") as table:
        table.add_column(sa.Column("detail", sa.String(length=300), nullable=True))
    op.create_table(
        "ruling_alias",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("ruling_id", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ruling_id"], ["ruling.id"], name="fk_ruling_alias_ruling_id_ruling", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("kind", "value", name="pk_ruling_alias"),
    )
    op.create_index("ix_ruling_alias_ruling_id", "ruling_alias", ["ruling_id"])
    op.create_table(
        "ruling_file",
        sa.Column("ruling_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ruling_id"], ["ruling.id"], name="fk_ruling_file_ruling_id_ruling", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["user.id"], name="fk_ruling_file_uploaded_by_id_user"),
        sa.PrimaryKeyConstraint("ruling_id", name="pk_ruling_file"),
    )
    op.create_index("ix_ruling_file_sha256", "ruling_file", ["sha256"])
    op.create_table(
        "ruling_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ruling_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ruling_id"], ["ruling.id"], name="fk_ruling_change_ruling_id_ruling", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["changed_by_id"], ["user.id"], name="fk_ruling_change_changed_by_id_user"),
        sa.PrimaryKeyConstraint("id", name="pk_ruling_change"),
    )
    op.create_index("ix_ruling_change_ruling_id", "ruling_change", ["ruling_id"])
    _fill()


def downgrade() -> None:
    op.drop_index("ix_ruling_change_ruling_id", table_name="ruling_change")
    op.drop_table("ruling_change")
    op.drop_index("ix_ruling_file_sha256", table_name="ruling_file")
    op.drop_table("ruling_file")
    op.drop_index("ix_ruling_alias_ruling_id", table_name="ruling_alias")
    op.drop_table("ruling_alias")
    with op.batch_alter_table("audit_entry") as table:
        table.drop_column("detail")
    with op.batch_alter_table("ruling") as table:
        table.drop_column("revision")
        table.drop_column("withdrawn_reason")
        table.drop_column("imported_checksum")


def _fill() -> None:
    ruling = sa.table(
        "ruling",
        sa.column("id", sa.Integer()),
        sa.column("content_source", sa.Text()),
        sa.column("published_at", sa.DateTime(timezone=True)),
        sa.column("imported_checksum", sa.String(64)),
        sa.column("withdrawn_reason", sa.String(500)),
    )
    connection = op.get_bind()
    imported = sa.select(ruling.c.id, ruling.c.content_source).where(
        ruling.c.content_source.is_not(None), ruling.c.published_at.is_not(None)
    )
    filled = [
        {"of": ruling_id, "checksum": hashlib.sha256(source.encode()).hexdigest()}
        for ruling_id, source in connection.execute(imported)
    ]
    if filled:
        by_id = sa.update(ruling).where(ruling.c.id == sa.bindparam("of"))
        connection.execute(by_id.values(imported_checksum=sa.bindparam("checksum")), filled)
    connection.execute(sa.update(ruling).where(ruling.c.published_at.is_(None)).values(withdrawn_reason=WITHDRAWN))
