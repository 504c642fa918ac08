"""Keep with which lists the stored texts were rendered.

Without it a change in content/lijsten/ never arrived: texts, and the index, kept the old titles and addresses. One new
table; an existing database has no row yet, so its next import follows the lists once.
Safe while the previous version runs: it does not know the table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005_library_state"
down_revision = "0004_advice"


def upgrade() -> None:
    op.create_table(
        "library_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lists_digest", sa.String(length=64), nullable=False),
        sa.Column("nodes", sa.JSON(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_library_state"),
    )


def downgrade() -> None:
    op.drop_table("library_state")
