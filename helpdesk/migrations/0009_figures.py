"""Keep entered figures with their source, and the figures of closed years.

Three new tables; no existing rows are touched. Safe while the previous version runs: it does not know them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009_figures"
down_revision = "0009_activities"


def upgrade() -> None:
    op.create_table(
        "entered_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(40), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("is_approximate", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("note", sa.String(300), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entered_figure"),
        sa.UniqueConstraint("series", "year", "code", name="uq_entered_figure_series"),
        sa.ForeignKeyConstraint(["entered_by_id"], ["user.id"], name="fk_entered_figure_entered_by_id_user"),
        sa.CheckConstraint("value >= 0", name="ck_entered_figure_value_from_zero"),
        sa.CheckConstraint("source <> ''", name="ck_entered_figure_source_is_named"),
    )
    op.create_table(
        "entered_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entered_line"),
        sa.UniqueConstraint("year", "part", "position", name="uq_entered_line_year"),
    )
    op.create_table(
        "closed_year",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_closed_year"),
        sa.UniqueConstraint("year", "number", name="uq_closed_year_year"),
        sa.ForeignKeyConstraint(["closed_by_id"], ["user.id"], name="fk_closed_year_closed_by_id_user"),
        sa.CheckConstraint("number >= 1", name="ck_closed_year_number_from_one"),
        sa.CheckConstraint("number = 1 OR reason <> ''", name="ck_closed_year_correction_has_a_reason"),
    )


def downgrade() -> None:
    op.drop_table("closed_year")
    op.drop_table("entered_line")
    op.drop_table("entered_figure")
