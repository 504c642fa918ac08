"""Keep the register of amounts, what was found about links to other sites, and publications with their files.

New tables only; no existing rows are touched. Safe while the previous version runs: it does not know them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011_living_texts"
down_revision = "0010_text_editing"


def upgrade() -> None:
    op.create_table(
        "amount_register",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("imported_checksum", sa.String(64), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_amount_register"),
        sa.UniqueConstraint("number", name="uq_amount_register_number"),
        sa.ForeignKeyConstraint(["saved_by_id"], ["user.id"], name="fk_amount_register_saved_by_id_user"),
    )
    op.create_table(
        "checked_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(1000), nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("moved_to", sa.String(1000), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_since_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_check_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_checked_link"),
        sa.UniqueConstraint("address", name="uq_checked_link_address"),
    )
    op.create_index("ix_checked_link_next_check_at", "checked_link", ["next_check_at"])
    op.create_table(
        "publication_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(4), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("given_sha256", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_by_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_publication_file"),
        sa.UniqueConstraint("slug", "number", name="uq_publication_file_slug"),
        sa.ForeignKeyConstraint(["stored_by_id"], ["user.id"], name="fk_publication_file_stored_by_id_user"),
    )


def downgrade() -> None:
    op.drop_table("publication_file")
    op.drop_table("checked_link")
    op.drop_table("amount_register")
