"""Keep questions to the explorer under a name.

A new table; no existing rows are touched. Safe while the previous version runs: it does not know it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009_saved_views"
down_revision = "0009_figures"


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("query", sa.String(1_000), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_view"),
        sa.UniqueConstraint("user_id", "name", name="uq_saved_view_user_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_saved_view_user_id_user", ondelete="CASCADE"),
    )


def downgrade() -> None:
    op.drop_table("saved_view")
