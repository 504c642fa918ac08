"""Record the advice of the helpdesk.

Two new tables; no existing rows are touched. Safe while the previous version runs: it does not know them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004_advice"
down_revision = "0003_texts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "advice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("caller_region", sa.String(40), nullable=False),
        sa.Column("caller_category", sa.String(40), nullable=False),
        sa.Column("caller_sector", sa.String(40), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("residence_situation", sa.String(40), nullable=False),
        sa.Column("nationality", sa.String(2), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("time_spent_minutes", sa.Integer(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_advice"),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user.id"], name="fk_advice_recorded_by_id_user"),
        sa.CheckConstraint("time_spent_minutes BETWEEN 1 AND 480", name="ck_advice_time_spent_in_range"),
        sa.CheckConstraint("length(nationality) = 2", name="ck_advice_nationality_is_a_code"),
        sa.CheckConstraint("caller_sector <> ''", name="ck_advice_sector_is_a_code_or_absent"),
    )
    op.create_index("ix_advice_recorded_by", "advice", ["recorded_by_id", "given_on", "id"])
    op.create_index(
        "ix_advice_counted",
        "advice",
        [
            "given_on",
            "caller_region",
            "caller_category",
            "caller_sector",
            "residence_situation",
            "channel",
            "nationality",
        ],
    )
    op.create_table(
        "advice_theme",
        sa.Column("advice_id", sa.Integer(), nullable=False),
        sa.Column("node", sa.String(80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("advice_id", "node", name="pk_advice_theme"),
        sa.ForeignKeyConstraint(
            ["advice_id"], ["advice.id"], name="fk_advice_theme_advice_id_advice", ondelete="CASCADE"
        ),
        sa.CheckConstraint("position >= 0", name="ck_advice_theme_position_from_zero"),
    )
    op.create_index("ix_advice_theme_node", "advice_theme", ["node", "advice_id"])
    op.create_index(
        "ix_advice_theme_main",
        "advice_theme",
        ["advice_id"],
        unique=True,
        sqlite_where=sa.text("position = 0"),
        postgresql_where=sa.text("position = 0"),
    )


def downgrade() -> None:
    op.drop_table("advice_theme")
    op.drop_table("advice")
