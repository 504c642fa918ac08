"""Let editors write texts on the site: notes on versions, withdrawal with a reason, old addresses, working drafts.

Versions that are there count as substantive and have no note. Safe while the previous version runs: new columns may be
empty or have a server default, and it does not know the new tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010_text_editing"
down_revision = "0009_visits"


def upgrade() -> None:
    with op.batch_alter_table("text") as table:
        table.add_column(sa.Column("owner_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("review_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("confirmed_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("expires_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("withdrawn_reason", sa.String(500), nullable=True))
        table.create_foreign_key("fk_text_owner_id_user", "user", ["owner_id"], ["id"])
    with op.batch_alter_table("text_version") as table:
        table.add_column(sa.Column("change_note", sa.String(300), nullable=True))
        table.add_column(sa.Column("is_substantive", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "text_alias",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("slug", sa.String(200), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "slug", name="pk_text_alias"),
        sa.ForeignKeyConstraint(["text_id"], ["text.id"], name="fk_text_alias_text_id_text", ondelete="CASCADE"),
    )
    op.create_index("ix_text_alias_text_id", "text_alias", ["text_id"])
    op.create_table(
        "text_work",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("slug", sa.String(200), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=True),
        sa.Column("base_number", sa.Integer(), nullable=True),
        sa.Column("base_source", sa.Text(), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_by_id", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_by", sa.String(80), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("remark", sa.String(1_000), nullable=True),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_text_work"),
        sa.UniqueConstraint("kind", "slug", name="uq_text_work_kind"),
        sa.UniqueConstraint("text_id", name="uq_text_work_text_id"),
        sa.ForeignKeyConstraint(["text_id"], ["text.id"], name="fk_text_work_text_id_text", ondelete="CASCADE"),
        *(
            sa.ForeignKeyConstraint([column], ["user.id"], name=f"fk_text_work_{column}_user")
            for column in ("begun_by_id", "edited_by_id", "submitted_by_id", "approved_by_id")
        ),
    )
    op.create_index("ix_text_work_state", "text_work", ["state"])
    op.create_index("ix_text_work_publish_at", "text_work", ["publish_at"])
    op.create_table(
        "text_opened",
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=True),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("work_id", "user_id", name="pk_text_opened"),
        sa.ForeignKeyConstraint(
            ["work_id"], ["text_work.id"], name="fk_text_opened_work_id_text_work", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_text_opened_user_id_user", ondelete="CASCADE"),
    )


def downgrade() -> None:
    op.drop_table("text_opened")
    op.drop_table("text_work")
    op.drop_table("text_alias")
    with op.batch_alter_table("text_version") as table:
        for column in ("withdrawn_at", "is_substantive", "change_note"):
            table.drop_column(column)
    with op.batch_alter_table("text") as table:
        table.drop_constraint("fk_text_owner_id_user", type_="foreignkey")
        for column in ("withdrawn_reason", "expires_on", "confirmed_on", "review_on", "owner_id"):
            table.drop_column(column)
