"""Keep who was erased, by a keyed digest, and what was removed each night because its time was over.

Both tables begin empty. Safe while the previous version runs: it does not know them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017_erasures"
down_revision = "0016_page_verdicts"


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address_digest", sa.String(length=64), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_erasure"),
    )
    op.create_index("ix_erasure_address_digest", "erasure", ["address_digest"])
    op.create_table(
        "retention_run",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("run_on", sa.Date(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "run_on", name="pk_retention_run"),
    )
    op.create_index("ix_retention_run_run_on", "retention_run", ["run_on"])


def downgrade() -> None:
    for table in ("retention_run", "erasure"):
        op.drop_table(table)
