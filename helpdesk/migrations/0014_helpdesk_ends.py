"""Let a jurist ask a colleague to read an advice a second time.

A new table; no existing rows are touched. Safe while the previous version runs: it does not know it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014_helpdesk_ends"
down_revision = "0013_alerts"


def upgrade() -> None:
    op.create_table(
        "second_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("advice_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("reader_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_second_reading"),
        sa.ForeignKeyConstraint(
            ["advice_id"], ["advice.id"], name="fk_second_reading_advice_id_advice", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name="fk_second_reading_asked_by_id_user"),
        sa.ForeignKeyConstraint(["reader_id"], ["user.id"], name="fk_second_reading_reader_id_user"),
        sa.CheckConstraint("reader_id <> asked_by_id", name="ck_second_reading_by_a_colleague"),
    )
    op.create_index("ix_second_reading_advice", "second_reading", ["advice_id", "id"])
    op.create_index("ix_second_reading_asked_by", "second_reading", ["asked_by_id", "seen_at"])
    op.create_index(
        "ix_second_reading_open",
        "second_reading",
        ["reader_id", "advice_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("second_reading")
